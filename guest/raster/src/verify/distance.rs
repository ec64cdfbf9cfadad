//! How far a picture that has lost something is from what it was.
//!
//! What a lossy encoder takes away is fine and noisy, and what a bug does to a picture is coarse: so it is looked at from afar, where the
//! former averages out. A picture that has moved by a pixel looks nearly the same from there; it is known by coming nearer to what it was
//! when it is moved back. Colours count as much as they are seen, by their opacity.
//!
//! Of two hundred pictures, some drawn to be hard, none came to more than two thirds of a bound. What the bounds leave unseen is a bug that
//! only mixes pixels within small blocks.

use super::rows::Rows;
use crate::error::internal;
use crate::{Error, Image};

/// Pixels of a side of a block.
const BLOCK: usize = 8;

/// Of fewer pixels, what is lost does not average out, and may look like a move by chance.
const FEW: u64 = 400;

/// Sums over a picture, in 8 bits and of four channels: red, green, blue, opacity.
#[derive(Debug, Default)]
pub(super) struct Distance {
    pixels: u64,
    /// Of the squared differences between the means of blocks, each as often as it has pixels.
    from_afar: [f64; 4],
    /// Of the squared differences between pixels.
    between_pixels: u64,
    /// Of the squared differences between pixels and the mean of their block.
    texture: f64,
    /// Of the squared differences in brightness to the pixel at the same place, above, below, left and right, but for pixels at an edge.
    beside: [u64; 5],
    inner_pixels: u64,
}

impl Distance {
    pub(super) fn between(expected: &Image, seen: &Image) -> Self {
        let (width, height) = (expected.width() as usize, expected.height() as usize);
        let (mut expected, mut seen) = (Rows::new(expected, 8), Rows::new(seen, 8));
        let mut distance = Self { pixels: (width * height) as u64, ..Self::default() };
        let mut blocks = vec![Block::default(); width.div_ceil(BLOCK)];
        let [mut before, mut after] = [Vec::with_capacity(width), Vec::with_capacity(width)];
        // Of what was expected the last three, of what is seen the last one.
        let mut lines: [Vec<i32>; 3] = std::array::from_fn(|_| Vec::with_capacity(width));
        let mut line = Vec::with_capacity(width);
        let mut y = 0;
        while let (Some(expected), Some(seen)) = (expected.next(), seen.next()) {
            visible(expected, &mut before);
            visible(seen, &mut after);
            for (block, (before, after)) in blocks.iter_mut().zip(before.chunks(BLOCK).zip(after.chunks(BLOCK))) {
                block.add(before, after);
            }
            lines.rotate_left(1);
            let [above, here, below] = &mut lines;
            bright(&before, below);
            if y >= 2 {
                distance.add_beside([above, here, below], &line);
            }
            bright(&after, &mut line);
            y += 1;
            if y % BLOCK == 0 || y == height {
                blocks.iter_mut().for_each(|block| distance.add_block(&std::mem::take(block)));
            }
        }
        distance
    }

    fn add_block(&mut self, block: &Block) {
        let pixels = f64::from(block.pixels);
        for (sum, (expected, seen)) in self.from_afar.iter_mut().zip(block.expected.iter().zip(block.seen)) {
            *sum += (f64::from(*expected) - f64::from(seen)).powi(2) / pixels;
            self.texture -= f64::from(*expected).powi(2) / pixels;
        }
        self.texture += f64::from(block.squares);
        self.between_pixels += u64::from(block.differences);
    }

    /// Compares a row of what is seen with three of what was expected: the same one, and those above and below.
    fn add_beside(&mut self, [above, here, below]: [&[i32]; 3], seen: &[i32]) {
        for (at, &seen) in seen.iter().enumerate().skip(1).take(seen.len().saturating_sub(2)) {
            let places = [here[at], above[at], below[at], here[at - 1], here[at + 1]];
            for (sum, place) in self.beside.iter_mut().zip(places) {
                *sum += u64::from((place - seen).unsigned_abs().pow(2));
            }
            self.inner_pixels += 1;
        }
    }

    /// # Errors
    ///
    /// `internal` where a bug is more likely than a loss.
    #[expect(clippy::cast_precision_loss, reason = "sums of squares: what is lost is not seen")]
    pub(super) fn check(&self, most: f64) -> Result<(), Error> {
        /// The square of a difference that every encoder makes: brightness is four times what a channel is.
        const LITTLE: f64 = 16.0;
        const NAMES: [&str; 4] = ["red", "green", "blue", "opacity"];
        const SIDES: [&str; 4] = ["down", "up", "to the right", "to the left"];

        let most = if self.pixels < FEW { 2.0 * most } else { most };
        let pixels = self.pixels as f64;
        let (difference, texture) = (self.between_pixels as f64 / pixels, self.texture / pixels);
        // Where there is much texture, some of it goes astray: of fine lines in strong colours, what a coarser resolution of colour
        // makes of them is cut off at 0 and 255.
        let from_afar = (most * most + texture / 4.0).sqrt();
        for (name, sum) in NAMES.iter().zip(self.from_afar) {
            let distance = (sum / pixels).sqrt();
            if distance > from_afar {
                let told = format!("{name} differs by {distance:.1} of 255 where {from_afar:.1} may be lost");
                return Err(internal(format!("verify: {told}")));
            }
        }
        // A picture of blocks in one colour each would differ by its texture: none is much worse than that.
        let between_pixels = 4.0 * most * most + 2.0 * texture;
        if difference > between_pixels {
            let told =
                format!("pixels differ by {difference:.0} in the mean square where {between_pixels:.0} may be lost");
            return Err(internal(format!("verify: {told}")));
        }
        let [here, beside @ ..] = self.beside.map(|sum| sum as f64);
        let is_moved = |&(_, there): &(&str, f64)| here > 2.0 * there && here > LITTLE * self.inner_pixels as f64;
        match SIDES.into_iter().zip(beside).find(is_moved) {
            Some((side, _)) if self.inner_pixels >= FEW => {
                Err(internal(format!("verify: the picture has moved {side} by a pixel")))
            }
            _ => Ok(()),
        }
    }
}

/// Sums over a block of pixels.
#[derive(Clone, Debug, Default)]
struct Block {
    pixels: u16,
    expected: [u32; 4],
    seen: [u32; 4],
    /// Of what was expected.
    squares: u32,
    differences: u32,
}

impl Block {
    fn add(&mut self, expected: &[[u32; 4]], seen: &[[u32; 4]]) {
        for (expected, seen) in expected.iter().zip(seen) {
            for channel in 0..4 {
                let (a, b) = (expected[channel], seen[channel]);
                self.expected[channel] += a;
                self.seen[channel] += b;
                self.squares += a * a;
                self.differences += a.abs_diff(b).pow(2);
            }
            self.pixels += 1;
        }
    }
}

/// Pixels whose colours are as strong as they are opaque.
fn visible(row: &[[u16; 4]], out: &mut Vec<[u32; 4]>) {
    out.clear();
    out.extend(row.iter().map(|&[red, green, blue, alpha]| {
        let alpha = u32::from(alpha);
        let by_alpha = |sample: u16| (u32::from(sample) * alpha + 127) / 255;
        [by_alpha(red), by_alpha(green), by_alpha(blue), alpha]
    }));
}

/// The brightness of each pixel and its opacity, together 0 to 2040.
fn bright(row: &[[u32; 4]], out: &mut Vec<i32>) {
    out.clear();
    #[expect(clippy::cast_possible_wrap, reason = "at most 2040")]
    out.extend(row.iter().map(|[red, green, blue, alpha]| (red + 2 * green + blue + 4 * alpha) as i32));
}
