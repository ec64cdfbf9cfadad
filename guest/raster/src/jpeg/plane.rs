//! A component's samples, as many rows of them as are needed at a time.

use super::coefficients::Block;
use super::idct::{Samples, Transform};
use super::layout::Blocks;
use super::tables::Steps;
use super::upsample::Upsampling;

/// Rows of units that are kept: the rows that colours are interpolated from reach into the ones before. A whole number, so that no
/// block begins in the last rows and ends in the first ones.
const KEPT: usize = 3;

/// The newest rows of a component.
#[derive(Debug)]
pub(super) struct Plane {
    samples: Vec<u8>,
    /// Samples from one row to the next.
    stride: usize,
    /// Rows in memory: as many as some rows of units have.
    capacity: usize,
    /// Samples that show something of the image.
    width: usize,
    height: usize,
    /// Rows of a row of units.
    unit_rows: usize,
    transform: Transform,
    upsampling: Upsampling,
    steps: Steps,
}

impl Plane {
    /// `size`: what of it shows something of the image.
    pub(super) fn new(
        blocks: &Blocks,
        size: (usize, usize),
        transform: Transform,
        upsampling: Upsampling,
        steps: Steps,
    ) -> Self {
        let side = transform.side();
        let (stride, unit_rows) = (blocks.all.0 * side, blocks.factors.1 * side);
        let capacity = KEPT * unit_rows;
        let samples = vec![0; stride * capacity];
        Self { samples, stride, capacity, width: size.0, height: size.1, unit_rows, transform, upsampling, steps }
    }

    /// Transforms the block at a column and a row.
    #[inline]
    pub(super) fn put(&mut self, (column, row): (usize, usize), block: &Block) {
        let side = self.transform.side();
        let mut samples = [[0; 8]; 8];
        self.transform.run(block, &self.steps, &mut samples);
        let start = row * side % self.capacity * self.stride + column * side;
        match self.transform {
            Transform::Eight => self.copy::<8>(start, &samples),
            Transform::Four => self.copy::<4>(start, &samples),
            Transform::Two => self.copy::<2>(start, &samples),
            Transform::One => self.copy::<1>(start, &samples),
        }
    }

    /// Of a number of samples that is known, each row is one store.
    #[inline]
    fn copy<const SIDE: usize>(&mut self, start: usize, samples: &Samples) {
        // All of the rows in one look: none goes over the plane's edge, see `KEPT`.
        let Some(place) = self.samples.get_mut(start..start + (SIDE - 1) * self.stride + SIDE) else { return };
        for (place, samples) in place.chunks_mut(self.stride).zip(samples) {
            if let (Some(place), Some(samples)) = (place.first_chunk_mut::<SIDE>(), samples.first_chunk::<SIDE>()) {
                *place = *samples;
            }
        }
    }

    /// How many rows of the image can be made when this many rows of units are there.
    pub(super) fn ready(&self, units: usize) -> usize {
        let rows = units * self.unit_rows;
        if rows >= self.height { usize::MAX } else { self.upsampling.rows_of(rows) }
    }

    /// A row in the resolution of the image, at least as wide as the image; in `space` unless it is one of the plane's own.
    pub(super) fn row<'a>(&'a self, y: usize, space: &'a mut Vec<u8>) -> &'a [u8] {
        self.upsampling.row(y, self.height, |y| self.stored(y), space)
    }

    fn stored(&self, y: usize) -> &[u8] {
        let start = y % self.capacity * self.stride;
        &self.samples[start..start + self.width]
    }
}
