//! Images of any kind, row by row in one form.

use crate::image::{Channels, Image, Samples};

/// The rows of an image in red, green, blue and opacity, one after the other.
pub(super) struct Rows<'a> {
    image: &'a Image,
    depth: u8,
    at: usize,
    row: Vec<[u16; 4]>,
}

impl<'a> Rows<'a> {
    /// With samples of so many bits, 8 or 16.
    pub(super) fn new(image: &'a Image, depth: u8) -> Self {
        Self { image, depth, at: 0, row: Vec::with_capacity(image.width() as usize) }
    }

    pub(super) fn next(&mut self) -> Option<&[[u16; 4]]> {
        let row_len = self.image.width() as usize * self.image.channels().count();
        let range = self.at..self.at + row_len;
        self.row.clear();
        let channels = self.image.channels();
        match (self.image.samples(), self.depth) {
            (Samples::Eight(samples), 8) => expand(samples.get(range)?, channels, 255, u16::from, &mut self.row),
            (Samples::Eight(samples), _) => {
                expand(samples.get(range)?, channels, u16::MAX, |sample| u16::from(sample) * 257, &mut self.row);
            }
            (Samples::Sixteen(samples), 8) => {
                expand(samples.get(range)?, channels, 255, in_eight_bits, &mut self.row);
            }
            (Samples::Sixteen(samples), _) => {
                expand(samples.get(range)?, channels, u16::MAX, |sample| sample, &mut self.row);
            }
        }
        self.at += row_len;
        Some(&self.row)
    }
}

/// As [`Image::eight_bits`] rounds.
#[expect(clippy::cast_possible_truncation, reason = "at most 255")]
fn in_eight_bits(sample: u16) -> u16 {
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u16
}

fn expand<T: Copy>(
    samples: &[T],
    channels: Channels,
    opaque: u16,
    convert: impl Fn(T) -> u16,
    row: &mut Vec<[u16; 4]>,
) {
    match channels {
        Channels::Grey => row.extend(samples.iter().map(|&grey| {
            let grey = convert(grey);
            [grey, grey, grey, opaque]
        })),
        Channels::GreyAlpha => row.extend(samples.as_chunks().0.iter().map(|&[grey, alpha]| {
            let grey = convert(grey);
            [grey, grey, grey, convert(alpha)]
        })),
        Channels::Rgb => row.extend(
            samples
                .as_chunks()
                .0
                .iter()
                .map(|&[red, green, blue]| [convert(red), convert(green), convert(blue), opaque]),
        ),
        Channels::Rgba => row.extend(samples.as_chunks().0.iter().map(|pixel: &[T; 4]| pixel.map(&convert))),
    }
}
