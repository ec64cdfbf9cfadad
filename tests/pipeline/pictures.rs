//! Pictures to upload, and what is in those that come out.

use jpeg_encoder::{ColorType, Encoder};
use sandpress_sandbox::MediaType;
use sandpress_tests::{
    aws::Stored,
    picture::{self, Picture},
};

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

/// The pixels of an object, by its own media type.
pub(crate) fn decode(object: &Stored) -> Picture {
    let media_type = object.content_type.parse().unwrap_or_else(|error| panic!("{}: {error:?}", object.content_type));
    picture::decode(&media_type, &object.bytes)
}

/// How different a rendition looks from the JPEG that it is made from, if both have the same size.
pub(crate) fn difference(rendition: &Stored, source: &[u8]) -> f64 {
    decode(rendition).difference(&picture::decode(&MediaType::JPEG, source))
}
