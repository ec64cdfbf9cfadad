//! What a JPEG XL is, from the beginning of its file.

use super::container::Notes;
use super::header::{Header, Stop};
use crate::{ImageInfo, Probed, Setting, Value, isobmff};

/// Reads up to the first frame, and of metadata what stands before the image data.
///
/// How many frames an animation has is not looked for: its number is 0. A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    let (notes, beginning) = match Notes::before_image(head) {
        Ok(found) => found,
        Err(isobmff::Stop::NeedMore(bytes)) => return Probed::NeedMore(bytes),
        Err(isobmff::Stop::Damaged(_)) => return Probed::Unknown,
    };
    // A header may go on in further parts.
    match Header::read(&mut &*beginning).or_else(|_| Header::read(&mut &*head)) {
        Ok(header) => Probed::Known(info(&header, &notes)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_)) => Probed::Unknown,
    }
}

fn info(header: &Header, notes: &Notes) -> ImageInfo {
    let flags = [
        ("icc-profile", header.has_icc),
        ("exif", notes.exif.is_some()),
        ("xmp", notes.xmp.is_some()),
        ("gain-map", notes.other.contains(&"gain-map")),
    ];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = match () {
        () if header.channels.count() < 3 => "grey",
        () if header.has_own_colours => "rgb",
        () => "xyb",
    };
    let colour = [("colour", Value::Text(colour.into()))];
    ImageInfo {
        media_type: "image/jxl".into(),
        width: header.width,
        height: header.height,
        frames: u32::from(!header.is_animation),
        bits_per_channel: header.bits,
        has_alpha: header.channels.has_alpha(),
        orientation: header.orientation,
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
