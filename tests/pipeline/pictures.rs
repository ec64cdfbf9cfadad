//! Pictures to upload, and what is in those that come out.

use std::fs;

use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};
use zune_png::PngDecoder;

/// Samples of 8 bits.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

/// A file of `tests/images`.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = sandpress_tests::workspace().join("tests/images").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A picture of waves and grain as a camera writes it: larger than it need be. Each seed has its own.
pub(crate) fn photo(seed: u16, width: u16, height: u16) -> Vec<u8> {
    jpeg(seed, width, height, 97)
}

/// The same at a level of JPEG.
pub(crate) fn jpeg(seed: u16, width: u16, height: u16, level: u8) -> Vec<u8> {
    let mut grain = u32::from(seed) + 1;
    let mut samples = Vec::new();
    for y in 0..height {
        for x in 0..width {
            // A linear congruential generator: the same everywhere.
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let wave = f32::from(x) / 31.0 + f32::from(y) / 17.0 * f32::from(seed % 7) + f32::from(seed);
            let [_, _, _, noise] = (grain / 16).to_le_bytes();
            for phase in [0.0, 1.0, 2.0] {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 20 to 220")]
                let value = (120.0 + 100.0 * (wave + phase).sin()) as u8;
                samples.push(value + noise);
            }
        }
    }
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, level).encode(&samples, width, height, ColorType::Rgb).expect("a picture of this size");
    bytes
}

/// Decodes a JPEG to RGB.
pub(crate) fn decode_jpeg(bytes: &[u8]) -> Picture {
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    let samples = decoder.decode().expect("a JPEG");
    let info = decoder.info().expect("a header");
    Picture { width: info.width.into(), height: info.height.into(), samples }
}

/// Decodes a PNG of 8 bits to its own channels.
pub(crate) fn decode_png(bytes: &[u8]) -> Picture {
    let mut decoder = PngDecoder::new(ZCursor::new(bytes));
    let samples = decoder.decode_raw().expect("a PNG");
    let (width, height) = decoder.dimensions().expect("a header");
    Picture { width, height, samples }
}

impl Picture {
    /// The mean difference of samples, of two pictures of the same size.
    pub(crate) fn distance(&self, other: &Self) -> u64 {
        assert_eq!((self.width, self.height, self.samples.len()), (other.width, other.height, other.samples.len()));
        let differences = self.samples.iter().zip(&other.samples).map(|(a, b)| u64::from(a.abs_diff(*b)));
        differences.sum::<u64>() / self.samples.len() as u64
    }
}
