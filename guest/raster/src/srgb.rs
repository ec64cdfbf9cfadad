//! The curve of sRGB (IEC 61966-2-1).

/// The light of a sample, both from 0 to 1.
pub(crate) fn light(sample: f32) -> f32 {
    if sample <= 0.040_45 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
}
