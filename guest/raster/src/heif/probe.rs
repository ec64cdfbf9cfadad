//! What a HEIF is, from the beginning of its file.

use super::header::Header;
use crate::isobmff::Stop;
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the end of the description of the picture, which all encoders write before the image data.
///
/// How many pictures a sequence has is not looked for: its number of frames is 0. A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8], media_type: &str) -> Probed {
    match Header::read(head) {
        Ok(header) => Probed::Known(info(&header, media_type)),
        Err(Stop::NeedMore(bytes)) => Probed::NeedMore(bytes),
        Err(Stop::Damaged(_)) => Probed::Unknown,
    }
}

fn info(header: &Header, media_type: &str) -> ImageInfo {
    let flags = [
        ("icc-profile", header.icc.is_some()),
        ("exif", header.exif.is_some()),
        ("xmp", header.xmp.is_some()),
        ("gain-map", header.has_gain_map),
    ];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = match () {
        () if header.coding.is_grey => "grey",
        () if header.is_rgb() => "rgb",
        () => "ycbcr",
    };
    let colour = [("colour", Value::Text(colour.into()))];
    ImageInfo {
        media_type: media_type.into(),
        width: header.width,
        height: header.height,
        frames: u32::from(!header.is_sequence),
        bits_per_channel: header.coding.bits,
        has_alpha: header.alpha.is_some(),
        orientation: header.orientation,
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}
