//! What travels with the pixels, and what a policy keeps of it.

use crate::{Metadata, exif};

/// What an encoder embeds in the file beside the pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// An ICC profile, as it was in the source.
    pub icc: Option<Vec<u8>>,
    /// What a PNG says of its colours without a profile.
    pub png_colour: PngColour,
    /// EXIF, from its TIFF header on; its orientation is 1.
    pub exif: Option<Vec<u8>>,
    /// An XMP packet.
    pub xmp: Option<Vec<u8>>,
}

/// The chunks `gAMA`, `cHRM` and `sRGB` of a PNG: only another PNG can hold them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PngColour {
    /// `gAMA`
    pub gamma: Option<png::ScaledFloat>,
    /// `cHRM`
    pub chromaticities: Option<png::SourceChromaticities>,
    /// `sRGB`
    pub srgb: Option<png::SrgbRenderingIntent>,
}

impl PngColour {
    /// Whether a viewer that knows nothing of these chunks shows other colours.
    pub fn differs_from_srgb(&self) -> bool {
        // An encoder writes 1/2.2 as 45455; some write 45454 or 45460.
        let plain = |gamma: png::ScaledFloat| (45_000..46_000).contains(&gamma.into_scaled());
        let srgb_primaries = |c: png::SourceChromaticities| {
            let near = |(ax, ay): (png::ScaledFloat, png::ScaledFloat), (bx, by): (u32, u32)| {
                ax.into_scaled().abs_diff(bx) < 200 && ay.into_scaled().abs_diff(by) < 200
            };
            near(c.white, (31_270, 32_900))
                && near(c.red, (64_000, 33_000))
                && near(c.green, (30_000, 60_000))
                && near(c.blue, (15_000, 6_000))
        };
        self.srgb.is_none() && !(self.gamma.is_none_or(plain) && self.chromaticities.is_none_or(srgb_primaries))
    }
}

/// What a source has besides pixels and colours.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceMetadata {
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
    /// Names of what no output can hold.
    pub(crate) other: Vec<&'static str>,
}

impl SourceMetadata {
    /// What a policy keeps, as it is true of an upright picture, and the names of what it drops.
    pub(crate) fn under(&self, policy: Metadata) -> (Kept, Vec<&'static str>) {
        let exif = self.exif.as_deref();
        let kept = match policy {
            Metadata::Strip => Kept::default(),
            Metadata::Copyright => Kept { exif: exif.and_then(exif::credits), xmp: None },
            Metadata::Keep => Kept { exif: self.exif.clone().map(exif::for_upright), xmp: self.xmp.clone() },
        };
        let mut dropped = Vec::new();
        if self.exif.is_some() && policy != Metadata::Keep {
            dropped.push("exif");
        }
        if self.xmp.is_some() && kept.xmp.is_none() {
            dropped.push("xmp");
        }
        dropped.extend(&self.other);
        (kept, dropped)
    }
}

/// Metadata to embed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
}
