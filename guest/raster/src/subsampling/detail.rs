//! How much of a picture's colour, and of its brightness, is finer than half of its resolution.

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

/// Whether of all that is finer than half of the resolution colours have less than a share of what brightness has, as roots of mean squares.
pub(super) fn is_slight(image: &Image, share: f64) -> bool {
    let samples = image.eight_bits();
    let width = image.width() as usize;
    let (colour, brightness) = match image.channels() {
        Channels::Grey | Channels::GreyAlpha => return false,
        Channels::Rgb => compare::<3>(samples.as_chunks().0, width),
        Channels::Rgba => compare::<4>(samples.as_chunks().0, width),
    };
    colour < brightness * share.powi(2)
}

/// What is lost of colours and of brightness, as squares that are summed up.
fn compare<const N: usize>(pixels: &[[u8; N]], width: usize) -> (f64, f64) {
    let step = if pixels.len() < MANY * SQUARE * SQUARE { 1 } else { 2 };
    let (mut colour, mut brightness) = (0.0, 0.0);
    for two in pixels.chunks(SQUARE * width).step_by(step).flat_map(|rows| rows.chunks_exact(2 * width)) {
        let (upper, lower) = two.split_at(width);
        colour += f64::from(finer(upper, lower, lost));
        brightness += f64::from(finer(upper, lower, dulled));
    }
    (colour, brightness)
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
                *sum += finer(upper, lower, lost);
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
fn finer<const N: usize>(upper: &[[u8; N]], lower: &[[u8; N]], lost: impl Fn([&[u8; N]; 4]) -> f32) -> f32 {
    let quads = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    quads.map(|(above, below)| lost([&above[0], &above[1], &below[0], &below[1]])).sum()
}

/// The squares of what colours lose of 2 × 2 pixels, summed up.
fn lost<const N: usize>(pixels: [&[u8; N]; 4]) -> f32 {
    spread(pixels, [-43, -85, 128]) + spread(pixels, [128, -107, -21])
}

/// The same of their brightness.
fn dulled<const N: usize>(pixels: [&[u8; N]; 4]) -> f32 {
    spread(pixels, [77, 150, 29])
}

/// The squares of how far a weighted sum of red, green and blue is from its mean, as in ITU-R BT.601, 16 times as large.
#[expect(clippy::cast_precision_loss, reason = "a sum this large is far above any limit")]
fn spread<const N: usize>(pixels: [&[u8; N]; 4], weights: [i32; 3]) -> f32 {
    let of = pixels.map(|pixel| {
        let [r, g, b] = [i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2])];
        (weights[0] * r + weights[1] * g + weights[2] * b) >> 4
    });
    let sum: i32 = of.iter().sum();
    of.map(|value| (4 * value - sum).pow(2)).iter().sum::<i32>() as f32
}
