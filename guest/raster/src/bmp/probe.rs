//! What a BMP is, from the beginning of its file.

use super::header::{Coding, Header, Stop};
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the palette.
///
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    match Header::read(head) {
        Ok(header) => Probed::Known(info(&header)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_) | Stop::Unsupported(_)) => Probed::Unknown,
    }
}

fn info(header: &Header) -> ImageInfo {
    let icc = header.icc.map(|_| ("icc-profile", Value::Flag(true)));
    let colour = match header.coding {
        Coding::Palette(_) | Coding::Runs(_) => "palette",
        Coding::Bytes | Coding::Fields(..) => "rgb",
    };
    let settings = icc.into_iter().chain([("colour", Value::Text(colour.into()))]);
    ImageInfo {
        media_type: "image/bmp".into(),
        width: header.width,
        height: header.height,
        frames: 1,
        // Fields of 5 or 6 bits too are seen as 8.
        bits_per_channel: 8,
        has_alpha: header.has_alpha(),
        orientation: 1,
        settings: settings.map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
