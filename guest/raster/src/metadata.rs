//! What travels with the pixels, and what a policy keeps of it.

use crate::{Metadata, exif, iptc};

/// What an encoder embeds in the file beside the pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// An ICC profile, as it was in the source or made of what a PNG says without one.
    pub icc: Option<Vec<u8>>,
    /// What a PNG says of its colours without a profile.
    pub png_colour: PngColour,
    /// EXIF, from its TIFF header on. Its orientation is 1, but where a file is rewritten as it is stored.
    pub exif: Option<Vec<u8>>,
    /// An XMP packet.
    pub xmp: Option<Vec<u8>>,
    /// Datasets of IPTC-IIM.
    pub iptc: Option<Vec<u8>>,
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
    pub(crate) iptc: Option<Vec<u8>>,
    /// Names of what no output can hold.
    pub(crate) other: Vec<&'static str>,
}

impl SourceMetadata {
    /// What a policy keeps, as it is true of a picture that is upright or as its source stores it, and the names of what it drops.
    ///
    /// The credits of EXIF and IPTC are kept where they stand; those in an XMP packet are not looked for.
    pub(crate) fn under(&self, policy: Metadata, pixels: Pixels) -> (Embedded, Vec<&'static str>) {
        let mut kept = Embedded::default();
        let mut dropped = Vec::new();
        let exif = self.exif.as_deref();
        kept.exif = match (policy, pixels) {
            (Metadata::Strip, Pixels::Upright) => None,
            (Metadata::Strip, Pixels::AsStored) => exif.and_then(|exif| exif::for_stored(exif, false)),
            (Metadata::Copyright, Pixels::Upright) => exif.and_then(exif::credits),
            (Metadata::Copyright, Pixels::AsStored) => exif.and_then(|exif| exif::for_stored(exif, true)),
            (Metadata::Keep, Pixels::Upright) => self.exif.clone().and_then(exif::for_upright),
            (Metadata::Keep, Pixels::AsStored) => self.exif.clone(),
        };
        match policy {
            Metadata::Strip => {}
            Metadata::Copyright => kept.iptc = self.iptc.as_deref().and_then(iptc::credits),
            Metadata::Keep => {
                if self.exif.is_some() && kept.exif.is_none() {
                    dropped.push("exif");
                }
                kept.xmp = self.xmp.clone();
                kept.iptc = self.iptc.clone();
            }
        }
        if policy != Metadata::Keep {
            let here = [("exif", &self.exif), ("xmp", &self.xmp), ("iptc", &self.iptc)];
            dropped.extend(here.into_iter().filter(|(_, data)| data.is_some()).map(|(name, _)| name));
        }
        dropped.extend(&self.other);
        (kept, dropped)
    }
}

/// How the pixels of an output are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pixels {
    /// Turned as they are seen.
    Upright,
    /// As in the source, with its orientation.
    AsStored,
}
