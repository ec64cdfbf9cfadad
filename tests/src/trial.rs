//! One call with any bytes: what may become of it, and what may not.

use std::{
    fmt,
    time::{Duration, Instant},
};

use sandpress_catalog::Encoder;
use sandpress_sandbox::{CallError, CodecError, Limits, MediaType, Output, Quality, Rendition};

use crate::picture;

/// What became of a call.
#[derive(Clone, Debug)]
pub struct Trial {
    /// How it ended.
    pub class: Class,
    /// From call to return.
    pub elapsed: Duration,
    /// Bytes of linear memory at the highest point; known only of what was made.
    pub peak_memory: Option<u64>,
    /// What the codec says of it: why it was refused, or the notes of what was made.
    pub said: String,
}

/// How a call may end, whatever its input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A rendition as it was asked for.
    Made,
    /// A format, or a feature of one, that is not read.
    Unsupported,
    /// A file that breaks the rules of its format.
    Malformed,
    /// Too large, says the codec.
    OverLimit,
    /// A rendition that cannot be made.
    BadRequest,
    /// Stopped at the limit of memory.
    Memory,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made => "made",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::OverLimit => "over limit",
            Self::BadRequest => "bad request",
            Self::Memory => "stopped at the limit of memory",
        })
    }
}

/// Makes one rendition of a file.
///
/// # Errors
///
/// Tells what a codec must never do from input alone: trap, run into the limit of time, of output or of the stack, notice a bug of its
/// own, or make something that is not what was asked for.
pub fn run(encoder: &Encoder, file: &[u8], rendition: &Rendition, limits: &Limits) -> Result<Trial, String> {
    let began = Instant::now();
    let result = encoder.codec.compress(file, std::slice::from_ref(rendition), limits);
    let elapsed = began.elapsed();
    let refused = |class, said: &str| Ok(Trial { class, elapsed, peak_memory: None, said: said.to_owned() });
    match result {
        Ok(made) => {
            for output in &made.outputs {
                check(output, rendition.quality)?;
            }
            let notes = made.outputs.iter().flat_map(|output| &output.notes);
            let said = notes.map(|note| format!("{} {:?}", note.name, note.value)).collect::<Vec<_>>().join(", ");
            Ok(Trial { class: Class::Made, elapsed, peak_memory: Some(made.usage.peak_memory), said })
        }
        Err(CallError::Codec(CodecError::Unsupported(said))) => refused(Class::Unsupported, &said),
        Err(CallError::Codec(CodecError::Malformed(said))) => refused(Class::Malformed, &said),
        Err(CallError::Codec(CodecError::OverLimit(said))) => refused(Class::OverLimit, &said),
        Err(CallError::Codec(CodecError::BadRequest(said))) => refused(Class::BadRequest, &said),
        Err(error @ CallError::Memory { .. }) => refused(Class::Memory, &error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The host has looked at the header: here the pixels are decoded, by a library that no encoder uses.
fn check(output: &Output, quality: Quality) -> Result<(), String> {
    let info = &output.info;
    // Coded as its source was, which may be in ways that this library does not know.
    let is_kept = info.media_type == MediaType::AVIF && quality == Quality::Lossless;
    let picture = match picture::try_decode(&info.media_type, &output.bytes) {
        Ok(picture) => picture,
        Err(_) if is_kept => return Ok(()),
        Err(error) => return Err(format!("the output cannot be decoded: {error}")),
    };
    if picture.size() != (info.width, info.height) {
        return Err(format!("{:?} pixels in an output of {} × {}", picture.size(), info.width, info.height));
    }
    Ok(())
}
