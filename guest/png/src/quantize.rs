//! Fewer colours than there are.

mod cluster;
mod histogram;
mod nearest;
mod remap;
mod space;

use std::borrow::Cow;

use nearest::Nearest;
use sandpress_raster::{Channels, Image};

use crate::palette::{MAX_COLOURS, Rgba, indexed};
use crate::reduce::{self, Reduced};

/// How many colours a level allows: 256 from level 80 on, below by the square; 100 at level 50, 25 at 25, 2 at 0.
pub(crate) fn colours(level: f32) -> usize {
    let share = level / 80.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 256")]
    let colours = (MAX_COLOURS as f32 * (share * share).min(1.0)).round() as usize;
    colours.max(2)
}

/// An image of fewer colours.
pub(crate) struct Quantized {
    pub(crate) reduced: Reduced<'static>,
    /// How faithful it is: the peak signal-to-noise ratio in dB, at most 100.
    pub(crate) psnr: f64,
}

/// Reduces an image to a palette of at most so many colours.
pub(crate) fn quantize(image: &Image, most: usize, dither: f32) -> Quantized {
    let samples = rgba(image);
    let pixels = samples.as_chunks().0;
    let mut entries = histogram::histogram(pixels);
    let points = cluster::cluster(&mut entries, most);
    drop(entries);
    let mut colours: Vec<Rgba> = points.iter().map(space::colour).collect();
    colours.sort_unstable();
    colours.dedup();
    let nearest = Nearest::new(colours.iter().copied().map(space::point).collect());
    let (indices, error) = if dither > 0.0 {
        remap::dither(pixels, image.width() as usize, &nearest, dither)
    } else {
        remap::remap(pixels, &nearest)
    };
    let psnr = space::psnr(error / pixels.len() as f64).min(100.0);
    drop(samples);
    Quantized { reduced: indexed(image.width(), image.height(), indices, &colours), psnr }
}

/// The image in 8 bits of red, green, blue and opacity.
fn rgba(image: &Image) -> Cow<'_, [u8]> {
    let samples = image.eight_bits();
    if image.channels() == Channels::Rgba {
        return samples;
    }
    samples.chunks_exact(image.channels().count()).flat_map(reduce::rgba).collect::<Vec<_>>().into()
}
