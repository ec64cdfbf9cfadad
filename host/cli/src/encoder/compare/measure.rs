//! One image: made by both sides, and judged.
//!
//! What both take can be compared since both are under the same load: as many images are under way as there are processors, each on a thread of its
//! own that makes one call at a time, and the two calls for an image follow one another. Which of them comes first alternates, so that neither always
//! finds what the other one has warmed up.

use sandpress_sandbox::{CallError, Compressed, Digest, Limits, Output, Usage};

use super::{
    images::{Image, Images},
    judge::{Copy, Judge},
    row::{Made, Outcome, Row},
    side::{Side, Sides},
};

/// What an image is measured with.
pub(super) struct Bench<'a> {
    pub(super) sides: &'a Sides,
    pub(super) judge: &'a Judge,
    pub(super) images: &'a Images<'a>,
    /// Of each call of an encoder.
    pub(super) limits: Limits,
}

/// What became of an image.
#[derive(Clone)]
pub(super) enum Measured {
    Compared(Box<Row>),
    /// No image, and nobody said that it was one.
    Skipped,
    Unread {
        file: String,
        error: String,
    },
}

/// A file, and what making it took.
pub(super) type Result<T = (Output, Usage)> = std::result::Result<T, CallError>;

impl Bench<'_> {
    pub(super) fn measure(&self, at: usize, image: &Image) -> Measured {
        let source = match self.images.read(image, self.limits.memory) {
            Ok(source) => source,
            Err(error) => return Measured::Unread { file: image.name.clone(), error: format!("{error:#}") },
        };
        let info = self.judge.probe(&source).ok().flatten();
        if info.is_none() && image.optional {
            return Measured::Skipped;
        }
        let (old, new) = self.both(at, &source);
        let [old_score, new_score] =
            self.judge.scores(&source, [copy(&self.sides.old, &old), copy(&self.sides.new, &new)]);
        let seen = info.as_ref().map(|info| info.seen());
        Measured::Compared(Box::new(Row {
            file: image.name.clone(),
            bytes: source.len() as u64,
            media_type: info.map(|info| info.media_type),
            width: seen.map(|(width, _)| width),
            height: seen.map(|(_, height)| height),
            old: outcome(&old, old_score),
            new: outcome(&new, new_score),
        }))
    }

    /// What both make. The new one first at every other place.
    pub(super) fn both(&self, at: usize, source: &[u8]) -> (Result, Result) {
        let Sides { old, new } = self.sides;
        let made = |side: &Side| side.compress(source, &self.limits).and_then(first);
        if at.is_multiple_of(2) {
            let old = made(old);
            (old, made(new))
        } else {
            let new = made(new);
            (made(old), new)
        }
    }
}

/// The sandbox has checked that there is one output.
fn first(Compressed { outputs, usage, .. }: Compressed) -> Result {
    let output = outputs.into_iter().next().ok_or_else(|| CallError::BadOutput("no output".to_owned()))?;
    Ok((output, usage))
}

/// What is judged, if it was made.
pub(super) fn copy<'a>(side: &'a Side, made: &'a Result) -> Option<Copy<'a>> {
    let (output, _) = made.as_ref().ok()?;
    Some(Copy { rendition: &side.rendition, bytes: &output.bytes })
}

fn outcome(made: &Result, score: Option<std::result::Result<f64, String>>) -> Outcome {
    match made {
        Ok((output, usage)) => {
            let (score, unscored) = match score {
                Some(Ok(score)) => (Some(score), None),
                Some(Err(error)) => (None, Some(error)),
                None => (None, None),
            };
            let (width, height) = output.info.seen();
            Outcome::Made(Made {
                media_type: output.info.media_type.clone(),
                bytes: output.bytes.len() as u64,
                width,
                height,
                // To a microsecond.
                milliseconds: (usage.elapsed.as_secs_f64() * 1e6).round() / 1e3,
                peak_memory: usage.peak_memory,
                score,
                unscored,
                digest: Digest::of(&output.bytes),
            })
        }
        Err(error) => Outcome::Failed { error: error.to_string() },
    }
}
