//! Fewer colours than there are.

use std::borrow::Cow;

use sandpress_raster::{Channels, Error, Image};

use crate::palette::{MAX_COLOURS, indexed};
use crate::reduce::{self, Reduced};

/// Reduces an image to a palette of as many colours as a level allows.
pub(crate) fn quantize(image: &Image, level: f32, dither: f32) -> Result<Reduced, Error> {
    let rgba = rgba(image);
    let (width, height) = (image.width() as usize, image.height() as usize);
    let source = quantizr::Image::new(&rgba, width, height).map_err(bug)?;
    let mut options = quantizr::Options::default();
    options.set_max_colors(colours(level)).map_err(bug)?;
    let mut result = quantizr::QuantizeResult::quantize(&source, &options);
    result.set_dithering_level(dither).map_err(bug)?;
    let mut indices = vec![0; width * height];
    result.remap_image(&source, &mut indices).map_err(bug)?;
    let palette = result.get_palette();
    let used = palette.entries.iter().take(palette.count as usize);
    let colours: Vec<_> = used.map(|colour| [colour.r, colour.g, colour.b, colour.a]).collect();
    Ok(indexed(image.width(), image.height(), indices, &colours))
}

fn bug(error: quantizr::Error) -> Error {
    Error::Internal(format!("quantizr: {error}"))
}

/// 256 from level 80 on, below by the square: 100 at level 50, 25 at level 25, 2 at level 0.
fn colours(level: f32) -> i32 {
    let share = level / 80.0;
    #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
    let colours = (MAX_COLOURS as f32 * (share * share).min(1.0)).round() as i32;
    colours.max(2)
}

/// The image in 8 bits of red, green, blue and opacity.
fn rgba(image: &Image) -> Cow<'_, [u8]> {
    let samples = image.eight_bits();
    if image.channels() == Channels::Rgba {
        return samples;
    }
    samples.chunks_exact(image.channels().count()).flat_map(reduce::rgba).collect::<Vec<_>>().into()
}
