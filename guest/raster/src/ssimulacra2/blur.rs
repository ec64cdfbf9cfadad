//! Means over the surroundings of a pixel: a Gaussian of σ = 1.5, as sums of cosines.
//!
//! The kernel is Charalampidis' (Recursive implementation of the Gaussian filter using truncated cosine functions, 2016) with N = 5, and
//! nine weights long. It is meant to be computed recursively; this short, the plain sum is as fast and rounds less. Beyond the edges
//! there is nothing: zero.

use wide::f32x8;

use super::rows::{LANES, chunks, chunks_mut, load, padded};

/// The weights of a pixel and of those 1 to 4 away.
const KERNEL: [f32; REACH + 1] = [0.264_621_1, 0.212_928_6, 0.109_335_37, 0.036_011_115, 0.009_414_367];

const REACH: usize = 4;
const ROWS: usize = 2 * REACH + 1;

/// A row with nothing on both of its sides.
pub(super) struct Margined(Vec<f32>);

impl Margined {
    pub(super) fn new(width: usize) -> Self {
        Self(vec![0.0; LANES + padded(width) + LANES])
    }

    pub(super) fn row_mut(&mut self) -> &mut [f32] {
        let end = self.0.len() - LANES;
        &mut self.0[LANES..end]
    }

    /// Blurs along the row.
    fn blur(&self, out: &mut [f32]) {
        for (at, out) in chunks_mut(out).iter_mut().enumerate() {
            let Some(around) = self.0[LANES * at..].first_chunk::<{ 3 * LANES }>() else { return };
            let from = |start: usize| load(around[start..].first_chunk().unwrap_or(&[0.0; LANES]));
            let pair = |distance: usize| from(LANES - distance) + from(LANES + distance);
            *out = weigh(from(LANES), [pair(1), pair(2), pair(3), pair(4)]).to_array();
        }
    }
}

fn weigh(centre: f32x8, [one, two, three, four]: [f32x8; REACH]) -> f32x8 {
    centre * KERNEL[0] + one * KERNEL[1] + (two * KERNEL[2] + three * KERNEL[3]) + four * KERNEL[4]
}

/// The last rows, as many as the kernel is long, blurred along themselves.
pub(super) struct Window([Vec<f32>; ROWS]);

impl Window {
    pub(super) fn new(width: usize) -> Self {
        Self([(); ROWS].map(|()| vec![0.0; padded(width)]))
    }

    /// Takes in the row `y`; nothing below the last one.
    pub(super) fn push(&mut self, y: usize, row: Option<&Margined>) {
        let place = &mut self.0[y % ROWS];
        match row {
            Some(row) => row.blur(place),
            None => place.fill(0.0),
        }
    }

    /// The surroundings of row `y`, when `y + REACH` is the last that was taken in.
    pub(super) fn around(&self, y: usize) -> Around<'_> {
        Around(std::array::from_fn(|at| chunks(&self.0[(y + ROWS - REACH + at) % ROWS])))
    }
}

pub(super) struct Around<'a>([&'a [[f32; LANES]]; ROWS]);

impl Around<'_> {
    /// Blurs across the rows.
    #[inline]
    pub(super) fn blurred(&self, at: usize) -> f32x8 {
        let row = |row: usize| load(&self.0[row][at]);
        let pair = |distance: usize| row(REACH - distance) + row(REACH + distance);
        weigh(row(REACH), [pair(1), pair(2), pair(3), pair(4)])
    }
}

/// How many rows below a row are needed to blur it.
pub(super) const AHEAD: usize = REACH;
