//! Pixels as JPEG takes them: planes of brightness and of two colour differences (JFIF 1.02, ITU-R BT.601).
//!
//! In one pass from the interleaved pixels to planes of their final size. The encoder's own conversion makes three planes of
//! the full size first: for a photo of 12 megapixels those are 36 MB, and as much again to read and write.

use std::borrow::Cow;

use sandpress_raster::{Error, Subsampling};

/// Samples of one kind in rows from top to bottom, without padding.
#[derive(Debug)]
pub(crate) struct Plane<'a> {
    pub(crate) samples: Cow<'a, [u8]>,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// Converts pixels of at least three samples, of which the first are red, green and blue, to brightness and two colour differences.
pub(crate) fn convert<const N: usize>(
    samples: &[u8],
    (width, height): (usize, usize),
    subsampling: Subsampling,
) -> Result<Vec<Plane<'static>>, Error> {
    let (pixels, rest) = samples.as_chunks::<N>();
    if pixels.len() != width * height || !rest.is_empty() {
        return Err(Error::Internal(format!("{} samples for {width} × {height} pixels", samples.len())));
    }
    let y = each(pixels, brightness);
    let (cb, cr) = match subsampling {
        Subsampling::Full => differences(pixels),
        Subsampling::Halved => halved_differences(pixels, width, height),
    };
    let divisor = usize::from(subsampling.divisor());
    let difference = |samples: Vec<u8>| Plane {
        samples: samples.into(),
        width: width.div_ceil(divisor),
        height: height.div_ceil(divisor),
    };
    Ok(vec![Plane { samples: y.into(), width, height }, difference(cb), difference(cr)])
}

/// Red, green and blue of a pixel, or their sums over several.
type Rgb = [i32; 3];

fn rgb<const N: usize>(pixel: &[u8; N]) -> Rgb {
    [pixel[0].into(), pixel[1].into(), pixel[2].into()]
}

/// The weights are fractions of 2¹⁶, as in libjpeg's jccolor.c.
fn brightness<const N: usize>(pixel: &[u8; N]) -> u8 {
    let [r, g, b] = rgb(pixel);
    clamp((19_595 * r + 38_470 * g + 7_471 * b + (1 << 15)) >> 16)
}

/// A colour difference of the mean of 2ⁿ pixels, given their sums.
fn blue_difference<const LOG2_PIXELS: u32>([r, g, b]: Rgb) -> u8 {
    clamp((-11_059 * r - 21_709 * g + 32_768 * b + offset(LOG2_PIXELS)) >> (16 + LOG2_PIXELS))
}

fn red_difference<const LOG2_PIXELS: u32>([r, g, b]: Rgb) -> u8 {
    clamp((32_768 * r - 27_439 * g - 5_329 * b + offset(LOG2_PIXELS)) >> (16 + LOG2_PIXELS))
}

/// 128, and a half that rounds; a little less than it, so that pure blue and pure red do not exceed 255.
const fn offset(log2_pixels: u32) -> i32 {
    (128 << (16 + log2_pixels)) + (1 << (15 + log2_pixels)) - 1
}

#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn clamp(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

fn differences<const N: usize>(pixels: &[[u8; N]]) -> (Vec<u8>, Vec<u8>) {
    (each(pixels, |pixel| blue_difference::<0>(rgb(pixel))), each(pixels, |pixel| red_difference::<0>(rgb(pixel))))
}

/// A sample of each pixel, several at a time: in each turn of a loop the sandbox looks whether time is up.
fn each<const N: usize>(pixels: &[[u8; N]], sample: impl Fn(&[u8; N]) -> u8) -> Vec<u8> {
    let mut samples = Vec::with_capacity(pixels.len());
    let (chunks, rest) = pixels.as_chunks::<16>();
    for chunk in chunks {
        samples.extend_from_slice(&chunk.each_ref().map(&sample));
    }
    samples.extend(rest.iter().map(&sample));
    samples
}

/// The differences of each 2 × 2 pixels. At an odd edge the last pixels count twice.
fn halved_differences<const N: usize>(pixels: &[[u8; N]], width: usize, height: usize) -> (Vec<u8>, Vec<u8>) {
    let len = width.div_ceil(2) * height.div_ceil(2);
    let (mut cb, mut cr) = (Vec::with_capacity(len), Vec::with_capacity(len));
    let mut sums = Vec::with_capacity(width.div_ceil(2));
    for two_rows in pixels.chunks(2 * width) {
        let (upper, lower) = two_rows.split_at(width);
        let lower = if lower.is_empty() { upper } else { lower };
        sums.clear();
        let (above, above_rest) = upper.as_chunks::<2>();
        let (below, below_rest) = lower.as_chunks::<2>();
        sums.extend(above.iter().zip(below).map(|(above, below)| sum([&above[0], &above[1], &below[0], &below[1]])));
        sums.extend(above_rest.iter().zip(below_rest).map(|(above, below)| sum([above, above, below, below])));
        cb.extend(sums.iter().map(|&sums| blue_difference::<2>(sums)));
        cr.extend(sums.iter().map(|&sums| red_difference::<2>(sums)));
    }
    (cb, cr)
}

fn sum<const N: usize>(pixels: [&[u8; N]; 4]) -> Rgb {
    pixels.map(rgb).into_iter().fold([0; 3], |[r, g, b], [r1, g1, b1]| [r + r1, g + g1, b + b1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_the_values_of_the_standard() {
        let table = [
            ([0, 0, 0], [0, 128, 128]),
            ([255, 255, 255], [255, 128, 128]),
            ([255, 0, 0], [76, 85, 255]),
            ([0, 255, 0], [150, 44, 21]),
            ([0, 0, 255], [29, 255, 107]),
        ];
        for (pixel, expected) in table {
            for subsampling in [Subsampling::Full, Subsampling::Halved] {
                let planes = convert::<3>(&pixel.repeat(4), (2, 2), subsampling).unwrap();
                let first: Vec<u8> = planes.iter().map(|plane| plane.samples[0]).collect();
                assert_eq!(first, expected, "{pixel:?}, {subsampling:?}");
            }
        }
    }

    #[test]
    fn odd_sides_round_up_and_repeat_their_edge() {
        // Grey but for a red pixel in the corner, which its 2 × 2 pixels consist of alone.
        let mut samples = vec![100; 3 * 5 * 3];
        samples[3 * 5 * 3 - 3..].copy_from_slice(&[255, 0, 0]);
        let planes = convert::<3>(&samples, (3, 5), Subsampling::Halved).unwrap();
        assert_eq!(planes.iter().map(|plane| plane.samples.len()).collect::<Vec<_>>(), [15, 6, 6]);
        assert_eq!(*planes[2].samples, [128, 128, 128, 128, 128, 255]);
    }

    #[test]
    fn opacity_is_skipped() {
        let rgba = convert::<4>(&[10, 20, 30, 255, 40, 50, 60, 255], (2, 1), Subsampling::Full).unwrap();
        let rgb = convert::<3>(&[10, 20, 30, 40, 50, 60], (2, 1), Subsampling::Full).unwrap();
        assert!(rgba.iter().zip(&rgb).all(|(one, other)| one.samples == other.samples));
    }
}
