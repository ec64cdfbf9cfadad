//! Inks on paper, as red, green and blue on a screen.

use std::fmt;

use moxcms::{ColorProfile, DataColorSpace, Layout};

use super::convert::{AT_ONCE, Depth, Transform, UNUSABLE, bug, srgb};
use super::icc::Icc;
use crate::Error;
use crate::image::Samples;

/// How cyan, magenta, yellow and black become sRGB: by the file's profile, or without one by [`mixed`].
pub(crate) struct Inks {
    rule: Rule,
    note: String,
}

enum Rule {
    Eight(Transform<u8>),
    Sixteen(Transform<u16>),
    Mixed,
}

impl Inks {
    /// For samples of 8 or 16 bits: 0 is no ink, and the highest number is all of it.
    pub(crate) fn new(profile: Option<&[u8]>, bits: u8) -> Self {
        let Some(icc) = profile.map(Icc::new) else {
            return Self { rule: Rule::Mixed, note: "converted from CMYK without a profile".into() };
        };
        match icc.colours().and_then(|colours| Rule::new(&colours, bits)) {
            Ok(rule) => Self { rule, note: format!("converted from CMYK by {}", icc.name()) },
            Err(reason) => {
                Self { rule: Rule::Mixed, note: format!("converted from CMYK without its profile, which {reason}") }
            }
        }
    }

    /// What becomes of the colours.
    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    /// Whether the colours are those of a profile.
    pub(crate) fn have_profile(&self) -> bool {
        !matches!(self.rule, Rule::Mixed)
    }

    /// Three samples for each four.
    pub(crate) fn to_rgb(&self, samples: Samples) -> Result<Samples, Error> {
        Ok(match (samples, &self.rule) {
            (Samples::Eight(samples), Rule::Eight(transform)) => Samples::Eight(converted(samples, transform)?),
            (Samples::Sixteen(samples), Rule::Sixteen(transform)) => Samples::Sixteen(converted(samples, transform)?),
            (Samples::Eight(samples), _) => Samples::Eight(mixed(samples)),
            (Samples::Sixteen(samples), _) => Samples::Sixteen(mixed(samples)),
        })
    }
}

impl fmt::Debug for Inks {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_tuple("Inks").field(&self.note).finish()
    }
}

impl Rule {
    fn new(colours: &ColorProfile, bits: u8) -> Result<Self, &'static str> {
        if colours.color_space != DataColorSpace::Cmyk {
            return Err("is for another kind of image");
        }
        // Four samples of a pixel are four to `moxcms`, whatever they are.
        let (srgb, four) = (srgb(), Layout::Rgba);
        let rule = if bits == 16 {
            u16::transform(colours, four, &srgb, Layout::Rgb).map(Self::Sixteen)
        } else {
            u8::transform(colours, four, &srgb, Layout::Rgb).map(Self::Eight)
        };
        rule.map_err(|_| UNUSABLE)
    }
}

/// By a profile, in place.
fn converted<T: Depth>(mut samples: Vec<T>, transform: &Transform<T>) -> Result<Vec<T>, Error> {
    let count = samples.len() / 4;
    let mut rgb = [T::default(); 3 * AT_ONCE];
    for start in (0..count).step_by(AT_ONCE) {
        let end = count.min(start + AT_ONCE);
        let rgb = &mut rgb[..3 * (end - start)];
        transform.transform(&samples[4 * start..4 * end], rgb).map_err(bug)?;
        samples[3 * start..3 * end].copy_from_slice(rgb);
    }
    samples.truncate(3 * count);
    Ok(samples)
}

/// Without a profile, in place: each ink leaves the light that it does not take, so red is (1 − cyan) × (1 − black).
fn mixed<T: Depth>(mut samples: Vec<T>) -> Vec<T> {
    let count = samples.len() / 4;
    for pixel in 0..count {
        // What is written over has been read.
        for ink in 0..3 {
            samples[3 * pixel + ink] = T::left_by(samples[4 * pixel + ink], samples[4 * pixel + 3]);
        }
    }
    samples.truncate(3 * count);
    samples
}
