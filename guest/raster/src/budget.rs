//! The best quality whose output is no larger than allowed.

use crate::encoder::{Encoded, Encoder, Quality};
use crate::error::bad_request;
use crate::perceptual::{Judge, Scored};
use crate::request::Request;
use crate::{Error, Image, limits};

/// An encoding that is within its budget.
pub(crate) struct Fitting {
    pub(crate) encoded: Encoded,
    pub(crate) quality: Quality,
    pub(crate) tries: u32,
    /// Where a perceptual target was asked for: what was reached.
    pub(crate) score: Option<f64>,
}

/// Encodes at the quality asked for and, where that is too large, at the highest whole level that fits.
///
/// By bisection, so at most 8 tries: size hardly ever falls with a rising level, and where it does, what is found still fits. A
/// perceptual target is searched for first, and given up where it does not fit.
///
/// # Errors
///
/// `bad-request` with the smallest size found, where nothing fits; `over-limit` where encoding would take too much memory.
pub(crate) fn encode<E: Encoder>(image: &Image, request: &Request<E::Settings>) -> Result<Fitting, Error> {
    let Request { quality, max_bytes, settings, .. } = request;
    let Some(target) = request.score else {
        limits::check_working("encoding", E::working_bytes(image, *quality, settings))?;
        return at_quality(request, |quality| E::encode(image, quality, settings));
    };
    let mut judge = Judge::<E>::new(image, settings)?;
    let mut found = judge.search(target)?;
    if !fits(&found.encoded, *max_bytes) {
        let (encoded, quality) = lower((found.encoded, found.quality), request, |quality| judge.encode(quality))?;
        found = judge.score(encoded, quality)?;
    }
    let Scored { encoded, quality, score } = found;
    Ok(Fitting { encoded, quality, tries: judge.tries(), score: Some(score) })
}

/// The same of whatever is encoded, where no score is asked for.
///
/// # Errors
///
/// As for [`encode`].
pub(crate) fn at_quality<S>(
    request: &Request<S>,
    mut encode: impl FnMut(Quality) -> Result<Encoded, Error>,
) -> Result<Fitting, Error> {
    let first = (encode(request.quality)?, request.quality);
    let mut tries = 1;
    let (encoded, quality) = if fits(&first.0, request.max_bytes) {
        first
    } else {
        lower(first, request, |quality| {
            tries += 1;
            encode(quality)
        })?
    };
    Ok(Fitting { encoded, quality, tries, score: None })
}

/// The highest whole level that fits, below one that does not.
fn lower<S>(
    (encoded, quality): (Encoded, Quality),
    request: &Request<S>,
    mut encode: impl FnMut(Quality) -> Result<Encoded, Error>,
) -> Result<(Encoded, Quality), Error> {
    let mut smallest = encoded.bytes.len();
    drop(encoded);
    let mut best = None;
    if !request.is_exact {
        // Levels below `low` fit, those from `high` on do not.
        let (mut low, mut high) = (0, first_level_not_below(quality));
        while low < high {
            let level = low.midpoint(high);
            let quality = Quality::Level(f32::from(level));
            let encoded = encode(quality)?;
            smallest = smallest.min(encoded.bytes.len());
            if fits(&encoded, request.max_bytes) {
                best = Some((encoded, quality));
                low = level + 1;
            } else {
                high = level;
            }
        }
    }
    best.ok_or_else(|| too_large(request.max_bytes, smallest))
}

fn fits(encoded: &Encoded, max_bytes: Option<u64>) -> bool {
    max_bytes.is_none_or(|max_bytes| encoded.bytes.len() as u64 <= max_bytes)
}

/// Refuses what is too large and has no quality that could be lower.
pub(crate) fn check(encoded: &Encoded, max_bytes: Option<u64>) -> Result<(), Error> {
    if fits(encoded, max_bytes) { Ok(()) } else { Err(too_large(max_bytes, encoded.bytes.len())) }
}

fn too_large(max_bytes: Option<u64>, smallest: usize) -> Error {
    let max_bytes = max_bytes.unwrap_or(u64::MAX);
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
