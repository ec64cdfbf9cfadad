//! The input of a fuzzer: a rendition and a file, in one row of bytes.
//!
//! The first eight bytes choose the rendition, whatever they are; the rest is the file.

use std::time::Duration;

use sandpress_catalog::Encoder;
use sandpress_sandbox::{
    Descriptor, Domain, Fit, Limits, MediaType, Metadata, Quality, Rendition, Resize, Setting, Value,
};

use crate::trial::{self, Trial};

/// The bytes that choose the rendition.
pub const HEAD: usize = 8;

/// Sides of boxes: none, those that are strange, and some between.
const SIDES: [Option<u32>; 8] = [None, None, None, Some(1), Some(7), Some(16), Some(33), Some(70_000)];

/// The most bytes that are asked for.
const BYTES: [Option<u64>; 8] = [None, None, None, None, Some(1), Some(300), Some(1000), Some(1 << 40)];

/// An encoder that inputs are tried on.
#[derive(Debug)]
pub struct Target {
    /// What it makes.
    pub media_type: MediaType,
    /// The release.
    pub encoder: Encoder,
    descriptor: Descriptor,
}

impl Target {
    /// The encoder that makes a media type.
    pub fn new(media_type: &MediaType, encoder: &Encoder) -> Self {
        let described = encoder.codec.describe(&limits()).unwrap_or_else(|error| panic!("{}: {error}", encoder.name));
        Self { media_type: media_type.clone(), encoder: encoder.clone(), descriptor: described.descriptor }
    }

    /// Tries an input, with more settings than it chooses.
    ///
    /// # Errors
    ///
    /// What the encoder did wrong.
    pub fn run(&self, input: &[u8], more: impl IntoIterator<Item = Setting>) -> Result<Trial, String> {
        let (head, file) = input.split_at(HEAD.min(input.len()));
        let mut rendition = self.rendition(head);
        rendition.settings.extend(more);
        trial::run(&self.encoder, file, &rendition, &limits())
    }

    /// The rendition that these bytes choose; those that are missing are 0, which chooses the defaults.
    pub fn rendition(&self, head: &[u8]) -> Rendition {
        let byte = |at: usize| head.get(at).copied().unwrap_or(0);
        let mut rendition = Rendition::new(self.media_type.clone());
        rendition.quality = match byte(0) {
            0..32 => Quality::Default,
            32..64 => Quality::Lossless,
            64..72 => Quality::Perceptual(f64::from(byte(0))),
            level => Quality::Level(f32::from(level - 72) * 100.0 / 183.0),
        };
        let [width, height] = [1, 2].map(|at| SIDES[usize::from(byte(at) % 8)]);
        if width.or(height).is_some() {
            let fit = if byte(2) < 128 { Fit::Contain } else { Fit::Cover };
            rendition.resize = Some(Resize { width, height, fit });
        }
        rendition.max_bytes = BYTES[usize::from(byte(3) % 8)];
        rendition.metadata = [Metadata::Strip, Metadata::Copyright, Metadata::Keep][usize::from(byte(4) % 3)];
        for (place, option) in self.descriptor.options.iter().enumerate() {
            if byte(5) >> (place % 8) & 1 == 1 {
                // Neighbours in the list get different values.
                let choice = byte(6).rotate_left(u32::try_from(place).unwrap_or(0)) ^ byte(7);
                rendition.settings.push(Setting { name: option.name.clone(), value: value(&option.domain, choice) });
            }
        }
        rendition
    }
}

/// A value of the domain: 0 is one end of it, 255 the other.
fn value(domain: &Domain, choice: u8) -> Value {
    match domain {
        Domain::Flag => Value::Flag(choice >= 128),
        Domain::Integer(lowest, highest) => Value::Integer(lowest + (highest - lowest) * i64::from(choice) / 255),
        Domain::Number(lowest, highest) => Value::Number(lowest + (highest - lowest) * f64::from(choice) / 255.0),
        Domain::Choice(texts) => Value::Text(texts[usize::from(choice) % texts.len()].clone()),
    }
}

/// Less than in service, so that what takes too much is found, and far more than a small file needs.
fn limits() -> Limits {
    Limits::default().memory(512 << 20).time(Duration::from_secs(20))
}
