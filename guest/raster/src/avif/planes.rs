//! Decoded channels, each in a rectangle of its own, and what becomes of them.

use super::colour::Conversion;
use crate::image::Channels;

/// How many pixels share a sample of the second and the third channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subsampling {
    pub(super) across: bool,
    pub(super) down: bool,
}

/// A picture of one or of three channels.
#[derive(Debug)]
pub(super) struct Planes {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 8, 10 or 12.
    pub(super) bits: u8,
    /// None where there is one channel.
    pub(super) subsampling: Option<Subsampling>,
    /// Rows without padding; a sample of more than 8 bits is two bytes in the machine's order.
    pub(super) samples: Vec<Vec<u8>>,
}

impl Planes {
    pub(super) fn new(width: u32, height: u32, bits: u8, subsampling: Option<Subsampling>) -> Self {
        let mut planes = Self { width, height, bits, subsampling, samples: Vec::new() };
        let channels = if subsampling.is_some() { 3 } else { 1 };
        planes.samples = (0..channels)
            .map(|channel| {
                let (width, height) = planes.size(channel);
                vec![0; width * height * planes.sample_len()]
            })
            .collect();
        planes
    }

    /// Bytes of a sample.
    pub(super) fn sample_len(&self) -> usize {
        if self.bits > 8 { 2 } else { 1 }
    }

    /// Width and height of a channel.
    pub(super) fn size(&self, channel: usize) -> (usize, usize) {
        let halved = self.subsampling.filter(|_| channel > 0);
        let side = |side: u32, is_half: bool| if is_half { side.div_ceil(2) } else { side } as usize;
        let (across, down) = halved.map_or((false, false), |halved| (halved.across, halved.down));
        (side(self.width, across), side(self.height, down))
    }

    /// The samples of a row of the picture's, as numbers from 0 to 1, or around 0 for differences of colours.
    fn row(&self, channel: usize, y: usize, scale: (f32, f32), out: &mut [f32]) {
        let (width, len) = (self.size(channel).0, self.sample_len());
        let bytes = &self.samples[channel][y * width * len..][..width * len];
        let (factor, zero) = scale;
        if len == 1 {
            out.iter_mut().zip(bytes).for_each(|(out, &byte)| *out = (f32::from(byte) - zero) * factor);
        } else {
            let numbers = bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
            out.iter_mut().zip(numbers).for_each(|(out, number)| *out = (f32::from(number) - zero) * factor);
        }
    }

    /// A row of a subsampled channel in the width of the picture: between samples, which stand in the middle of their pixels, the way
    /// goes straight.
    fn stretched(&self, channel: usize, y: usize, scale: (f32, f32), spare: &mut [Vec<f32>; 2], out: &mut [f32]) {
        let (width, height) = self.size(channel);
        let halved = self.subsampling.unwrap_or(Subsampling { across: false, down: false });
        let [near, far] = spare;
        near.resize(width, 0.0);
        far.resize(width, 0.0);
        let row = if halved.down { y / 2 } else { y };
        self.row(channel, row, scale, near);
        if halved.down {
            let other = if y.is_multiple_of(2) { row.saturating_sub(1) } else { (row + 1).min(height - 1) };
            self.row(channel, other, scale, far);
            near.iter_mut().zip(far.iter()).for_each(|(near, &far)| *near = 0.75 * *near + 0.25 * far);
        }
        if !halved.across {
            out.copy_from_slice(near);
            return;
        }
        for (x, pair) in out.chunks_mut(2).enumerate() {
            let (left, right) = (near[x.saturating_sub(1)], near[(x + 1).min(width - 1)]);
            pair[0] = 0.75 * near[x] + 0.25 * left;
            if let Some(second) = pair.get_mut(1) {
                *second = 0.75 * near[x] + 0.25 * right;
            }
        }
    }

    /// Writes grey or red, green and blue of each pixel to the places that an image of these channels has for them.
    pub(super) fn write<T: Sample>(&self, conversion: &Conversion, channels: Channels, out: &mut [T]) {
        let width = self.width as usize;
        let mut rows = [(); 3].map(|()| vec![0.0; width]);
        let mut spare = [Vec::new(), Vec::new()];
        for (y, pixels) in out.chunks_exact_mut(width * channels.count()).enumerate() {
            let [first, second, third] = &mut rows;
            self.row(0, y, conversion.luma, first);
            let pixels = pixels.chunks_exact_mut(channels.count());
            if self.subsampling.is_none() {
                pixels.zip(first.iter()).for_each(|(pixel, &grey)| pixel[0] = T::from_unit(grey));
                continue;
            }
            self.stretched(1, y, conversion.chroma, &mut spare, second);
            self.stretched(2, y, conversion.chroma, &mut spare, third);
            for (((pixel, &a), &b), &c) in pixels.zip(first.iter()).zip(second.iter()).zip(third.iter()) {
                let [red, green, blue] = conversion.rgb(a, b, c);
                pixel[0] = T::from_unit(red);
                pixel[1] = T::from_unit(green);
                pixel[2] = T::from_unit(blue);
            }
        }
    }

    /// Writes the one channel to the last place of each pixel, as its opacity.
    pub(super) fn write_alpha<T: Sample>(&self, conversion: &Conversion, channels: Channels, out: &mut [T]) {
        let width = self.width as usize;
        let mut row = vec![0.0; width];
        for (y, pixels) in out.chunks_exact_mut(width * channels.count()).enumerate() {
            self.row(0, y, conversion.luma, &mut row);
            let pixels = pixels.chunks_exact_mut(channels.count());
            pixels.zip(&row).for_each(|(pixel, &alpha)| pixel[channels.count() - 1] = T::from_unit(alpha));
        }
    }
}

/// A sample of an image.
pub(super) trait Sample: Copy + Default {
    /// From a number between 0 and 1; what is beyond is cut off.
    fn from_unit(value: f32) -> Self;

    /// What it was before it was multiplied by an opacity.
    fn divided_by(self, opacity: Self) -> Self;
}

impl Sample for u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float stops at the ends")]
    fn from_unit(value: f32) -> Self {
        (value * 255.0 + 0.5) as Self
    }

    fn divided_by(self, opacity: Self) -> Self {
        let (sample, opacity) = (u32::from(self), u32::from(opacity));
        let whole = (sample * 255 + opacity / 2).checked_div(opacity).unwrap_or(0);
        Self::try_from(whole).unwrap_or(Self::MAX)
    }
}

impl Sample for u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float stops at the ends")]
    fn from_unit(value: f32) -> Self {
        (value * 65535.0 + 0.5) as Self
    }

    fn divided_by(self, opacity: Self) -> Self {
        let (sample, opacity) = (u64::from(self), u64::from(opacity));
        let whole = (sample * 65535 + opacity / 2).checked_div(opacity).unwrap_or(0);
        Self::try_from(whole).unwrap_or(Self::MAX)
    }
}
