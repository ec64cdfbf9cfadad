//! What a JPEG is, from the beginning of its file.

use super::header::{Colour, Frame, Header};
use super::segments::{SOS, Segments, Stop};
use crate::{ImageInfo, Probed, Setting, Value};

/// Reads up to the first scan, before which nearly all files have said everything.
///
/// A file whose header cannot be understood is `unknown`.
pub(crate) fn probe(head: &[u8]) -> Probed {
    let mut header = Header::default();
    let mut segments = Segments::new(head);
    loop {
        match segments.next() {
            Ok(segment) if segment.marker == SOS => break,
            Ok(segment) => header.note(segment),
            Err(Stop::NeedMore(bytes)) => return Probed::NeedMore(bytes),
            Err(Stop::BadLength(_)) => return Probed::Unknown,
        }
    }
    header.frame.as_ref().map_or(Probed::Unknown, |frame| Probed::Known(info(&header, frame)))
}

fn info(header: &Header, frame: &Frame) -> ImageInfo {
    let flags = [
        ("icc-profile", header.has_icc()),
        ("exif", header.exif.is_some()),
        ("xmp", header.xmp.is_some()),
        ("gain-map", header.gain_map),
        ("progressive", frame.is_progressive()),
    ];
    let flags = flags.into_iter().filter(|&(_, present)| present).map(|(name, _)| (name, Value::Flag(true)));
    let colour = colour_name(header.colour(frame)).map(|name| ("colour", Value::Text(name.into())));
    ImageInfo {
        media_type: "image/jpeg".into(),
        width: frame.width.into(),
        height: frame.height.into(),
        frames: 1,
        bits_per_channel: frame.bits,
        has_alpha: false,
        orientation: header.orientation(),
        settings: flags.chain(colour).map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}

/// As the contract names it.
fn colour_name(colour: Colour) -> Option<&'static str> {
    match colour {
        Colour::Grey => Some("grey"),
        Colour::Ycbcr => Some("ycbcr"),
        Colour::Rgb => Some("rgb"),
        Colour::Cmyk => Some("cmyk"),
        Colour::Ycck => Some("ycck"),
        Colour::Unknown => None,
    }
}
