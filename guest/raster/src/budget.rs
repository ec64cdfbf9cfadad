//! The best quality whose output is no larger than allowed.

use crate::Error;
use crate::encoder::{Encoded, Quality};
use crate::error::bad_request;
use crate::request::Request;

/// An encoding that is within its budget.
pub(crate) struct Fitting {
    pub(crate) encoded: Encoded,
    pub(crate) quality: Quality,
    pub(crate) tries: u32,
}

/// Encodes at the quality asked for and, where that is too large, at the highest whole level that fits.
///
/// By bisection, so at most 8 tries: size hardly ever falls with a rising level, and where it does, what is found still fits.
///
/// # Errors
///
/// `bad-request` with the smallest size found, where nothing fits.
pub(crate) fn encode<S>(
    request: &Request<S>,
    mut encode: impl FnMut(Quality) -> Result<Encoded, Error>,
) -> Result<Fitting, Error> {
    let encoded = encode(request.quality)?;
    let first = Fitting { encoded, quality: request.quality, tries: 1 };
    let Some(max_bytes) = request.max_bytes else { return Ok(first) };
    let fits = |encoded: &Encoded| encoded.bytes.len() as u64 <= max_bytes;
    if fits(&first.encoded) {
        return Ok(first);
    }
    let mut smallest = first.encoded.bytes.len();
    let mut tries = first.tries;
    let mut best = None;
    drop(first);
    if request.adaptable {
        // Levels below `low` fit, those from `high` on do not.
        let (mut low, mut high) = (0, first_level_not_below(request.quality));
        while low < high {
            let level = low.midpoint(high);
            let quality = Quality::Level(f32::from(level));
            let encoded = encode(quality)?;
            tries += 1;
            smallest = smallest.min(encoded.bytes.len());
            if fits(&encoded) {
                best = Some((encoded, quality));
                low = level + 1;
            } else {
                high = level;
            }
        }
    }
    match best {
        Some((encoded, quality)) => Ok(Fitting { encoded, quality, tries }),
        None => Err(too_large(max_bytes, smallest)),
    }
}

/// Refuses what is too large and has no quality that could be lower.
pub(crate) fn check(output: &[u8], max_bytes: Option<u64>) -> Result<(), Error> {
    match max_bytes {
        Some(max_bytes) if output.len() as u64 > max_bytes => Err(too_large(max_bytes, output.len())),
        _ => Ok(()),
    }
}

fn too_large(max_bytes: u64, smallest: usize) -> Error {
    bad_request(format!("max-bytes is {max_bytes}, and the smallest size possible is {smallest}"))
}

/// The lowest whole level that is not lower than a quality which did not fit.
fn first_level_not_below(quality: Quality) -> u8 {
    match quality {
        Quality::Lossless => 101,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100: `Request` checked it")]
        Quality::Level(level) => level.ceil() as u8,
    }
}
