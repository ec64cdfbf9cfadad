//! Samples, from bytes.

use super::file::File;
use super::header::Colour;

/// A sample of 8 or 16 bits.
pub(super) trait Sample: Copy {
    const MAX: u32;

    fn number(self) -> u32;

    fn new(number: u32) -> Self;

    fn inverted(self) -> Self {
        Self::new(Self::MAX - self.number())
    }
}

impl Sample for u8 {
    const MAX: u32 = u8::MAX as u32;

    fn number(self) -> u32 {
        self.into()
    }

    fn new(number: u32) -> Self {
        Self::try_from(number).unwrap_or(Self::MAX)
    }
}

impl Sample for u16 {
    const MAX: u32 = u16::MAX as u32;

    fn number(self) -> u32 {
        self.into()
    }

    fn new(number: u32) -> Self {
        Self::try_from(number).unwrap_or(Self::MAX)
    }
}

/// Divides the colours of a pixel by its opacity, which is its last sample.
pub(super) fn divide<T: Sample>(pixel: &mut [T]) {
    let Some((alpha, colours)) = pixel.split_last_mut() else { return };
    let alpha = alpha.number();
    for colour in colours {
        // Below 2³²: 65535² and a half of 65535. A colour that is brighter than its opacity allows is as bright as can be.
        let divided = (colour.number() * T::MAX + alpha / 2).checked_div(alpha).unwrap_or(0);
        *colour = T::new(divided.min(T::MAX));
    }
}

/// A row of samples of at most 8 bits. Those of fewer bits are spread over all 8, unless they are indices.
pub(super) fn eight(row: &[u8], per_pixel: usize, file: &File) -> Vec<u8> {
    let bits = u32::from(file.bits);
    if bits == 8 {
        let mut samples = row.to_vec();
        if file.has_predictor {
            for at in per_pixel..samples.len() {
                samples[at] = samples[at].wrapping_add(samples[at - per_pixel]);
            }
        }
        return samples;
    }
    let scale = if file.header.colour == Colour::Palette { 1 } else { u8::MAX / (u8::MAX >> (8 - bits)) };
    let places = (0..8).step_by(bits as usize);
    row.iter().flat_map(|&byte| places.clone().map(move |at| (byte << at >> (8 - bits)) * scale)).collect()
}

/// A row of samples of 16 bits.
pub(super) fn sixteen(row: &[u8], per_pixel: usize, is_big_endian: bool, file: &File) -> Vec<u16> {
    let number = if is_big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
    let mut samples: Vec<u16> = row.as_chunks().0.iter().map(|bytes| number(*bytes)).collect();
    if file.has_predictor {
        for at in per_pixel..samples.len() {
            samples[at] = samples[at].wrapping_add(samples[at - per_pixel]);
        }
    }
    samples
}
