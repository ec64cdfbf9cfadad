//! SSIMULACRA2: how much of a picture is left in a copy of it, as people see it.
//!
//! The metric is [Jon Sneyers', version 2.1](https://github.com/cloudinary/ssimulacra2): 100 is the same picture, 90 looks the same, 70 is
//! high quality, 50 medium. It looks at both in the colour space XYB and at up to six scales, each half of the one before. On every
//! scale it compares structure (SSIM), and how sharp edges are against their surroundings, and weighs the norms of what it found.
//!
//! It is written here for a sandbox without fused multiplication, where implementations that are exact to the last bit take a second and
//! a half for two megapixels, and for many comparisons with one original, of which everything is computed once. Rows stream through:
//! of a copy, no plane is ever in memory at its full size. What has a weight below 0.01 is left out, which is most of the work, colour
//! at full size above all, and less than 0.02 of the score: a test compares with another implementation.
//!
//! A picture is taken as sRGB, whatever its profile. A translucent one is seen before a dark and before a bright grey, and the worse
//! score counts, as in the original.

mod blur;
mod linear;
mod rows;
mod scale;
mod weights;
mod xyb;

use linear::{Linear, Picture, Table};
use scale::Scale;
use weights::Weights;

use crate::error::internal;
use crate::{Error, Image};

/// Behind opaque pictures there is nothing to see.
const OPAQUE: &[f32] = &[0.0];

/// The greys behind translucent ones, in sRGB.
const DARK_AND_BRIGHT: &[f32] = &[0.1, 0.9];

/// The original of SSIMULACRA2, ready for any number of copies.
///
/// A picture is taken as sRGB. 100 is the same picture, 90 looks the same, 70 is high quality, 50 medium.
pub struct Reference {
    size: (u32, u32),
    table: Table,
    weights: Weights,
    /// Before each of the backgrounds, at each of the scales.
    seen: Vec<(f32, Vec<Scale>)>,
}

impl Reference {
    /// The most bytes of a reference and of a comparison with it, beside the two images.
    pub fn bytes(image: &Image) -> u64 {
        /// Three planes of brightness at full size (12 bytes), six at a half, and less below: 21 were counted. Of pictures smaller than
        /// 128 pixels more counts, but that is little.
        const REFERENCE_PER_PIXEL: u64 = 22;
        /// Three planes at half size, and all that are smaller.
        const COPY_PER_PIXEL: u64 = 4;
        /// The table, rows, and small pictures.
        const CONSTANT: u64 = 2 << 20;

        let pixels = u64::from(image.width()) * u64::from(image.height());
        let backgrounds = if image.channels().has_alpha() { DARK_AND_BRIGHT } else { OPAQUE };
        pixels * (REFERENCE_PER_PIXEL * backgrounds.len() as u64 + COPY_PER_PIXEL) + CONSTANT
    }

    /// Computes all of an original that does not depend on the copy.
    pub fn new(image: &Image) -> Self {
        let table = Table::new();
        let sizes = linear::sizes(image);
        let weights = Weights::new(sizes.len());
        let backgrounds = if image.is_translucent() { DARK_AND_BRIGHT } else { OPAQUE };
        let seen = backgrounds.iter().map(|&background| {
            let mut scales = Vec::with_capacity(sizes.len());
            each_scale(Picture::new(image, &table, background), &weights, |number, linear| {
                scales.push(Scale::new(linear, |channel| weights.matter(channel, number)));
            });
            (background, scales)
        });
        let seen = seen.collect();
        Self { size: (image.width(), image.height()), table, weights, seen }
    }

    /// The score of a copy: 100 at most, and below zero where hardly anything is left.
    ///
    /// # Errors
    ///
    /// `internal` where the copy has another size.
    pub fn score(&self, copy: &Image) -> Result<f64, Error> {
        if self.size != (copy.width(), copy.height()) {
            let (width, height) = self.size;
            let (other_width, other_height) = (copy.width(), copy.height());
            return Err(internal(format!("{other_width} × {other_height} pixels compared with {width} × {height}")));
        }
        let scores = self.seen.iter().map(|(background, scales)| {
            let mut sum = 0.0;
            each_scale(Picture::new(copy, &self.table, *background), &self.weights, |number, linear| {
                for (channel, errors) in scales[number].compare(linear) {
                    sum += self.weights.weigh(channel, number, &errors);
                }
            });
            score(sum)
        });
        Ok(scores.fold(100.0, f64::min))
    }
}

/// Calls back for each scale that matters, the largest first.
fn each_scale<'a>(picture: Picture<'a>, weights: &Weights, mut call: impl FnMut(usize, &Linear<'a>)) {
    let mut linear = Linear::Picture(picture);
    for number in 0..weights.scales() {
        if number > 0 {
            linear = Linear::Planes(linear.halved());
        }
        call(number, &linear);
    }
}

/// From the weighed sum of errors to the scale from 0 to 100: the fit to what people said of pictures.
fn score(sum: f64) -> f64 {
    let sum = sum * 0.956_238_261_683_484_4;
    let fitted = (6.248_496_625_763_138e-5 * sum - 0.020_884_521_182_843_837) * sum * sum + 2.326_765_642_916_932 * sum;
    100.0 - 10.0 * fitted.max(0.0).powf(0.627_633_646_783_138_7)
}

#[cfg(test)]
mod tests;
