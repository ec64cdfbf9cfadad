//! How much of a picture's colour is finer than half of its resolution.

use crate::{Channels, Image};

/// Pixels of a side of the squares that are looked at, each for itself: so a line of red text in a large photo is seen.
const SQUARE: usize = 16;

/// Of so many squares one may lose more.
const SQUARES: usize = 100;

/// One unit of a colour difference of 8 bits, as the sums below have it: 16 of the weights, and 4 of the pixels that a mean is made of.
const UNIT: f32 = 64.0;

/// So many squares, and more, are not looked at each, but every second one across and down.
const MANY: usize = 1024;

/// Whether colours lose more than `loss` when they are halved: in more than one of a hundred squares, as the root of the mean square of what the
/// colour differences of 8 bits are away from the mean of their 2 × 2 pixels.
pub(super) fn loses_more(image: &Image, loss: f32) -> bool {
    let samples = image.eight_bits();
    let size = (image.width() as usize, image.height() as usize);
    match image.channels() {
        Channels::Grey | Channels::GreyAlpha => false,
        Channels::Rgb => loses::<3>(samples.as_chunks().0, size, loss),
        Channels::Rgba => loses::<4>(samples.as_chunks().0, size, loss),
    }
}

fn loses<const N: usize>(pixels: &[[u8; N]], (width, height): (usize, usize), loss: f32) -> bool {
    let (across, down) = (width.div_ceil(SQUARE), height.div_ceil(SQUARE));
    let step = if across * down < MANY { 1 } else { 2 };
    let (mut squares, mut over) = (0, 0);
    let mut sums = vec![0.0; across];
    // Squared, as the sums are.
    let most = (loss * UNIT).powi(2);
    for rows in pixels.chunks(SQUARE * width).step_by(step) {
        sums.fill(0.0);
        for two in rows.chunks_exact(2 * width) {
            let (upper, lower) = two.split_at(width);
            for ((sum, upper), lower) in
                sums.iter_mut().zip(upper.chunks(SQUARE)).zip(lower.chunks(SQUARE)).step_by(step)
            {
                *sum += finer(upper, lower);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 256 pixels")]
        let pixels = |square: usize| (SQUARE.min(width - square * SQUARE) * rows.len() / width) as f32;
        let looked_at = sums.iter().enumerate().step_by(step);
        squares += looked_at.len();
        over += looked_at.filter(|&(square, &sum)| sum > most * pixels(square)).count();
    }
    over * SQUARES > squares
}

/// The squares of what is lost of two rows, summed up.
fn finer<const N: usize>(upper: &[[u8; N]], lower: &[[u8; N]]) -> f32 {
    let quads = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    quads.map(|(above, below)| lost([&above[0], &above[1], &below[0], &below[1]])).sum()
}

/// The squares of what is lost of 2 × 2 pixels, summed up.
#[expect(clippy::cast_precision_loss, reason = "a sum this large is far above any limit")]
fn lost<const N: usize>(pixels: [&[u8; N]; 4]) -> f32 {
    let differences = pixels.map(|pixel| {
        let [r, g, b] = [i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2])];
        // As in ITU-R BT.601, 16 times as large.
        [(-43 * r - 85 * g + 128 * b) >> 4, (128 * r - 107 * g - 21 * b) >> 4]
    });
    let [blue, red] = [0, 1].map(|at| {
        let of = differences.map(|difference| difference[at]);
        let sum: i32 = of.iter().sum();
        of.map(|difference| (4 * difference - sum).pow(2)).iter().sum::<i32>()
    });
    (blue + red) as f32
}
