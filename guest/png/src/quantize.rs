//! Fewer colours than there are.

use std::borrow::Cow;

use quantizr::{Histogram, Options, QuantizeResult};
use sandpress_raster::{Channels, Error, Image};

use crate::palette::{MAX_COLOURS, indexed};
use crate::reduce::{self, Reduced};

/// How many colours a level allows: 256 from level 80 on, below by the square; 100 at level 50, 25 at 25, 2 at 0.
pub(crate) fn colours(level: f32) -> usize {
    let share = level / 80.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 256")]
    let colours = (MAX_COLOURS as f32 * (share * share).min(1.0)).round() as usize;
    colours.max(2)
}

/// Reduces an image to a palette of at most so many colours.
pub(crate) fn quantize(image: &Image, colours: usize, dither: f32) -> Result<Reduced<'static>, Error> {
    let rgba = rgba(image);
    let (width, height) = (image.width() as usize, image.height() as usize);
    let source = quantizr::Image::new(&rgba, width, height).map_err(bug)?;
    let mut options = Options::default();
    // At most 256.
    options.set_max_colors(i32::try_from(colours).unwrap_or(i32::MAX)).map_err(bug)?;
    let mut result = QuantizeResult::quantize_histogram(&histogram(&rgba)?, &options);
    result.set_dithering_level(dither).map_err(bug)?;
    let mut indices = vec![0; width * height];
    result.remap_image(&source, &mut indices).map_err(bug)?;
    let palette = result.get_palette();
    let used = palette.entries.iter().take(palette.count as usize);
    let colours: Vec<_> = used.map(|colour| [colour.r, colour.g, colour.b, colour.a]).collect();
    Ok(indexed(image.width(), image.height(), indices, &colours))
}

/// Pixels whose colours are counted exactly. Above, the histogram of a noisy image would take more memory than the image.
const EXACT_PIXELS: usize = 1 << 21;

/// How often each colour occurs, in large images but for its lowest bits.
fn histogram(rgba: &[u8]) -> Result<Histogram, Error> {
    let mut histogram = Histogram::new();
    if rgba.len() / 4 <= EXACT_PIXELS {
        histogram.add_image(&quantizr::Image::new(rgba, rgba.len() / 4, 1).map_err(bug)?);
        return Ok(histogram);
    }
    for part in rgba.chunks(4 * EXACT_PIXELS) {
        let coarse: Vec<u8> = part.as_chunks().0.iter().flat_map(|&pixel| coarse(pixel)).collect();
        histogram.add_image(&quantizr::Image::new(&coarse, coarse.len() / 4, 1).map_err(bug)?);
    }
    Ok(histogram)
}

/// A colour with 7 bits a channel and 4 of opacity, of which there are 2²¹ that are opaque. The ends of the scales stay.
fn coarse([r, g, b, alpha]: [u8; 4]) -> [u8; 4] {
    let colour = |sample: u8| sample & 0xFE | sample >> 7;
    [colour(r), colour(g), colour(b), alpha & 0xF0 | alpha >> 4]
}

fn bug(error: quantizr::Error) -> Error {
    Error::Internal(format!("quantizr: {error}"))
}

/// The image in 8 bits of red, green, blue and opacity.
fn rgba(image: &Image) -> Cow<'_, [u8]> {
    let samples = image.eight_bits();
    if image.channels() == Channels::Rgba {
        return samples;
    }
    samples.chunks_exact(image.channels().count()).flat_map(reduce::rgba).collect::<Vec<_>>().into()
}
