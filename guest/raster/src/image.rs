//! Pixels in memory.

use std::borrow::Cow;

use crate::error::internal;
use crate::{Embedded, Error};

/// What the samples of one pixel mean, in their order. The discriminant is their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One sample of brightness.
    Grey = 1,
    /// Brightness and opacity, not premultiplied.
    GreyAlpha = 2,
    /// Red, green, blue.
    Rgb = 3,
    /// Red, green, blue and opacity, not premultiplied.
    Rgba = 4,
}

impl Channels {
    /// How many samples a pixel has.
    pub fn count(self) -> usize {
        self as usize
    }

    /// Whether the last sample is opacity.
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// Samples in rows from top to bottom, without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// 0 to 255.
    Eight(Vec<u8>),
    /// 0 to 65535, in the machine's byte order.
    Sixteen(Vec<u16>),
}

impl Samples {
    /// Bits of a sample: 8 or 16.
    pub fn depth(&self) -> u8 {
        match self {
            Self::Eight(_) => 8,
            Self::Sixteen(_) => 16,
        }
    }

    /// How many samples there are.
    fn len(&self) -> usize {
        match self {
            Self::Eight(samples) => samples.len(),
            Self::Sixteen(samples) => samples.len(),
        }
    }
}

/// A sample of 16 bits in 8, rounded.
#[expect(clippy::cast_possible_truncation, reason = "at most 255")]
pub(crate) fn in_eight_bits(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u8
}

/// An image in memory: upright, and with what is to be embedded in the file made from it.
///
/// Its width, height and number of samples always agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    width: u32,
    height: u32,
    channels: Channels,
    samples: Samples,
    /// What goes into the output beside the pixels.
    pub embedded: Embedded,
}

impl Image {
    /// An image of samples in rows, without anything embedded.
    ///
    /// # Errors
    ///
    /// `internal` where a side is zero, or the number of samples is not width × height × channels.
    pub fn new(width: u32, height: u32, channels: Channels, samples: Samples) -> Result<Self, Error> {
        let expected = u64::from(width) * u64::from(height) * channels.count() as u64;
        if expected == 0 || samples.len() as u64 != expected {
            let actual = samples.len();
            return Err(internal(format!("{actual} samples for {width} × {height} pixels of {channels:?}")));
        }
        Ok(Self { width, height, channels, samples, embedded: Embedded::default() })
    }

    /// Pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// What the samples mean.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// The samples: width × height × channels of them.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The samples in 8 bits: 16 are rounded, so that 65535 becomes 255, and 257 × n becomes n.
    pub fn eight_bits(&self) -> Cow<'_, [u8]> {
        match &self.samples {
            Samples::Eight(samples) => Cow::Borrowed(samples),
            Samples::Sixteen(samples) => samples.iter().map(|&sample| in_eight_bits(sample)).collect(),
        }
    }

    /// The samples, where their number and meaning stay.
    pub(crate) fn samples_mut(&mut self) -> &mut Samples {
        &mut self.samples
    }

    /// The same image with other pixels.
    pub(crate) fn with_pixels(self, width: u32, height: u32, samples: Samples) -> Result<Self, Error> {
        let embedded = self.embedded;
        Ok(Self { embedded, ..Self::new(width, height, self.channels, samples)? })
    }

    /// Whether any pixel lets something shine through.
    pub fn is_translucent(&self) -> bool {
        fn any<T: Copy + PartialEq>(samples: &[T], channels: usize, opaque: T) -> bool {
            samples.chunks_exact(channels).any(|pixel| pixel.last() != Some(&opaque))
        }
        self.channels.has_alpha()
            && match &self.samples {
                Samples::Eight(samples) => any(samples, self.channels.count(), u8::MAX),
                Samples::Sixteen(samples) => any(samples, self.channels.count(), u16::MAX),
            }
    }
}
