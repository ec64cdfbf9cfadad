//! The fewest channels, bits or colours that hold every pixel exactly.

use std::borrow::Cow;

use png::{BitDepth, ColorType};
use sandpress_raster::{Channels, Image, Samples};

use crate::palette::{Colours, Rgba, indexed, pack};

/// Pixels as a PNG stores them: rows of whole bytes, 16 bits in big-endian order.
pub(crate) struct Reduced<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colour: ColorType,
    /// Of a sample or of an index.
    pub(crate) bits: BitDepth,
    pub(crate) data: Cow<'a, [u8]>,
    pub(crate) palette: Option<Vec<u8>>,
    pub(crate) transparency: Option<Vec<u8>>,
}

impl Reduced<'_> {
    /// How many colours there are in the palette, or can be in the grey of so many bits; many more where there is neither.
    pub(crate) fn colours(&self) -> usize {
        match &self.palette {
            Some(palette) => palette.len() / 3,
            None if self.colour == ColorType::Grayscale => 1 << self.bits as u8,
            None => usize::MAX,
        }
    }

    /// Whether neighbouring bytes are not neighbouring brightnesses.
    pub(crate) fn is_packed(&self) -> bool {
        self.palette.is_some() || (self.bits as u8) < 8
    }
}

/// Reduces an image without changing a pixel.
pub(crate) fn reduce(image: &Image) -> Reduced<'_> {
    let channels = image.channels();
    match image.samples() {
        Samples::Eight(samples) => reduce_eight(image, Cow::Borrowed(samples)),
        Samples::Sixteen(samples) => match halve(samples) {
            Some(halved) => reduce_eight(image, Cow::Owned(halved)),
            None => reduce_sixteen(image, channels, samples),
        },
    }
}

/// 16 bits as 8, where the two bytes of each sample are the same: that is how 8 bits are widened.
fn halve(samples: &[u16]) -> Option<Vec<u8>> {
    let same = |&sample: &u16| {
        let [high, low] = sample.to_be_bytes();
        high == low
    };
    samples.iter().all(same).then(|| samples.iter().map(|sample| sample.to_be_bytes()[0]).collect())
}

fn reduce_eight<'a>(image: &Image, samples: Cow<'a, [u8]>) -> Reduced<'a> {
    let (width, height, channels) = (image.width(), image.height(), image.channels());
    let kept = needed(&samples, channels, u8::MAX);
    if kept == Channels::Grey {
        let grey = select(samples, channels, kept);
        if let Some(bits) = grey_bits(&grey) {
            let shift = 8 - bits as u8;
            let data = pack(grey.iter().map(|sample| sample >> shift).collect(), width, bits);
            return plain(width, height, ColorType::Grayscale, bits, data.into());
        }
        // More than 16 levels of grey are smaller without a palette.
        return match few_colours(&grey, kept) {
            Some((indices, colours)) if colours.len() <= 16 => indexed(width, height, indices, &colours),
            _ => plain(width, height, ColorType::Grayscale, BitDepth::Eight, grey),
        };
    }
    match few_colours(&samples, channels) {
        Some((indices, colours)) => indexed(width, height, indices, &colours),
        None => plain(width, height, colour_type(kept), BitDepth::Eight, select(samples, channels, kept)),
    }
}

fn reduce_sixteen<'a>(image: &Image, channels: Channels, samples: &[u16]) -> Reduced<'a> {
    let kept = needed(samples, channels, u16::MAX);
    let data = select(Cow::Borrowed(samples), channels, kept);
    let data = data.iter().flat_map(|sample| sample.to_be_bytes()).collect::<Vec<u8>>().into();
    plain(image.width(), image.height(), colour_type(kept), BitDepth::Sixteen, data)
}

fn plain(width: u32, height: u32, colour: ColorType, bits: BitDepth, data: Cow<'_, [u8]>) -> Reduced<'_> {
    Reduced { width, height, colour, bits, data, palette: None, transparency: None }
}

/// The channels without which a pixel would change: no opacity where all is opaque, no colour where all is grey.
fn needed<T: Copy + PartialEq>(samples: &[T], channels: Channels, opaque: T) -> Channels {
    let pixels = || samples.chunks_exact(channels.count());
    let alpha = channels.has_alpha() && pixels().any(|pixel| pixel.last() != Some(&opaque));
    let coloured = channels.count() >= 3 && pixels().any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2]);
    match (coloured, alpha) {
        (false, false) => Channels::Grey,
        (false, true) => Channels::GreyAlpha,
        (true, false) => Channels::Rgb,
        (true, true) => Channels::Rgba,
    }
}

/// The samples of the channels that are kept, which are among those there are.
fn select<T: Copy>(samples: Cow<'_, [T]>, from: Channels, to: Channels) -> Cow<'_, [T]> {
    if from == to {
        return samples;
    }
    let alpha = from.count() - 1;
    let pixels = samples.chunks_exact(from.count());
    match to {
        Channels::Grey => pixels.map(|pixel| pixel[0]).collect(),
        Channels::GreyAlpha => pixels.flat_map(|pixel| [pixel[0], pixel[alpha]]).collect(),
        Channels::Rgb | Channels::Rgba => pixels.flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
    }
}

fn colour_type(channels: Channels) -> ColorType {
    match channels {
        Channels::Grey => ColorType::Grayscale,
        Channels::GreyAlpha => ColorType::GrayscaleAlpha,
        Channels::Rgb => ColorType::Rgb,
        Channels::Rgba => ColorType::Rgba,
    }
}

/// The fewest bits below 8 that hold every sample: a depth of 1 is black and white, 2 is multiples of 85, 4 of 17.
fn grey_bits(samples: &[u8]) -> Option<BitDepth> {
    [(BitDepth::One, 255), (BitDepth::Two, 85), (BitDepth::Four, 17)]
        .into_iter()
        .find(|&(_, step)| samples.iter().all(|sample| sample % step == 0))
        .map(|(bits, _)| bits)
}

/// An image of at most 256 colours as indices into them.
fn few_colours(samples: &[u8], channels: Channels) -> Option<(Vec<u8>, Vec<Rgba>)> {
    let pixels = || samples.chunks_exact(channels.count()).map(rgba);
    let mut colours = Colours::new();
    // Counted first: most images have more, which is soon known, and then no memory was taken for indices.
    for colour in pixels() {
        colours.index(colour)?;
    }
    let mut indices = Vec::with_capacity(samples.len() / channels.count());
    for colour in pixels() {
        indices.push(colours.index(colour)?);
    }
    Some((indices, colours.into_list()))
}

/// A pixel of any channels as red, green, blue and opacity.
pub(crate) fn rgba(pixel: &[u8]) -> Rgba {
    match *pixel {
        [grey] => [grey, grey, grey, u8::MAX],
        [grey, alpha] => [grey, grey, grey, alpha],
        [r, g, b] => [r, g, b, u8::MAX],
        [r, g, b, alpha, ..] => [r, g, b, alpha],
        [] => [0; 4],
    }
}
