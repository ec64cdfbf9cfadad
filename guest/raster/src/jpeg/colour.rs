//! From rows of components to rows of pixels (T.871, clause 7), in libjpeg's fixed point (`jdcolor.c`).

use wide::{i16x8, i32x8, u8x16};

use super::lanes::{interleave, weighed};

/// Pixels at a time.
const LANES: usize = 16;

/// Appends the pixels of a row of brightness and colour differences, which are at least as long.
pub(super) fn ycbcr(width: usize, [y, cb, cr]: [&[u8]; 3], out: &mut Vec<u8>) {
    chunks(width, [y, cb, cr], out, |[y, cb, cr]| rgb(y, cb, cr));
}

/// Appends the pixels of a row of three components as they are.
pub(super) fn three(width: usize, rows: [&[u8]; 3], out: &mut Vec<u8>) {
    chunks(width, rows, out, |pixels| pixels);
}

/// Appends the pixels of a row of inks: cyan, magenta, yellow and black. Stored is what is left of the light.
pub(super) fn inks(width: usize, [c, m, y, k]: [&[u8]; 4], out: &mut Vec<u8>) {
    out.extend((0..width).flat_map(|x| [!c[x], !m[x], !y[x], !k[x]]));
}

/// Appends the pixels of a row of inks whose first three are stored as brightness and colour differences.
pub(super) fn ycck(width: usize, differences: [&[u8]; 3], k: &[u8], out: &mut Vec<u8>) {
    let mut inks = Vec::with_capacity(3 * width);
    ycbcr(width, differences, &mut inks);
    out.extend(inks.as_chunks().0.iter().zip(k).flat_map(|(&[c, m, y], k)| [c, m, y, !k]));
}

/// Sixteen pixels at a time, the last ones filled up with what is cut off again.
#[inline]
fn chunks(width: usize, rows: [&[u8]; 3], out: &mut Vec<u8>, pixels: impl Fn([u8x16; 3]) -> [u8x16; 3]) {
    for at in (0..width).step_by(LANES) {
        let samples = rows.map(|row| u8x16::new(lanes(&row[at..])));
        let packed = pack(pixels(samples));
        if at + LANES <= width {
            // Of a length that is known: stores, and no call.
            out.extend_from_slice(&packed);
        } else {
            out.extend_from_slice(&packed[..3 * (width - at)]);
        }
    }
}

/// The first sixteen samples, or as many as there are.
#[inline]
fn lanes(row: &[u8]) -> [u8; LANES] {
    row.first_chunk().copied().unwrap_or_else(|| {
        let mut lanes = [0; LANES];
        lanes.iter_mut().zip(row).for_each(|(lane, &sample)| *lane = sample);
        lanes
    })
}

#[inline]
fn rgb(y: u8x16, cb: u8x16, cr: u8x16) -> [u8x16; 3] {
    let halves = |samples| [i16x8::from_u8x16_low(samples), i16x8::from_u8x16_high(samples)];
    let ([y0, y1], [cb0, cb1], [cr0, cr1]) = (halves(y), halves(cb), halves(cr));
    let ([r0, g0, b0], [r1, g1, b1]) = (eight(y0, cb0, cr0), eight(y1, cb1, cr1));
    [u8x16::narrow_i16x8(r0, r1), u8x16::narrow_i16x8(g0, g1), u8x16::narrow_i16x8(b0, b1)]
}

/// In 2⁻¹⁵: 1.402 and 1.772, in 2⁻¹⁶: 0.34414 and 0.71414. Of those that exceed 16 bits, whole numbers are added apart.
#[inline]
fn eight(y: i16x8, cb: i16x8, cr: i16x8) -> [i16x8; 3] {
    let (cb, cr) = (cb - i16x8::splat(128), cr - i16x8::splat(128));
    // Half of 26,345 is no whole number; of every difference that there is, the product is rounded to the same.
    let red = cr.mul_scale_round_n(13_173) + cr;
    let blue = cb.mul_scale_round_n(-7_471) + cb + cb;
    let green = weighed(interleave(cb, cr), -22_554, 18_734) + i32x8::splat(32_768);
    let green = i16x8::from_i32x8_saturate(green >> 16) - cr;
    [y + red, y + green, y + blue]
}

/// Pixels of three planes.
#[inline]
fn pack(planes: [u8x16; 3]) -> [u8; 3 * LANES] {
    /// Where the bytes of a third of the pixels come from in a plane; those that come from elsewhere are zero.
    const fn places(third: usize, plane: usize) -> u8x16 {
        let mut places = [0x80; LANES];
        let mut at = 0;
        while at < LANES {
            let byte = third * LANES + at;
            if byte % 3 == plane {
                #[expect(clippy::cast_possible_truncation, reason = "below 16")]
                let place = (byte / 3) as u8;
                places[at] = place;
            }
            at += 1;
        }
        u8x16::new(places)
    }
    const PLACES: [[u8x16; 3]; 3] = {
        let thirds = [0, 1, 2];
        [
            [places(thirds[0], 0), places(thirds[0], 1), places(thirds[0], 2)],
            [places(thirds[1], 0), places(thirds[1], 1), places(thirds[1], 2)],
            [places(thirds[2], 0), places(thirds[2], 1), places(thirds[2], 2)],
        ]
    };
    let [a, b, c] = planes;
    let thirds = PLACES.map(|[from_a, from_b, from_c]| {
        a.shuffle_zeroing(from_a) | b.shuffle_zeroing(from_b) | c.shuffle_zeroing(from_c)
    });
    bytemuck::cast(thirds)
}

#[cfg(test)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test's numbers are small"
)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        let values: Vec<u8> = (0..=255).step_by(5).collect();
        let (mut y, mut cb, mut cr) = (Vec::new(), Vec::new(), Vec::new());
        for &a in &values {
            for &b in &values {
                for &c in &values {
                    y.push(a);
                    cb.push(b);
                    cr.push(c);
                }
            }
        }
        let mut out = Vec::new();
        ycbcr(y.len(), [&y, &cb, &cr], &mut out);
        for (at, pixel) in out.chunks_exact(3).enumerate() {
            let [y, cb, cr] = [y[at], cb[at], cr[at]].map(f64::from);
            let (cb, cr) = (cb - 128.0, cr - 128.0);
            let exact = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
            for (&sample, exact) in pixel.iter().zip(exact) {
                assert!((f64::from(sample) - exact.clamp(0.0, 255.0)).abs() < 0.51, "{pixel:?} for {exact}");
            }
        }
    }

    #[test]
    fn products_are_rounded_as_with_one_bit_more() {
        for difference in -128..128_i16 {
            let more = |weight: i32| ((i32::from(difference) * weight + 32_768) >> 16) as i16;
            let products =
                [13_173, -7_471].map(|weight| i16x8::splat(difference).mul_scale_round_n(weight).to_array()[0]);
            assert_eq!(products, [more(26_345), more(-14_942)], "{difference}");
        }
    }

    #[test]
    fn every_width_is_whole() {
        for width in 1..50 {
            let rows: [Vec<u8>; 3] = std::array::from_fn(|c| (0..width).map(|x| (3 * x + c) as u8).collect());
            let mut out = vec![9];
            three(width, rows.each_ref().map(Vec::as_slice), &mut out);
            assert_eq!(out[1..], (0..3 * width).map(|at| at as u8).collect::<Vec<_>>());
        }
    }
}
