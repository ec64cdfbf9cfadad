//! What a WebP is, from the beginning of its file.

use super::chunks::Stop;
use super::header::{Coding, Header};
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the image data; an animation to its end, since only that tells its frames.
///
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    match Header::read(head) {
        Ok(header) => Probed::Known(info(&header)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_)) => Probed::Unknown,
    }
}

fn info(header: &Header) -> ImageInfo {
    let flags = [("icc-profile", header.has_icc), ("exif", header.has_exif), ("xmp", header.has_xmp)];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = header.picture.map(|picture| match picture.coding {
        Coding::Lossy { .. } => "ycbcr",
        Coding::Lossless => "rgb",
    });
    let colour = colour.map(|name| ("colour", Value::Text(name.into())));
    ImageInfo {
        media_type: "image/webp".into(),
        width: header.width,
        height: header.height,
        frames: header.frames,
        bits_per_channel: 8,
        has_alpha: header.has_alpha,
        // See `File`.
        orientation: 1,
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
