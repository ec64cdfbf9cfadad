//! Pixels as JPEG takes them: planes of brightness and of two colour differences (JFIF 1.02, ITU-R BT.601).
//!
//! In one pass from the interleaved pixels to planes of their final size. The encoder's own conversion makes three planes of
//! the full size first: for a photo of 12 megapixels those are 36 MB, and as much again to read and write.

use sandpress_raster::Error;

/// The planes of an image; the colour differences have half of its size, rounded up, or all of it.
pub(crate) struct Planes {
    pub(crate) y: Vec<u8>,
    pub(crate) cb: Vec<u8>,
    pub(crate) cr: Vec<u8>,
}

impl Planes {
    /// Converts pixels of at least three samples, of which the first are red, green and blue.
    pub(crate) fn new<const N: usize>(samples: &[u8], width: u32, height: u32, halved: bool) -> Result<Self, Error> {
        let (pixels, rest) = samples.as_chunks::<N>();
        let (width, height) = (width as usize, height as usize);
        if pixels.len() != width * height || !rest.is_empty() {
            return Err(Error::Internal(format!("{} samples for {width} × {height} pixels", samples.len())));
        }
        let y = pixels.iter().map(brightness).collect();
        let (cb, cr) = if halved { halved_differences(pixels, width, height) } else { differences(pixels) };
        Ok(Self { y, cb, cr })
    }
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

/// The colour differences of the mean of 2ⁿ pixels, given their sums.
fn difference<const LOG2_PIXELS: u32>([r, g, b]: Rgb) -> (u8, u8) {
    let shift = 16 + LOG2_PIXELS;
    // 128, and a half that rounds; a little less than it, so that pure blue and pure red do not exceed 255.
    let offset = (128 << shift) + (1 << (shift - 1)) - 1;
    let cb = (-11_059 * r - 21_709 * g + 32_768 * b + offset) >> shift;
    let cr = (32_768 * r - 27_439 * g - 5_329 * b + offset) >> shift;
    (clamp(cb), clamp(cr))
}

#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn clamp(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

fn differences<const N: usize>(pixels: &[[u8; N]]) -> (Vec<u8>, Vec<u8>) {
    pixels.iter().map(|pixel| difference::<0>(rgb(pixel))).unzip()
}

/// The differences of each 2 × 2 pixels. At an odd edge the last pixels count twice.
fn halved_differences<const N: usize>(pixels: &[[u8; N]], width: usize, height: usize) -> (Vec<u8>, Vec<u8>) {
    let len = width.div_ceil(2) * height.div_ceil(2);
    let (mut cb, mut cr) = (Vec::with_capacity(len), Vec::with_capacity(len));
    for two_rows in pixels.chunks(2 * width) {
        let (upper, lower) = two_rows.split_at(width);
        let lower = if lower.is_empty() { upper } else { lower };
        for (above, below) in upper.chunks(2).zip(lower.chunks(2)) {
            let right = above.len() - 1;
            let four = [above[0], above[right], below[0], below[right]];
            let sums = four.iter().map(rgb).fold([0; 3], |[r, g, b], [r1, g1, b1]| [r + r1, g + g1, b + b1]);
            let (b, r) = difference::<2>(sums);
            cb.push(b);
            cr.push(r);
        }
    }
    (cb, cr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_the_values_of_the_standard() {
        let table = [
            ([0, 0, 0], (0, 128, 128)),
            ([255, 255, 255], (255, 128, 128)),
            ([255, 0, 0], (76, 85, 255)),
            ([0, 255, 0], (150, 44, 21)),
            ([0, 0, 255], (29, 255, 107)),
        ];
        for (pixel, expected) in table {
            for halved in [false, true] {
                let planes = Planes::new::<3>(&pixel.repeat(4), 2, 2, halved).unwrap();
                assert_eq!((planes.y[0], planes.cb[0], planes.cr[0]), expected, "{pixel:?}, halved {halved}");
            }
        }
    }

    #[test]
    fn odd_sides_round_up_and_repeat_their_edge() {
        // Grey but for a red pixel in the corner, which its 2 × 2 pixels consist of alone.
        let mut samples = vec![100; 3 * 5 * 3];
        samples[3 * 5 * 3 - 3..].copy_from_slice(&[255, 0, 0]);
        let planes = Planes::new::<3>(&samples, 3, 5, true).unwrap();
        assert_eq!((planes.y.len(), planes.cb.len(), planes.cr.len()), (15, 6, 6));
        assert_eq!(planes.cr, [128, 128, 128, 128, 128, 255]);
    }

    #[test]
    fn opacity_is_skipped() {
        let rgba = Planes::new::<4>(&[10, 20, 30, 255, 40, 50, 60, 255], 2, 1, false).unwrap();
        let rgb = Planes::new::<3>(&[10, 20, 30, 40, 50, 60], 2, 1, false).unwrap();
        assert_eq!((rgba.y, rgba.cb, rgba.cr), (rgb.y, rgb.cb, rgb.cr));
    }
}
