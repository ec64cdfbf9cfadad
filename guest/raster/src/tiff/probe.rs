//! What a TIFF is, from the beginning of its file.

use super::directory::Stop;
use super::header::{Colour, EXIF, Header, ICC, XMP};
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads the directories of all pages, wherever they stand.
///
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    match Header::read(head).and_then(|header| info(&header)) {
        Ok(info) => Probed::Known(info),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_)) => Probed::Unknown,
    }
}

fn info(header: &Header) -> Result<ImageInfo, Stop> {
    let mut settings = Vec::new();
    for (name, tag) in [("icc-profile", ICC), ("exif", EXIF), ("xmp", XMP)] {
        if header.directory.has(tag)? {
            settings.push(Setting { name: name.into(), value: Value::Flag(true) });
        }
    }
    let colour = match header.colour {
        Colour::WhiteIsZero | Colour::BlackIsZero => Some("grey"),
        Colour::Rgb => Some("rgb"),
        Colour::Palette => Some("palette"),
        Colour::Cmyk => Some("cmyk"),
        Colour::Ycbcr => Some("ycbcr"),
        Colour::Other(_) => None,
    };
    settings.extend(colour.map(|name| Setting { name: "colour".into(), value: Value::Text(name.into()) }));
    Ok(ImageInfo {
        media_type: "image/tiff".into(),
        width: header.width,
        height: header.height,
        frames: header.frames,
        // A palette's colours are seen in 8 bits, however few its indices have.
        bits_per_channel: if header.colour == Colour::Palette { 8 } else { header.bits.unwrap_or(8) },
        has_alpha: header.has_alpha(),
        orientation: if (1..=8).contains(&header.orientation) { header.orientation } else { 1 },
        settings,
    })
}
