//! Colours at the resolution of the brightness, as libjpeg interpolates them (`jdsample.c`): each sample is three parts of the
//! nearest one and one part of the next nearest, in each direction.

use wide::{i16x8, u8x16};

use super::lanes::interleave;

/// Samples at a time.
const LANES: usize = 16;

/// How a component's samples become those of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upsampling {
    /// They are those.
    None,
    /// Twice as many across.
    Across,
    /// Twice as many down.
    Down,
    /// Both.
    Both,
    /// So many times as many across and down, each the same as the one that it is made of.
    Repeat(usize, usize),
}

impl Upsampling {
    /// For so many times as many samples across and down; `width` is the component's. Where an image is decoded to
    /// single samples of its blocks, libjpeg interpolates nothing.
    pub(super) fn new(across: usize, down: usize, width: usize, is_single: bool) -> Self {
        match (across, down) {
            (1, 1) => Self::None,
            (1, 2) if !is_single => Self::Down,
            (2, 1) if !is_single && width > 2 => Self::Across,
            (2, 2) if !is_single && width > 2 => Self::Both,
            _ => Self::Repeat(across, down),
        }
    }

    /// How many rows can be made of this many, if others follow.
    pub(super) fn rows_of(self, rows: usize) -> usize {
        match self {
            Self::None | Self::Across => rows,
            // The last one needs the one that follows.
            Self::Down | Self::Both => (2 * rows).saturating_sub(1),
            Self::Repeat(_, down) => down * rows,
        }
    }

    /// Row `y` of the image, from the rows of the component, which has `height` of them.
    pub(super) fn row<'a>(
        self,
        y: usize,
        height: usize,
        stored: impl Fn(usize) -> &'a [u8],
        space: &'a mut Vec<u8>,
    ) -> &'a [u8] {
        // The rows nearest and next nearest to one of twice as many.
        let near = y / 2;
        let far = || if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(height - 1) };
        space.clear();
        match self {
            Self::None => return stored(y),
            Self::Across => across(stored(y), space),
            Self::Down => down(stored(near), stored(far()), if y.is_multiple_of(2) { 1 } else { 2 }, space),
            Self::Both => both(stored(near), stored(far()), space),
            Self::Repeat(across, down) => {
                space.extend(stored(y / down).iter().flat_map(|&sample| std::iter::repeat_n(sample, across)));
            }
        }
        space
    }
}

/// Of at least three samples.
fn across(row: &[u8], out: &mut Vec<u8>) {
    out.push(row[0]);
    out.push(blend(row[0], row[1], 2));
    let many = |at: usize| {
        let [before, here, after] = [at - 1, at, at + 1].map(|at| halves(&row[at..]));
        std::array::from_fn(|half| {
            let three = here[half] * 3;
            ((three + before[half] + 1_i16) >> 2, (three + after[half] + 2_i16) >> 2)
        })
    };
    pairs(row.len(), out, many, |at| [blend(row[at], row[at - 1], 1), blend(row[at], row[at + 1], 2)]);
    let last = row.len() - 1;
    out.push(blend(row[last], row[last - 1], 1));
    out.push(row[last]);
}

/// Calls for all samples but the first and the last: for sixteen at a time where there are as many and one more, else for one.
#[inline]
fn pairs(
    len: usize,
    out: &mut Vec<u8>,
    sixteen: impl Fn(usize) -> [(i16x8, i16x8); 2],
    one: impl Fn(usize) -> [u8; 2],
) {
    let mut at = 1;
    while at + LANES < len {
        for (even, odd) in sixteen(at) {
            let (low, high) = interleave(even, odd);
            out.extend_from_slice(u8x16::narrow_i16x8(low, high).as_array());
        }
        at += LANES;
    }
    for at in at..len - 1 {
        out.extend(one(at));
    }
}

fn down(near: &[u8], far: &[u8], bias: u16, out: &mut Vec<u8>) {
    out.extend(near.iter().zip(far).map(|(&near, &far)| blend(near, far, bias)));
}

/// Of at least three samples in each row.
fn both(near: &[u8], far: &[u8], out: &mut Vec<u8>) {
    // A column's three parts and one part: at most 1,020.
    let column = |at: usize| u16::from(near[at]) * 3 + u16::from(far[at]);
    let mix = |here: u16, next: u16, bias: u16| narrow((here * 3 + next + bias) >> 4);
    out.push(mix(column(0), column(0), 8));
    out.push(mix(column(0), column(1), 7));
    let many = |at: usize| {
        let columns = |at: usize| {
            let (near, far) = (halves(&near[at..]), halves(&far[at..]));
            [near[0] * 3 + far[0], near[1] * 3 + far[1]]
        };
        let [before, here, after] = [at - 1, at, at + 1].map(columns);
        std::array::from_fn(|half| {
            let three = here[half] * 3;
            ((three + before[half] + 8_i16) >> 4, (three + after[half] + 7_i16) >> 4)
        })
    };
    pairs(near.len(), out, many, |at| [mix(column(at), column(at - 1), 8), mix(column(at), column(at + 1), 7)]);
    let last = near.len() - 1;
    out.push(mix(column(last), column(last - 1), 8));
    out.push(mix(column(last), column(last), 7));
}

/// Three parts of one sample and one of another.
fn blend(near: u8, far: u8, bias: u16) -> u8 {
    narrow((u16::from(near) * 3 + u16::from(far) + bias) >> 2)
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of samples")]
fn narrow(sample: u16) -> u8 {
    sample as u8
}

/// The first sixteen samples of at least as many.
#[inline]
fn halves(samples: &[u8]) -> [i16x8; 2] {
    let samples = u8x16::new(samples.first_chunk().copied().unwrap_or_default());
    [i16x8::from_u8x16_low(samples), i16x8::from_u8x16_high(samples)]
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

    /// The same by single samples and floating point.
    fn plainly(rows: &[Vec<u8>], (across, down): (bool, bool), y: usize) -> Vec<u8> {
        let sample = |x: isize, y: isize| {
            let y = y.clamp(0, rows.len() as isize - 1) as usize;
            f64::from(rows[y][x.clamp(0, rows[y].len() as isize - 1) as usize])
        };
        let neighbours = |at: usize, twice: bool| match (twice, at % 2) {
            (false, _) => (at as isize, at as isize),
            (true, 0) => ((at / 2) as isize, (at / 2) as isize - 1),
            (true, _) => ((at / 2) as isize, (at / 2) as isize + 1),
        };
        let width = rows[0].len() * if across { 2 } else { 1 };
        let (near_y, far_y) = neighbours(y, down);
        let mix = |x: usize| {
            let (near_x, far_x) = neighbours(x, across);
            let column = |x: isize| 0.75 * sample(x, near_y) + 0.25 * sample(x, far_y);
            0.75 * column(near_x) + 0.25 * column(far_x)
        };
        // Halves go up and down in turns: see below.
        (0..width).map(|x| (mix(x) + 0.5) as u8).collect()
    }

    #[test]
    fn every_row_is_the_plain_one() {
        let mut state = 3_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for width in [3, 4, 9, 10, 11, 40, 67] {
            let rows: Vec<Vec<u8>> = (0..5).map(|_| (0..width).map(|_| noise()).collect()).collect();
            for (upsampling, twice) in [
                (Upsampling::Across, (true, false)),
                (Upsampling::Down, (false, true)),
                (Upsampling::Both, (true, true)),
            ] {
                let height = if twice.1 { 10 } else { 5 };
                for y in 0..height {
                    let mut space = Vec::new();
                    let row = upsampling.row(y, 5, |y| rows[y].as_slice(), &mut space);
                    let plain = plainly(&rows, twice, y);
                    assert_eq!(row.len(), plain.len());
                    let most = row.iter().zip(&plain).map(|(a, b)| a.abs_diff(*b)).max();
                    assert!(most <= Some(1), "{upsampling:?}, row {y} of width {width}: {row:?} for {plain:?}");
                }
            }
        }
    }

    #[test]
    fn repeated_samples_are_the_same() {
        let mut space = Vec::new();
        let rows = [[1_u8, 2], [3, 4]];
        let row = Upsampling::Repeat(3, 2).row(2, 2, |y| rows[y].as_slice(), &mut space);
        assert_eq!(row, [3, 3, 3, 4, 4, 4]);
    }
}
