//! What a PNG is, from the beginning of its file.

use super::header::{Colour, Header, Stop};
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the image data.
///
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    match Header::read(head) {
        Ok(header) => Probed::Known(info(&header)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::NotPng) => Probed::Unknown,
    }
}

fn info(header: &Header) -> ImageInfo {
    let flags = [("icc-profile", header.has_icc), ("exif", header.has_exif), ("xmp", header.has_xmp)];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = match header.colour {
        Colour::Grey | Colour::GreyAlpha => "grey",
        Colour::Rgb | Colour::Rgba => "rgb",
        Colour::Palette => "palette",
    };
    let colour = [("colour", Value::Text(colour.into()))];
    ImageInfo {
        media_type: "image/png".into(),
        width: header.width,
        height: header.height,
        frames: header.frames,
        // A palette's colours have 8 bits, however few its indices have.
        bits_per_channel: if header.colour == Colour::Palette { 8 } else { header.bits },
        has_alpha: header.has_transparency || matches!(header.colour, Colour::GreyAlpha | Colour::Rgba),
        orientation: header.orientation,
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
