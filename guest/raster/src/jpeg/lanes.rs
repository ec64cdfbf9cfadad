//! What is missing in `wide` of vectors of 16-bit numbers.

use wide::{i16x8, i32x4, i32x8};

/// The lanes of two vectors in turns: first those of their lower halves, then those of their upper ones.
#[inline]
#[cfg(target_arch = "wasm32")]
pub(super) fn interleave(a: i16x8, b: i16x8) -> (i16x8, i16x8) {
    use std::arch::wasm32::{i16x8_shuffle, v128};
    let (a, b): (v128, v128) = (bytemuck::cast(a), bytemuck::cast(b));
    let low = i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(a, b);
    let high = i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(a, b);
    (bytemuck::cast(low), bytemuck::cast(high))
}

/// The same where no shuffle is at hand: taken lane by lane, a compiler loses sight of what is one instruction for each half.
#[inline]
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn interleave(a: i16x8, b: i16x8) -> (i16x8, i16x8) {
    let (a, b) = (a.to_array(), b.to_array());
    (
        i16x8::new([a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]]),
        i16x8::new([a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]]),
    )
}

/// Rows to columns.
#[inline]
pub(super) fn transpose(rows: [i16x8; 8]) -> [i16x8; 8] {
    // Like shuffling cards: after three rounds each lane is where its row was.
    let round = |[a, b, c, d, e, f, g, h]: [i16x8; 8]| {
        let ((a, e), (b, f), (c, g), (d, h)) = (interleave(a, e), interleave(b, f), interleave(c, g), interleave(d, h));
        [a, e, b, f, c, g, d, h]
    };
    round(round(round(rows)))
}

/// `a · x + b · y` in each lane, of interleaved vectors.
#[inline]
pub(super) fn weighed((low, high): (i16x8, i16x8), x: i16, y: i16) -> i32x8 {
    let weights = i16x8::new([x, y, x, y, x, y, x, y]);
    join(low.dot(weights), high.dot(weights))
}

#[inline]
fn join(low: i32x4, high: i32x4) -> i32x8 {
    bytemuck::cast([low, high])
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
    fn lanes_take_turns() {
        let (low, high) =
            interleave(i16x8::new([0, 1, 2, 3, 4, 5, 6, 7]), i16x8::new([10, 11, 12, 13, 14, 15, 16, 17]));
        assert_eq!(low.to_array(), [0, 10, 1, 11, 2, 12, 3, 13]);
        assert_eq!(high.to_array(), [4, 14, 5, 15, 6, 16, 7, 17]);
        assert_eq!(weighed((low, high), 2, -1).to_array(), [-10, -9, -8, -7, -6, -5, -4, -3]);
    }

    #[test]
    fn columns_become_rows() {
        let rows = std::array::from_fn(|y| i16x8::new(std::array::from_fn(|x| (8 * y + x) as i16)));
        let columns = transpose(rows).map(|row| row.to_array());
        assert!((0..8).all(|y| (0..8).all(|x| columns[y][x] == (8 * x + y) as i16)), "{columns:?}");
    }
}
