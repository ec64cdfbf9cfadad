//! What a JPEG is, from the beginning of its file.

use super::header::{Colour, Component, Frame, Header};
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
    let subsampling = subsampling(frame).map(|name| ("subsampling", Value::Text(name.into())));
    ImageInfo {
        media_type: "image/jpeg".into(),
        width: frame.width.into(),
        height: frame.height.into(),
        frames: 1,
        bits_per_channel: frame.bits,
        has_alpha: false,
        orientation: header.orientation(),
        settings: flags
            .chain(colour)
            .chain(subsampling)
            .map(|(name, value)| Setting { name: name.into(), value })
            .collect(),
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

/// The resolution of the colour, as J:a:b; none where it is another than the usual ones. A host predicts a progressive file's memory from it.
fn subsampling(frame: &Frame) -> Option<&'static str> {
    let [luma, blue, red] = frame.components.as_slice() else { return None };
    let factors = |component: &Component| (component.horizontal, component.vertical);
    if factors(blue) != factors(red) {
        return None;
    }
    let ((across, down), (width, height)) = (factors(luma), factors(blue));
    let names = [("4:4:4", 1, 1), ("4:2:2", 2, 1), ("4:4:0", 1, 2), ("4:1:1", 4, 1), ("4:2:0", 2, 2)];
    // Factors have 4 bits, and may be 0 in a damaged file.
    let name =
        names.into_iter().find(|&(_, x, y)| width > 0 && height > 0 && across == x * width && down == y * height);
    name.map(|(name, ..)| name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn subsampling_is_told_by_its_usual_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/jpeg");
        for (file, expected) in [
            ("444", Some("4:4:4")),
            ("422", Some("4:2:2")),
            ("440", Some("4:4:0")),
            ("411", Some("4:1:1")),
            ("420-progressive", Some("4:2:0")),
            ("410", None),
            ("grey", None),
        ] {
            let input = std::fs::read(folder.join(file).with_extension("jpg")).unwrap();
            let Probed::Known(info) = probe(&input) else { panic!("{file} is not known") };
            let told = info.settings.into_iter().find(|setting| setting.name == "subsampling");
            let expected = expected.map(|name| Value::Text(name.into()));
            assert_eq!(told.map(|setting| setting.value), expected, "{file}");
        }
    }
}
