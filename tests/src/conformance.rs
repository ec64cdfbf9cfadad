//! What any encoder component must do: one suite, to be run over each of them.
//!
//! A property is a function over a [`Subject`]; it panics where it does not hold. Pictures are judged by decoders that no
//! encoder uses: see [`picture`](crate::picture).

mod animation;
mod description;
mod geometry;
mod pixels;
mod probing;
mod refusals;
mod sameness;

pub use animation::keeps_animations_or_refuses_them;
pub use description::{describes_itself_truly, imports_nothing, takes_its_options_in_their_domains_only};
pub use geometry::{fills_boxes_and_never_enlarges, keeps_to_the_most_bytes};
pub use pixels::{
    converts_colours_or_keeps_them, keeps_metadata_as_the_policy_says, lossless_is_exact, makes_the_same_picture,
    turns_pictures_upright,
};
pub use probing::{probes_from_any_prefix, probes_strangers_as_unknown};
pub use refusals::{
    refuses_bombs_before_memory_is_spent, refuses_damaged_files_with_a_reason, refuses_renditions_that_make_no_sense,
    refuses_strangers_as_unsupported,
};
pub use sameness::{is_deterministic, makes_nothing_of_no_renditions, makes_several_renditions_as_it_makes_each};

use std::time::Duration;

use sandpress_catalog::Encoder;
use sandpress_sandbox::{CallError, CodecError, Compressed, Descriptor, Limits, MediaType, Output, Rendition};

use crate::images::{SAMPLES, Sample};

/// An encoder under test.
#[derive(Debug)]
pub struct Subject {
    /// What it makes.
    pub media_type: MediaType,
    /// The release.
    pub encoder: Encoder,
    /// Its account of itself.
    pub descriptor: Descriptor,
}

impl Subject {
    /// The encoder that serves a media type.
    pub fn new(media_type: &MediaType, encoder: &Encoder) -> Self {
        let described = encoder.codec.describe(&limits()).unwrap_or_else(|error| panic!("{}: {error}", encoder.name));
        Self { media_type: media_type.clone(), encoder: encoder.clone(), descriptor: described.descriptor }
    }

    /// A rendition with every default.
    fn rendition(&self) -> Rendition {
        Rendition::new(self.media_type.clone())
    }

    /// Every output is decoded again and compared, unless a rendition says something else of that.
    fn compress(&self, input: &[u8], renditions: &[Rendition]) -> Result<Compressed, CallError> {
        let verified = |rendition: &Rendition| {
            let is_said = rendition.settings.iter().any(|setting| setting.name == "verify");
            if is_said { rendition.clone() } else { rendition.clone().verified() }
        };
        let renditions: Vec<_> = renditions.iter().map(verified).collect();
        self.encoder.codec.compress(input, &renditions, &limits())
    }

    /// Makes one rendition.
    fn make(&self, input: &[u8], rendition: &Rendition) -> Output {
        match self.compress(input, std::slice::from_ref(rendition)) {
            Ok(mut made) => made.outputs.remove(0),
            Err(error) => panic!("{} cannot make {rendition:?}: {error}", self.encoder.name),
        }
    }

    /// Why the codec makes nothing of an input; any other outcome is its fault.
    fn refusal(&self, what: &str, input: &[u8], rendition: &Rendition) -> CodecError {
        match self.compress(input, std::slice::from_ref(rendition)) {
            Err(CallError::Codec(error)) => error,
            Err(error) => panic!("{}, {what}: {error}", self.encoder.name),
            Ok(_) => panic!("{}, {what}: nothing was refused", self.encoder.name),
        }
    }

    /// What the encoder reads and can store. It may refuse only what is rare: transparency.
    fn samples(&self) -> impl Iterator<Item = Sample> {
        SAMPLES.into_iter().filter(|sample| sample.is_in(&self.descriptor.accepts)).filter(|sample| {
            let small = self.rendition().contain(16, 16);
            let refused = |error| matches!(error, CallError::Codec(CodecError::Unsupported(_)));
            !(sample.is_rare && self.compress(&sample.bytes(), &[small]).is_err_and(refused))
        })
    }

    /// Pictures that are quickly compressed.
    fn small_samples(&self) -> impl Iterator<Item = Sample> {
        self.samples().filter(|sample| sample.size.0 * sample.size.1 < 1 << 20)
    }
}

/// Generous: what hits them hangs, or leaks.
fn limits() -> Limits {
    Limits::default().time(Duration::from_secs(120))
}
