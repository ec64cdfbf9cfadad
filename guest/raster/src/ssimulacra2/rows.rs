//! Rows of samples, some at a time.

use wide::f32x8;

/// How many samples are computed at once.
pub(super) const LANES: usize = 8;

/// The samples of a row in memory: its width, filled up with zeros.
pub(super) fn padded(width: usize) -> usize {
    width.next_multiple_of(LANES)
}

/// Rows of red, green and blue, or of X, Y and B.
pub(super) type Three = [Vec<f32>; 3];

pub(super) fn three(width: usize) -> Three {
    [(); 3].map(|()| vec![0.0; padded(width)])
}

/// One in each sample of a row, zero in what fills it up.
pub(super) fn mask(width: usize) -> Vec<f32> {
    let mut mask = vec![1.0; width];
    mask.resize(padded(width), 0.0);
    mask
}

pub(super) fn chunks(row: &[f32]) -> &[[f32; LANES]] {
    row.as_chunks().0
}

pub(super) fn chunks_mut(row: &mut [f32]) -> &mut [[f32; LANES]] {
    row.as_chunks_mut().0
}

pub(super) fn load(chunk: &[f32; LANES]) -> f32x8 {
    f32x8::new(*chunk)
}
