//! From coefficients to samples: the inverse DCT in whole size, half, a quarter and an eighth of it.
//!
//! The arithmetic is that of libjpeg's accurate integer transforms (`jidctint.c` and `jidctred.c`, after C. Loeffler, A. Ligtenberg and
//! G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989): the samples are to the bit those of
//! libjpeg-turbo, which its users are used to and a test compares with.

use wide::{i16x8, i32x8, u8x16};

use super::coefficients::Block;
use super::lanes::{interleave, transpose, weighed};
use super::tables::Steps;

/// Constants are told in 2⁻¹³.
const CONST_BITS: i32 = 13;
/// Bits of precision that columns keep for the rows after them.
const PASS1_BITS: i32 = 2;

/// The samples of a block: a square of them, with sides of 1, 2, 4 or 8, in rows of 8.
pub(super) type Samples = [[u8; 8]; 8];

/// A transform to squares of as many samples a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    One,
    Two,
    Four,
    Eight,
}

impl Transform {
    /// Samples of a side.
    pub(super) fn side(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// The one to twice as many samples a side.
    pub(super) fn larger(self) -> Option<Self> {
        match self {
            Self::One => Some(Self::Two),
            Self::Two => Some(Self::Four),
            Self::Four => Some(Self::Eight),
            Self::Eight => None,
        }
    }

    /// Whether a transform looks at the coefficients of a row or a column.
    pub(super) fn looks_at(self, row: usize) -> bool {
        match self {
            Self::Eight => true,
            Self::Four => row != 4,
            Self::Two => row == 0 || row % 2 == 1,
            Self::One => row == 0,
        }
    }

    /// Transforms a block. Of the samples those count that are in the square.
    #[inline]
    pub(super) fn run(self, block: &Block, steps: &Steps, samples: &mut Samples) {
        match self {
            Self::One => samples[0][0] = flat(block, steps),
            // As many are: the colours where nothing but the brightness changes, and all of what is out of focus.
            _ if is_flat(block) => *samples = [[self.flat_sample(block, steps); 8]; 8],
            Self::Eight => eight(&dequantise(block, steps), samples),
            Self::Four => four(&dequantise(block, steps), samples),
            Self::Two => two(&dequantise(block, steps), samples),
        }
    }

    /// What the transform makes of a block whose samples are all the same.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped, but where columns wrap")]
    fn flat_sample(self, block: &Block, steps: &Steps) -> u8 {
        let column = i32::from(block[0].wrapping_mul(steps[0].cast_signed())) << PASS1_BITS;
        let column = match self {
            Self::Eight => i32::from(column as i16),
            _ => column.clamp(i16::MIN.into(), i16::MAX.into()),
        };
        let shift = PASS1_BITS + 3;
        (((column + (1 << (shift - 1))) >> shift) + 128).clamp(0, 255) as u8
    }
}

/// Whether all coefficients but the first are zero.
#[inline]
fn is_flat(block: &Block) -> bool {
    let [first, others @ ..]: &[[i16; 8]; 8] = bytemuck::cast_ref(block);
    let first = i16x8::new(*first) & i16x8::new([0, -1, -1, -1, -1, -1, -1, -1]);
    bytemuck::cast::<_, u128>(others.iter().fold(first, |any, &row| any | i16x8::new(row))) == 0
}

/// The sample of a block that has the same everywhere.
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn flat(block: &Block, steps: &Steps) -> u8 {
    let value = i32::from(block[0].wrapping_mul(steps[0].cast_signed()));
    (((value + 4) >> 3) + 128).clamp(0, 255) as u8
}

#[inline]
fn dequantise(block: &Block, steps: &Steps) -> [i16x8; 8] {
    let steps: &[[i16; 8]; 8] = bytemuck::cast_ref(steps);
    let rows: &[[i16; 8]; 8] = bytemuck::cast_ref(block);
    // More than 16 bits is broken, and may wrap.
    std::array::from_fn(|row| i16x8::new(rows[row]) * i16x8::new(steps[row]))
}

/// Rounds numbers that are told in 2⁻ˢʰⁱᶠᵗ.
#[inline]
fn descale(value: i32x8, shift: i32) -> i16x8 {
    i16x8::from_i32x8_saturate((value + i32x8::splat(1 << (shift - 1))) >> shift)
}

/// Of rows around zero.
#[inline]
fn clamp(row: i16x8) -> i16x8 {
    row.saturating_add(i16x8::splat(128))
}

#[inline]
fn eight(rows: &[i16x8; 8], samples: &mut Samples) {
    let [dc, others @ ..] = rows;
    let columns = if bytemuck::cast::<_, u128>(others.iter().fold(i16x8::ZERO, |any, &row| any | row)) == 0 {
        // Columns of one value each, as most are in flat blocks.
        [*dc << PASS1_BITS; 8]
    } else {
        eight_columns(rows, CONST_BITS - PASS1_BITS)
    };
    let rows = transpose(eight_columns(&transpose(columns), CONST_BITS + PASS1_BITS + 3));
    for (pair, samples) in rows.as_chunks::<2>().0.iter().zip(samples.as_chunks_mut::<2>().0) {
        *samples = bytemuck::cast(u8x16::narrow_i16x8(clamp(pair[0]), clamp(pair[1])));
    }
}

#[inline]
fn eight_columns(rows: &[i16x8; 8], shift: i32) -> [i16x8; 8] {
    let [r0, r1, r2, r3, r4, r5, r6, r7] = *rows;
    let even = interleave(r2, r6);
    let (e2, e3) = (weighed(even, 4_433, -10_704), weighed(even, 10_703, 4_433));
    let even = interleave(r0, r4);
    let (e0, e1) = (weighed(even, 8_192, 8_192), weighed(even, 8_192, -8_192));
    let even = [e0 + e3, e1 + e2, e1 - e2, e0 - e3];

    let sums = interleave(r7 + r3, r5 + r1);
    let (s3, s4) = (weighed(sums, -6_436, 9_633), weighed(sums, 9_633, 6_437));
    let (outer, inner) = (interleave(r7, r1), interleave(r5, r3));
    let odd = [
        weighed(outer, -7_373, 4_926) + s4,
        weighed(inner, -20_995, 4_177) + s3,
        weighed(inner, -4_176, -20_995) + s4,
        weighed(outer, -4_927, -7_373) + s3,
    ];
    let [o0, o1, o2, o3] = odd;
    let [e0, e1, e2, e3] = even;
    [e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0].map(|value| descale(value, shift))
}

#[inline]
fn four(rows: &[i16x8; 8], samples: &mut Samples) {
    let zero = i16x8::ZERO;
    let [c0, c1, c2, c3] = four_columns(rows, CONST_BITS - PASS1_BITS + 1);
    let columns = transpose([c0, c1, c2, c3, zero, zero, zero, zero]);
    let [c0, c1, c2, c3] = four_columns(&columns, CONST_BITS + PASS1_BITS + 3 + 1);
    let rows = transpose([c0, c1, c2, c3, zero, zero, zero, zero]).map(clamp);
    let pair = |a, b| bytemuck::cast::<_, [[u8; 8]; 2]>(u8x16::narrow_i16x8(a, b));
    ([samples[0], samples[1]], [samples[2], samples[3]]) = (pair(rows[0], rows[1]), pair(rows[2], rows[3]));
}

#[inline]
fn four_columns(rows: &[i16x8; 8], shift: i32) -> [i16x8; 4] {
    let [r0, r1, r2, r3, _, r5, r6, r7] = *rows;
    let dc = weighed(interleave(r0, i16x8::ZERO), 1 << (CONST_BITS + 1), 0);
    let even = weighed(interleave(r2, r6), 15_137, -6_270);
    let (e0, e1) = (dc + even, dc - even);
    let (low, high) = (interleave(r7, r5), interleave(r3, r1));
    let o0 = weighed(low, -1_730, 11_893) + weighed(high, -17_799, 8_697);
    let o1 = weighed(low, -4_176, -4_926) + weighed(high, 7_373, 20_995);
    [e0 + o1, e1 + o0, e1 - o0, e0 - o1].map(|value| descale(value, shift))
}

#[inline]
fn two(rows: &[i16x8; 8], samples: &mut Samples) {
    let [c0, c1] = two_columns(rows, CONST_BITS - PASS1_BITS + 2);
    let zero = i16x8::ZERO;
    let [c0, c1] =
        two_columns(&transpose([c0, c1, zero, zero, zero, zero, zero, zero]), CONST_BITS + PASS1_BITS + 3 + 2);
    let (left, right) = (clamp(c0).to_array(), clamp(c1).to_array());
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let sample = |value: i16| value.clamp(0, 255) as u8;
    samples[0][..2].copy_from_slice(&[sample(left[0]), sample(right[0])]);
    samples[1][..2].copy_from_slice(&[sample(left[1]), sample(right[1])]);
}

#[inline]
fn two_columns(rows: &[i16x8; 8], shift: i32) -> [i16x8; 2] {
    let [r0, r1, _, r3, _, r5, _, r7] = *rows;
    let dc = weighed(interleave(r0, i16x8::ZERO), 1 << (CONST_BITS + 1), 0) * i32x8::splat(2);
    let odd = weighed(interleave(r7, r5), -5_906, 6_967) + weighed(interleave(r3, r1), -10_426, 29_692);
    [dc + odd, dc - odd].map(|value| descale(value, shift))
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

    /// The transform by its definition (T.81, annex A.3.3).
    fn exact(block: &Block) -> [[f64; 8]; 8] {
        let scale = |n: usize| if n == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        let cosine = |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos();
        let sample = |y: usize, x: usize| {
            let terms = (0..64).map(|at| {
                let (v, u) = (at / 8, at % 8);
                scale(u) * scale(v) * f64::from(block[at]) * cosine(x, u) * cosine(y, v)
            });
            (terms.sum::<f64>() / 4.0 + 128.0).clamp(0.0, 255.0)
        };
        std::array::from_fn(|y| std::array::from_fn(|x| sample(y, x)))
    }

    fn blocks() -> Vec<Block> {
        let mut state = 7_u32;
        let mut next = |range: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) % range) as i16 - (range / 2) as i16
        };
        let mut blocks = vec![[0; 64]];
        for frequencies in [1, 3, 8, 20, 64] {
            for _ in 0..200 {
                let mut block = [0; 64];
                block[0] = next(1_600);
                for _ in 1..frequencies {
                    let at = usize::from(next(64).unsigned_abs()) % 64;
                    block[at] = next(300);
                }
                blocks.push(block);
            }
        }
        blocks
    }

    #[test]
    fn samples_are_those_of_the_definition() {
        let mut samples = [[0; 8]; 8];
        for block in blocks() {
            Transform::Eight.run(&block, &[1; 64], &mut samples);
            for (row, exact) in samples.iter().zip(exact(&block)) {
                for (&sample, exact) in row.iter().zip(exact) {
                    assert!((f64::from(sample) - exact).abs() < 1.0, "{sample} instead of {exact}: {block:?}");
                }
            }
        }
    }

    #[test]
    fn flat_blocks_are_what_the_transforms_make_of_them() {
        let (mut quickly, mut slowly) = ([[0; 8]; 8], [[0; 8]; 8]);
        let mut block = [0; 64];
        for value in i16::MIN..=i16::MAX {
            block[0] = value;
            assert!(is_flat(&block));
            let rows = dequantise(&block, &[1; 64]);
            for (transform, whole) in [
                (Transform::Two, two as fn(&[i16x8; 8], &mut Samples)),
                (Transform::Four, four),
                (Transform::Eight, eight),
            ] {
                transform.run(&block, &[1; 64], &mut quickly);
                whole(&rows, &mut slowly);
                let side = transform.side();
                let square = |samples: &Samples| samples[..side].iter().flat_map(|row| row[..side].to_vec()).collect();
                let (quickly, slowly): (Vec<u8>, Vec<u8>) = (square(&quickly), square(&slowly));
                assert_eq!(quickly, slowly, "{transform:?} of {value}");
            }
        }
        assert!((1..64).all(|at| {
            block = [0; 64];
            block[at] = 1;
            !is_flat(&block)
        }));
    }

    #[test]
    fn smaller_squares_are_the_mean_of_larger_ones() {
        let (mut whole, mut small) = ([[0; 8]; 8], [[0; 8]; 8]);
        for mut block in blocks() {
            // Only what a small square can show.
            for (at, coefficient) in block.iter_mut().enumerate() {
                if at / 8 > 1 || at % 8 > 1 {
                    *coefficient = 0;
                } else {
                    *coefficient /= 4;
                }
            }
            Transform::Eight.run(&block, &[1; 64], &mut whole);
            for (transform, side) in [(Transform::Four, 4), (Transform::Two, 2), (Transform::One, 1)] {
                assert_eq!(transform.side(), side);
                transform.run(&block, &[1; 64], &mut small);
                let step = 8 / side;
                for (y, row) in small.iter().enumerate().take(side) {
                    for (x, &sample) in row.iter().enumerate().take(side) {
                        let square = (0..64).filter(|at| at / 8 / step == y && at % 8 / step == x);
                        let mean =
                            square.map(|at| f64::from(whole[at / 8][at % 8])).sum::<f64>() / (step * step) as f64;
                        let sample = f64::from(sample);
                        assert!((sample - mean).abs() < 12.0, "{transform:?}: {sample} for {mean}: {block:?}");
                    }
                }
            }
        }
    }
}
