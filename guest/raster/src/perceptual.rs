//! The smallest file that looks as good as asked for: a search for the lowest level whose score is at least the target.
//!
//! Scores of pictures differ by much at the same level, and by little in how they rise with it. So the first guess is where a typical
//! picture has the target, by the encoder's own curve ([`Encoder::SCORES`]), and each next one is where this picture's curve has it: the
//! typical one, moved and stretched through what has been measured. What is between a level that is too low and one that is high enough is
//! never left.

use crate::encoder::{Encoded, Encoder, Quality};
use crate::image::Image;
use crate::source::{self, Scale};
use crate::ssimulacra2::Reference;
use crate::{Error, limits};

/// A file whose score is above the target by no more than this is small enough: on most pictures a level more or less.
const TOLERANCE: f64 = 0.7;

/// Guesses aim as much above the target, so that most that are wrong by a little are still within the tolerance.
const AIM: f64 = 0.3;

/// Implementations of the metric, and decoders, differ by as much on photos: a target is reached by all of them.
const ROUNDING: f64 = 0.25;

/// After so many guesses, what is left is halved each time.
const GUESSES: u32 = 6;

/// A file, and how good it is.
pub(crate) struct Scored {
    pub(crate) encoded: Encoded,
    pub(crate) quality: Quality,
    pub(crate) score: f64,
}

/// Encodes an image, and looks at what a decoder makes of it.
pub(crate) struct Judge<'a, E: Encoder> {
    image: &'a Image,
    settings: &'a E::Settings,
    reference: Reference,
    tries: u32,
}

impl<'a, E: Encoder> Judge<'a, E> {
    /// # Errors
    ///
    /// `over-limit` where encoding and comparing would take too much memory.
    pub(crate) fn new(image: &'a Image, settings: &'a E::Settings) -> Result<Self, Error> {
        let lossy = E::working_bytes(image, Quality::Level(100.0), settings);
        let encoding =
            if E::LOSSLESS { lossy.max(E::working_bytes(image, Quality::Lossless, settings)) } else { lossy };
        // Decoding takes less than encoding has taken, and comes after it.
        limits::check_working("encoding for a perceptual target", encoding + Reference::bytes(image))?;
        Ok(Self { image, settings, reference: Reference::new(image), tries: 0 })
    }

    /// How many files were made.
    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    pub(crate) fn encode(&mut self, quality: Quality) -> Result<Encoded, Error> {
        self.tries += 1;
        E::encode(self.image, quality, self.settings)
    }

    pub(crate) fn score(&self, encoded: Encoded, quality: Quality) -> Result<Scored, Error> {
        let decoded = source::open(&encoded.bytes)?.decode(Scale::FULL)?;
        Ok(Scored { score: self.reference.score(&decoded.image)?, encoded, quality })
    }

    /// Makes the smallest file with at least the score; where there is none, the best one.
    ///
    /// In at most 14 tries of 200 levels: after the guesses, what is left of them is halved.
    pub(crate) fn search(&mut self, target: f64) -> Result<Scored, Error> {
        let target = (target + ROUNDING).min(100.0);
        let levels = E::levels();
        let curve = Curve(E::SCORES);
        // Levels before `low` are too low, those from `high` on are high enough, as far as is known.
        let (mut low, mut high) = (0, levels.len());
        // The points that are known of this picture's curve, on both sides of the target, the next to it last.
        let (mut under, mut over) = (Vec::new(), Vec::new());
        let mut best: Option<Scored> = None;
        while low < high {
            let at = if self.tries < GUESSES {
                let level = curve.guess(target + AIM, &under, &over);
                let at = levels.partition_point(|&other| other < level);
                // The highest level is a guess only where all others are too low: it is a waste of bytes, and of time.
                let end = if high == levels.len() { high - 1 } else { high };
                at.min(end.saturating_sub(1)).clamp(low, high - 1)
            } else {
                low.midpoint(high)
            };
            let Some(&level) = levels.get(at) else { break };
            let quality = Quality::Level(level);
            let encoded = self.encode(quality)?;
            let scored = self.score(encoded, quality)?;
            let point = (level, scored.score);
            if scored.score >= target {
                high = at;
                over.push(point);
                let is_close = scored.score - target <= TOLERANCE;
                best = Some(scored);
                if is_close {
                    break;
                }
            } else {
                low = at + 1;
                under.push(point);
                // The best that there is, should nothing be good enough.
                if best.as_ref().is_none_or(|best| best.score < target && best.score < scored.score) {
                    best = Some(scored);
                }
            }
        }
        match best {
            Some(best) if best.score >= target || !E::LOSSLESS => Ok(best),
            _ => {
                drop(best);
                let encoded = self.encode(Quality::Lossless)?;
                self.score(encoded, Quality::Lossless)
            }
        }
    }
}

/// What score a typical picture has at which level: straight lines between points, and beyond them.
struct Curve(&'static [Point]);

/// A level, and the score of a picture at it.
type Point = (f32, f64);

impl Curve {
    /// The level that a picture has a score at, given points of its own curve that are too low and that are high enough: on the typical
    /// curve, which is moved through the nearest point, and stretched through another one.
    fn guess(&self, score: f64, under: &[Point], over: &[Point]) -> f32 {
        let (near, other) = match (under, over) {
            ([.., low], [.., high]) => (*low, Some(*high)),
            ([.., other, near], _) | (_, [.., other, near]) => (*near, Some(*other)),
            ([near], _) | (_, [near]) => (*near, None),
            ([], []) => return self.level(score),
        };
        let stretch = other
            .map(|other| (self.score(other.0) - self.score(near.0)) / (other.1 - near.1))
            // Not where this picture's curve is flat, or falls.
            .filter(|stretch| stretch.is_finite() && *stretch > 0.0);
        self.level(self.score(near.0) + (score - near.1) * stretch.unwrap_or(1.0))
    }

    fn score(&self, level: f32) -> f64 {
        let level = f64::from(level);
        self.line(|point| f64::from(point.0) < level).map_or(level, |(from, to)| {
            from.1 + (level - f64::from(from.0)) * (to.1 - from.1) / f64::from(to.0 - from.0)
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "what is lost is far below a level")]
    fn level(&self, score: f64) -> f32 {
        self.line(|point| point.1 < score)
            .map_or(score as f32, |(from, to)| from.0 + (to.0 - from.0) * ((score - from.1) / (to.1 - from.1)) as f32)
    }

    /// The line that a place is on, given which points are before it.
    fn line(&self, is_before: impl Fn(&Point) -> bool) -> Option<(Point, Point)> {
        let before = self.0.partition_point(is_before);
        let start = before.saturating_sub(1).min(self.0.len().saturating_sub(2));
        Some((*self.0.get(start)?, *self.0.get(start + 1)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_both_ways() {
        let curve = Curve(&[(10.0, 20.0), (50.0, 60.0), (90.0, 80.0)]);
        for (level, score) in [(0.0, 10.0), (10.0, 20.0), (30.0, 40.0), (70.0, 70.0), (90.0, 80.0), (100.0, 85.0)] {
            assert!((curve.score(level) - score).abs() < 1e-6, "the score at {level}");
            assert!((curve.level(score) - level).abs() < 1e-4, "the level of {score}");
        }
    }

    #[test]
    fn guesses_follow_what_is_known() {
        let curve = Curve(&[(0.0, 0.0), (50.0, 50.0), (100.0, 75.0)]);
        let table: [(&[Point], &[Point], f32); 7] = [
            (&[], &[], 40.0),
            // Moved through one point.
            (&[(40.0, 30.0)], &[], 50.0),
            (&[], &[(60.0, 70.0)], 25.0),
            // Stretched through two, which are on both sides, or on one.
            (&[(40.0, 30.0)], &[(60.0, 45.0)], 50.0),
            (&[(10.0, 10.0), (20.0, 30.0)], &[], 25.0),
            (&[], &[(90.0, 60.0), (50.0, 50.0)], 30.0),
            // Moved only, where the picture's curve falls.
            (&[(10.0, 30.0), (20.0, 20.0)], &[], 40.0),
        ];
        for (under, over, level) in table {
            assert!((curve.guess(40.0, under, over) - level).abs() < 1e-4, "{under:?}, {over:?}");
        }
    }
}
