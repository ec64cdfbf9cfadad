//! A piece of a picture, in its own pixels: whoever looks for what an encoder has lost must not see it made smaller.

use std::borrow::Cow;

use png::{BitDepth, ColorType, Encoder};
use sandpress_raster::{Channels, Error, Image};

use crate::settings::Settings;

/// A rectangle inside of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) left: u32,
    pub(crate) top: u32,
    width: u32,
    height: u32,
}

/// The piece that is asked for; where its place is not said, around this one.
pub(crate) fn at(image: &Image, settings: &Settings, (x, y): (u32, u32)) -> Piece {
    let (width, height) = (settings.piece.min(image.width()), settings.piece.min(image.height()));
    let begin = |said: Option<u32>, middle: u32, length: u32, side: u32| {
        said.unwrap_or_else(|| middle.saturating_sub(length / 2)).min(side - length)
    };
    let left = begin(settings.left, x, width, image.width());
    let top = begin(settings.top, y, height, image.height());
    Piece { left, top, width, height }
}

/// Where two pictures of the same size differ most: the middle of a square of 32 pixels.
pub(crate) fn worst(original: &Image, copy: &Image) -> (u32, u32) {
    const SQUARE: usize = 32;

    let width = original.width() as usize;
    let (one, other) = (Pixels::of(original), Pixels::of(copy));
    let across = width.div_ceil(SQUARE);
    let mut sums = vec![0_u64; across * (original.height() as usize).div_ceil(SQUARE)];
    for y in 0..original.height() as usize {
        let row = &mut sums[y / SQUARE * across..][..across];
        for x in 0..width {
            let (one, other) = (one.at(y * width + x), other.at(y * width + x));
            let squares = one.iter().zip(other).map(|(&a, b)| u64::from(a.abs_diff(b)).pow(2));
            row[x / SQUARE] += squares.sum::<u64>();
        }
    }
    // Of equals the first, so that the same pictures have the same place everywhere.
    let most = sums.iter().enumerate().rev().max_by_key(|(_, sum)| **sum).map_or(0, |(at, _)| at);
    let middle = |square: usize, side: u32| {
        u32::try_from(square * SQUARE + SQUARE / 2).unwrap_or(u32::MAX).min(side.saturating_sub(1))
    };
    (middle(most % across, original.width()), middle(most / across, original.height()))
}

impl Piece {
    /// As a PNG of 8 bits in red, green, blue and opacity.
    pub(crate) fn png(self, image: &Image) -> Result<Vec<u8>, Error> {
        let failed = |error: png::EncodingError| Error::Internal(format!("png: {error}"));
        let pixels = Pixels::of(image);
        let rows = (self.top..self.top + self.height).map(|y| y as usize * image.width() as usize);
        let samples: Vec<u8> = rows
            .flat_map(|row| (self.left..self.left + self.width).map(move |x| row + x as usize))
            .flat_map(|at| pixels.at(at))
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&samples).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

/// The pixels of an image of any kind, in 8 bits.
struct Pixels<'a> {
    samples: Cow<'a, [u8]>,
    channels: Channels,
}

impl<'a> Pixels<'a> {
    fn of(image: &'a Image) -> Self {
        Self { samples: image.eight_bits(), channels: image.channels() }
    }

    /// Red, green, blue and opacity; nothing of what is not seen. The number of samples agrees with that of the pixels.
    fn at(&self, number: usize) -> [u8; 4] {
        let count = self.channels.count();
        match (self.channels, &self.samples[number * count..][..count]) {
            (Channels::Grey, &[grey]) => [grey, grey, grey, u8::MAX],
            (Channels::Rgb, &[red, green, blue]) => [red, green, blue, u8::MAX],
            (_, &[.., 0]) => [0; 4],
            (Channels::GreyAlpha, &[grey, opacity]) => [grey, grey, grey, opacity],
            (_, &[red, green, blue, opacity]) => [red, green, blue, opacity],
            _ => [0; 4],
        }
    }
}
