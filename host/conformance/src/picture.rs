//! Pixels, and how different they look.

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};
use zune_png::PngDecoder;

/// Rows of red, green, blue and opacity, from top to bottom.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// Decodes a JPEG, by a library that no encoder of the project uses. Nothing is turned upright, and colour profiles are not looked at.
    ///
    /// The library computes by the processor's own instructions, without the compiler's checks: what comes from an untrusted encoder is
    /// for a [sandbox](crate::Sandboxed).
    ///
    /// # Errors
    ///
    /// What the decoder says.
    pub fn from_jpeg(file: &[u8]) -> Result<Self, String> {
        // The format's own limit, where zune-jpeg's is a quarter of it.
        let options = DecoderOptions::default()
            .jpeg_set_out_colorspace(ColorSpace::RGB)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX));
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
        let samples = decoder.decode().map_err(|error| error.to_string())?;
        let info = decoder.info().ok_or("no size")?;
        Self::from_samples(info.width.into(), info.height.into(), &samples)
    }

    /// Decodes a PNG, by a library that no encoder of the project uses, and that the compiler has checked all of what is used of it.
    /// Nothing is turned upright, colour profiles are not looked at, and of 16 bits there remain 8.
    ///
    /// # Errors
    ///
    /// What the decoder says.
    pub fn from_png(file: &[u8]) -> Result<Self, String> {
        let options = DecoderOptions::default()
            .set_use_unsafe(false)
            .png_set_confirm_crc(true)
            .png_set_strip_to_8bit(true)
            .set_max_width(usize::MAX)
            .set_max_height(usize::MAX);
        let mut decoder = PngDecoder::new_with_options(ZCursor::new(file), options);
        let samples = decoder.decode_raw().map_err(|error| format!("{error:?}"))?;
        let (width, height) = decoder.dimensions().ok_or("no size")?;
        let side = |side| u32::try_from(side).map_err(|_| format!("a side of {side} pixels"));
        Self::from_samples(side(width)?, side(height)?, &samples)
    }

    /// Rows of 1 to 4 samples a pixel: grey or colours, and opacity where there are 2 or 4.
    ///
    /// # Errors
    ///
    /// Another number of samples than the size asks for.
    pub fn from_samples(width: u32, height: u32, samples: &[u8]) -> Result<Self, String> {
        let count = width as usize * height as usize;
        let pixel = |pixel: &[u8]| match *pixel {
            [grey] => Some([grey, grey, grey, 255]),
            [grey, opacity] => Some([grey, grey, grey, opacity]),
            [red, green, blue] => Some([red, green, blue, 255]),
            [red, green, blue, opacity] => Some([red, green, blue, opacity]),
            _ => None,
        };
        let channels = samples.len().checked_div(count).filter(|channels| channels * count == samples.len());
        let pixels = channels.and_then(|channels| samples.chunks_exact(channels.max(1)).map(pixel).collect());
        match pixels {
            Some(pixels) => Ok(Self { width, height, pixels }),
            None => Err(format!("{} samples for {width} × {height} pixels", samples.len())),
        }
    }

    /// Each pixel by itself, from its column and its row.
    pub fn from_fn(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        Self { width, height, pixels }
    }

    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Rows of red, green and blue.
    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect()
    }

    /// The picture as it is seen when it is stored with this EXIF orientation (CIPA DC-008, 4.6.5). What is none turns nothing.
    #[must_use]
    pub fn upright(&self, orientation: u8) -> Self {
        let (right, bottom) = (self.width - 1, self.height - 1);
        let (width, height) = if orientation > 4 { (self.height, self.width) } else { self.size() };
        Self::from_fn(width, height, |x, y| {
            let (x, y) = match orientation {
                2 => (right - x, y),
                3 => (right - x, bottom - y),
                4 => (x, bottom - y),
                5 => (y, x),
                6 => (y, bottom - x),
                7 => (right - y, bottom - x),
                8 => (right - y, x),
                _ => (x, y),
            };
            self.at(x, y)
        })
    }

    /// The middle, with these proportions.
    #[must_use]
    pub fn middle(&self, width: u32, height: u32) -> Self {
        let scale = (f64::from(self.width) / f64::from(width)).min(f64::from(self.height) / f64::from(height));
        let size = |side: u32, most: u32| (rounded(f64::from(side) * scale)).clamp(1, most);
        let (width, height) = (size(width, self.width), size(height, self.height));
        let (left, top) = ((self.width - width) / 2, (self.height - height) / 2);
        Self::from_fn(width, height, |x, y| self.at(left + x, top + y))
    }

    /// The mean of each area that becomes a pixel: the plainest way to make a picture smaller.
    ///
    /// # Panics
    ///
    /// If a side is longer than the picture's.
    #[must_use]
    pub fn smaller(&self, width: u32, height: u32) -> Self {
        assert!(width <= self.width && height <= self.height, "{:?} is not smaller", (width, height));
        let range = |at: u32, of: u32, from: u32| {
            #[expect(clippy::cast_possible_truncation, reason = "at most a side")]
            let edge = |at: u32| (u64::from(at) * u64::from(from) / u64::from(of)) as u32;
            edge(at)..edge(at + 1).max(edge(at) + 1)
        };
        Self::from_fn(width, height, |x, y| {
            let (across, down) = (range(x, width, self.width), range(y, height, self.height));
            let count = (across.len() * down.len()) as u64;
            let mut sums = [0_u64; 4];
            for (x, y) in down.flat_map(|y| across.clone().map(move |x| (x, y))) {
                for (sum, sample) in sums.iter_mut().zip(self.at(x, y)) {
                    *sum += u64::from(sample);
                }
            }
            #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
            let mean = sums.map(|sum| (sum / count) as u8);
            mean
        })
    }

    /// How different two pictures of the same size look: the mean difference of what is opaque, from 0 to 255.
    ///
    /// # Panics
    ///
    /// If the sizes are not the same.
    pub fn difference(&self, other: &Self) -> f64 {
        assert_eq!(self.size(), other.size(), "pictures of different sizes cannot be compared");
        let sample = |a: u8, b: u8, opacity: u8| u64::from(a.abs_diff(b)) * u64::from(opacity) / 255;
        let total: u64 = (self.pixels.iter().zip(&other.pixels))
            .map(|(&[r, g, b, a], &[r2, g2, b2, a2])| {
                let seen = a.max(a2);
                sample(r, r2, seen) + sample(g, g2, seen) + sample(b, b2, seen) + u64::from(a.abs_diff(a2))
            })
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "far below 2⁵³")]
        let mean = total as f64 / (3 * self.pixels.len()) as f64;
        mean
    }

    fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[y as usize * self.width as usize + x as usize]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a side of a picture")]
fn rounded(side: f64) -> u32 {
    side.round() as u32
}
