//! What a GIF is, from the beginning of its file.

use super::blocks::Stop;
use super::header::Header;
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the first image.
///
/// How many there are is said nowhere: only who has walked through all of them knows, so the number of frames is 0.
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    match Header::read(head) {
        Ok(header) => Probed::Known(info(&header)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_)) => Probed::Unknown,
    }
}

fn info(header: &Header) -> ImageInfo {
    let (width, height) = header.size();
    let flags = [("icc-profile", header.notes.icc), ("xmp", header.notes.xmp.is_some())];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = [("colour", Value::Text("palette".into()))];
    ImageInfo {
        media_type: "image/gif".into(),
        width,
        height,
        frames: 0,
        bits_per_channel: 8,
        has_alpha: header.has_alpha(),
        orientation: 1,
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
