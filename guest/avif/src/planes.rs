//! Pixels as AV1 takes them: brightness and two colour differences (ITU-R BT.601, full range), and opacity as a picture of its own.

use sandpress_raster::{Channels, Image, Samples, Subsampling};

/// Samples of one kind in rows from top to bottom, without padding.
#[derive(Debug)]
pub(crate) struct Plane {
    pub(crate) samples: Vec<u16>,
    pub(crate) width: usize,
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
pub(crate) fn colours(image: &Image, subsampling: Subsampling) -> Vec<Plane> {
    let pixels = Pixels::of(image);
    let most = f32::from((1_u16 << bits(image)) - 1);
    let width = pixels.width;
    if matches!(image.channels(), Channels::Grey | Channels::GreyAlpha) {
        let samples = pixels.every(|at| quantise(pixels.sample(at, 0), most));
        return vec![Plane { samples, width }];
    }
    let brightness = |[r, g, b]: [f32; 3]| 0.299 * r + 0.587 * g + 0.114 * b;
    let samples = pixels.every(|at| quantise(brightness(pixels.rgb(at)), most));
    let mut planes = vec![Plane { samples, width }];
    let side = if subsampling == Subsampling::Full { 1 } else { 2 };
    for (channel, scale) in [(2, 1.772), (0, 1.402)] {
        let mut samples = Vec::with_capacity(width.div_ceil(side) * pixels.height.div_ceil(side));
        for y in (0..pixels.height).step_by(side) {
            for x in (0..width).step_by(side) {
                let rgb = pixels.mean(x, y, side);
                let difference = (rgb[channel] - brightness(rgb)) / scale;
                // What is no difference must be a whole number: the half of one more than the most.
                samples.push(quantise(difference + (most + 1.0) / 2.0 / most, most));
            }
        }
        planes.push(Plane { samples, width: width.div_ceil(side) });
    }
    planes
}

/// The opacity.
pub(crate) fn opacity(image: &Image) -> Plane {
    let pixels = Pixels::of(image);
    let most = f32::from((1_u16 << bits(image)) - 1);
    let last = image.channels().count() - 1;
    Plane { samples: pixels.every(|at| quantise(pixels.sample(at, last), most)), width: pixels.width }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a sample can be")]
fn quantise(value: f32, most: f32) -> u16 {
    (value * most + 0.5).clamp(0.0, most) as u16
}

impl<'a> Pixels<'a> {
    fn of(image: &'a Image) -> Self {
        Self { image, width: image.width() as usize, height: image.height() as usize }
    }

    fn every(&self, sample: impl Fn(usize) -> u16) -> Vec<u16> {
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
