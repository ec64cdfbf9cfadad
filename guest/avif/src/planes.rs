//! Pixels as AV1 takes them: brightness and two colour differences (ITU-R BT.601, full range), and opacity as a picture of its own.

use std::ffi::c_void;
use std::ptr;

use sandpress_raster::{Channels, Image, Samples, Subsampling};

/// Planes of samples in rows from top to bottom, without padding.
#[derive(Debug)]
pub(crate) enum Planes {
    Eight(Vec<Vec<u8>>),
    Ten(Vec<Vec<u16>>),
}

impl Planes {
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Eight(planes) => planes.len(),
            Self::Ten(planes) => planes.len(),
        }
    }

    /// Bits of a sample.
    pub(crate) fn bits(&self) -> u8 {
        match self {
            Self::Eight(_) => 8,
            Self::Ten(_) => 10,
        }
    }

    /// Where a plane's samples begin, and how many there are.
    pub(crate) fn plane(&self, at: usize) -> (*const c_void, usize) {
        match self {
            Self::Eight(planes) => {
                planes.get(at).map_or((ptr::null(), 0), |plane| (plane.as_ptr().cast(), plane.len()))
            }
            Self::Ten(planes) => planes.get(at).map_or((ptr::null(), 0), |plane| (plane.as_ptr().cast(), plane.len())),
        }
    }
}

/// Samples of an image, whatever their depth, as numbers from 0 to 1.
struct Pixels<'a> {
    image: &'a Image,
    width: usize,
    height: usize,
}

/// Bits of a sample in the file: what has 16 in the image keeps 10.
pub(crate) fn bits(image: &Image) -> u8 {
    if image.samples().depth() == 16 { 10 } else { 8 }
}

/// One plane for grey, else three.
pub(crate) fn colours(image: &Image, subsampling: Subsampling) -> Planes {
    match bits(image) {
        8 => Planes::Eight(colours_of(image, subsampling, byte)),
        _ => Planes::Ten(colours_of(image, subsampling, number)),
    }
}

/// The opacity.
pub(crate) fn opacity(image: &Image) -> Planes {
    match bits(image) {
        8 => Planes::Eight(vec![opacity_of(image, byte)]),
        _ => Planes::Ten(vec![opacity_of(image, number)]),
    }
}

fn colours_of<T>(image: &Image, subsampling: Subsampling, quantise: impl Fn(f32) -> T) -> Vec<Vec<T>> {
    let pixels = Pixels::of(image);
    if matches!(image.channels(), Channels::Grey | Channels::GreyAlpha) {
        return vec![pixels.every(|at| quantise(pixels.sample(at, 0)))];
    }
    let brightness = |[r, g, b]: [f32; 3]| 0.299 * r + 0.587 * g + 0.114 * b;
    let mut planes = vec![pixels.every(|at| quantise(brightness(pixels.rgb(at))))];
    let side = if subsampling == Subsampling::Full { 1 } else { 2 };
    // What is no difference must be a whole number: the half of one more than the most.
    let most = most(bits(image));
    let middle = (most + 1.0) / 2.0 / most;
    for (channel, scale) in [(2, 1.772), (0, 1.402)] {
        let mut samples = Vec::with_capacity(pixels.width.div_ceil(side) * pixels.height.div_ceil(side));
        for y in (0..pixels.height).step_by(side) {
            for x in (0..pixels.width).step_by(side) {
                let rgb = pixels.mean(x, y, side);
                samples.push(quantise((rgb[channel] - brightness(rgb)) / scale + middle));
            }
        }
        planes.push(samples);
    }
    planes
}

fn opacity_of<T>(image: &Image, quantise: impl Fn(f32) -> T) -> Vec<T> {
    let pixels = Pixels::of(image);
    let last = image.channels().count() - 1;
    pixels.every(|at| quantise(pixels.sample(at, last)))
}

/// The highest sample.
fn most(bits: u8) -> f32 {
    f32::from((1_u16 << bits) - 1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte can be")]
fn byte(value: f32) -> u8 {
    (value * most(8) + 0.5).clamp(0.0, most(8)) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a sample can be")]
fn number(value: f32) -> u16 {
    (value * most(10) + 0.5).clamp(0.0, most(10)) as u16
}

impl<'a> Pixels<'a> {
    fn of(image: &'a Image) -> Self {
        Self { image, width: image.width() as usize, height: image.height() as usize }
    }

    fn every<T>(&self, sample: impl Fn(usize) -> T) -> Vec<T> {
        (0..self.width * self.height).map(sample).collect()
    }

    #[inline]
    fn sample(&self, at: usize, channel: usize) -> f32 {
        // There are as many samples as an image says.
        let at = at * self.image.channels().count() + channel;
        match self.image.samples() {
            Samples::Eight(samples) => samples.get(at).map_or(0.0, |&sample| f32::from(sample) / 255.0),
            Samples::Sixteen(samples) => samples.get(at).map_or(0.0, |&sample| f32::from(sample) / 65_535.0),
        }
    }

    #[inline]
    fn rgb(&self, at: usize) -> [f32; 3] {
        [0, 1, 2].map(|channel| self.sample(at, channel))
    }

    /// The mean of a square of pixels, or of those of it that there are.
    #[inline]
    fn mean(&self, x: usize, y: usize, side: usize) -> [f32; 3] {
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for y in y..(y + side).min(self.height) {
            for x in x..(x + side).min(self.width) {
                let rgb = self.rgb(y * self.width + x);
                sum = [sum[0] + rgb[0], sum[1] + rgb[1], sum[2] + rgb[2]];
                count += 1.0;
            }
        }
        sum.map(|sum| sum / count)
    }
}
