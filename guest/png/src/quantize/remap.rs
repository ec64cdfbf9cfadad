//! Pixels to indices.

use super::nearest::Nearest;
use super::space::{Point, distance, point};
use crate::palette::Rgba;

/// The index of the nearest point for each pixel, and the sum of the squared distances.
pub(crate) fn remap(pixels: &[Rgba], nearest: &Nearest) -> (Vec<u8>, f64) {
    /// Colours come back soon: each has a place in which the last one found is kept.
    const PLACES: usize = 1 << 12;

    let find = |pixel, guess| nearest.find(&point(pixel), guess);
    let mut known = vec![([0; 4], find([0; 4], 0)); PLACES];
    let mut last = 0;
    let mut error = 0.0;
    let index = |&pixel: &Rgba| {
        let place = u32::from_le_bytes(pixel).wrapping_mul(0x9E37_79B9) >> (u32::BITS - PLACES.trailing_zeros());
        let known = &mut known[place as usize];
        if known.0 != pixel {
            *known = (pixel, find(pixel, last));
        }
        last = known.1.0;
        error += f64::from(known.1.1);
        last
    };
    let indices = pixels.iter().map(index).collect();
    (indices, error)
}

/// The same, where what a pixel is off is spread to its neighbours (Floyd and Steinberg, 1976), in rows that turn like an ox's.
pub(crate) fn dither(pixels: &[Rgba], width: usize, nearest: &Nearest, strength: f32) -> (Vec<u8>, f64) {
    /// How far off a pixel may be before it is spread: without an end, edges would smear into what is beside them.
    const FARTHEST: f32 = 16.0;

    let mut indices = vec![0; pixels.len()];
    // With a column more on both sides, into which nobody looks.
    let mut row_errors = vec![[0.0; 4]; width + 2];
    let mut next_errors = row_errors.clone();
    let mut last = 0;
    let mut error = 0.0;
    for (y, (row, indices)) in pixels.chunks_exact(width).zip(indices.chunks_exact_mut(width)).enumerate() {
        next_errors.fill([0.0; 4]);
        for step in 0..width {
            let (x, ahead, behind) = if y % 2 == 0 {
                (step, step + 2, step)
            } else {
                let x = width - 1 - step;
                (x, x, x + 2)
            };
            let pixel = point(row[x]);
            let wanted: Point = std::array::from_fn(|at| pixel[at] + row_errors[x + 1][at]);
            let (index, off) = nearest.find(&wanted, last);
            let found = &nearest.points()[usize::from(index)];
            error += f64::from(distance(&pixel, found));
            indices[x] = index;
            last = index;

            let part = strength * if off > FARTHEST * FARTHEST { FARTHEST / off.sqrt() } else { 1.0 } / 16.0;
            let spread: Point = std::array::from_fn(|at| (wanted[at] - found[at]) * part);
            let add = |error: &mut Point, share: f32| (0..4).for_each(|at| error[at] += spread[at] * share);
            add(&mut row_errors[ahead], 7.0);
            add(&mut next_errors[behind], 3.0);
            add(&mut next_errors[x + 1], 5.0);
            add(&mut next_errors[ahead], 1.0);
        }
        std::mem::swap(&mut row_errors, &mut next_errors);
    }
    (indices, error)
}
