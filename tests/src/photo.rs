//! Pictures as a camera writes them, made on the spot.

use jpeg_encoder::{ColorType, Encoder};

/// A picture of waves and grain as a camera writes it: larger than it need be. Each seed has its own.
pub fn photo(seed: u16, width: u16, height: u16) -> Vec<u8> {
    jpeg(seed, width, height, 97)
}

/// The same at a level of JPEG.
pub fn jpeg(seed: u16, width: u16, height: u16, level: u8) -> Vec<u8> {
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
