//! JPEG XL in.

use sandpress_raster::{Error, Metadata, Probed, Rendition, Value, probe};

use crate::support::{compress, dropped, format_file, keeping, pixels, rendition};

fn unsupported(name: &str, input: &[u8]) -> String {
    match compress(input, &rendition()) {
        Err(Error::Unsupported(detail)) => detail,
        other => panic!("{name}: {other:?}"),
    }
}

fn boxed(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(8 + data.len() as u32).to_be_bytes()[..], kind, data].concat()
}

fn keep() -> Rendition {
    Rendition { metadata: Metadata::Keep, ..rendition() }
}

#[test]
fn a_header_says_what_is_coded() {
    let table = [
        ("lossless.jxl", 8, false, "rgb"),
        ("lossless-alpha.jxl", 8, true, "rgb"),
        ("lossless-grey-alpha.jxl", 8, true, "grey"),
        ("lossy.jxl", 8, false, "xyb"),
        ("parts.jxl", 8, false, "xyb"),
        ("sixteen.jxl", 16, false, "rgb"),
        ("sixteen-grey.jxl", 16, false, "grey"),
    ];
    for (name, bits, has_alpha, colour) in table {
        let Probed::Known(info) = probe(&format_file(name)) else { panic!("{name}: a whole file is known") };
        assert_eq!((info.media_type.as_str(), info.width, info.height), ("image/jxl", 47, 35), "{name}");
        assert_eq!((info.bits_per_channel, info.has_alpha, info.frames), (bits, has_alpha, 1), "{name}");
        let stated = info.settings.iter().find(|setting| setting.name == "colour").map(|setting| &setting.value);
        assert_eq!(stated, Some(&Value::Text(colour.into())), "{name}");
    }
}

#[test]
fn an_animation_is_refused_and_its_frames_are_not_counted() {
    let file = format_file("animation.jxl");
    assert!(unsupported("an animation", &file).contains("animation"));
    assert!(matches!(probe(&file), Probed::Known(info) if info.frames == 0));
}

#[test]
fn a_picture_is_turned_once() {
    // The JPEG inside has an EXIF that says the same.
    let file = format_file("jpeg.jxl");
    assert!(matches!(probe(&file), Probed::Known(info) if (info.width, info.height, info.orientation) == (47, 35, 6)));
    let output = compress(&file, &keep()).unwrap();
    assert_eq!((output.info.width, output.info.height, output.info.orientation), (35, 47, 1));
}

#[test]
fn high_dynamic_range_is_refused_rather_than_darkened() {
    assert!(unsupported("PQ", &format_file("pq.jxl")).contains("PQ"));
}

/// A header with one channel beside the colours, and no image data.
fn with_extra_channel(kind: u64) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut put = |value: u64, len: usize| bits.extend((0..len).map(|at| value >> at & 1));
    // 8 × 8 pixels; not all is as usual, but for what comes with orientation; 8 bits; one channel more.
    [(1, 1), (0, 5), (1, 3), (0, 1), (0, 1), (0, 1), (0, 2), (1, 1), (1, 2)]
        .into_iter()
        .for_each(|(value, len)| put(value, len));
    // The channel: its kind, 8 bits, in full size, without a name.
    [(0, 1), (2, 2), (kind - 2, 4), (0, 1), (0, 2), (0, 2), (0, 2)]
        .into_iter()
        .for_each(|(value, len)| put(value, len));
    if kind == SPOT {
        put(0, 4 * 16);
    }
    // As many colours as usual, stored as they are, without extensions.
    [(0, 1), (1, 1), (0, 2), (1, 1)].into_iter().for_each(|(value, len)| put(value, len));
    let bytes = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | *bit as u8));
    [0xFF, 0x0A].into_iter().chain(bytes).chain([0; 8]).collect()
}

const SPOT: u64 = 2;
const BLACK: u64 = 4;
const THERMAL: u64 = 6;

#[test]
fn inks_are_refused() {
    for kind in [SPOT, BLACK] {
        assert!(unsupported("ink", &with_extra_channel(kind)).contains("CMYK or spot colours"));
    }
    // Others are only left out; here there are no pixels.
    assert!(matches!(compress(&with_extra_channel(THERMAL), &rendition()), Err(Error::Malformed(_))));
}

fn profile(name: &str) -> Option<Vec<u8>> {
    let output = compress(&format_file(name), &keeping()).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(output.bytes)).read_info().unwrap();
    reader.finish().unwrap();
    reader.info().icc_profile.as_ref().map(|profile| profile.to_vec())
}

#[test]
fn colours_come_out_with_a_profile_unless_they_are_those_of_srgb() {
    // The profile of the file itself, of which the curve was changed.
    let own = profile("profile.jxl").unwrap();
    assert!(own.windows(4).any(|window| window == [0, 2, 0, 0]));
    assert!(profile("display-p3.jxl").is_some_and(|profile| &profile[36..40] == b"acsp"));
    assert_eq!((profile("lossy.jxl"), profile("lossless.jxl"), profile("lossless-grey.jxl")), (None, None, None));
}

#[test]
fn metadata_are_carried_on_wherever_they_stand() {
    let file = format_file("metadata.jxl");
    let output = compress(&file, &keep()).unwrap();
    let Probed::Known(info) = probe(&file) else { panic!("a whole file is known") };
    for name in ["exif", "xmp"] {
        let is_it = |setting: &sandpress_raster::Setting| setting.name == name && setting.value == Value::Flag(true);
        assert!(info.settings.iter().any(is_it) && output.info.settings.iter().any(is_it), "{name}");
    }
    assert!(dropped(&output).is_empty(), "{:?}", dropped(&output));
    assert!(output.bytes.windows(3).any(|window| window == b"Ann"));

    let exif = [&[0; 4], &crate::support::exif(1)[..]].concat();
    let (image, exif) = (format_file("boxed.jxl"), boxed(b"Exif", &exif));
    let behind = [&image[..], &exif].concat();
    let output = compress(&behind, &keep()).unwrap();
    assert!(output.info.settings.iter().any(|setting| setting.name == "exif"));
    for end in image.len() + 1..behind.len() {
        assert!(matches!(compress(&behind[..end], &keep()), Err(Error::Malformed(_))), "cut at {end}");
    }
}

#[test]
fn what_is_compressed_once_more_is_named() {
    assert_eq!(dropped(&compress(&format_file("packed-metadata.jxl"), &keep()).unwrap()), ["exif", "xmp"]);
    let parts: [&[u8]; 3] = [b"jumb....", b"jumb....", b"free"];
    let file = parts.iter().fold(format_file("boxed.jxl"), |file, part| [file, boxed(b"brob", part)].concat());
    assert_eq!(dropped(&compress(&file, &keep()).unwrap()), ["c2pa"]);
}

#[test]
fn the_same_codestream_in_parts_is_the_same_picture() {
    let of = |name| pixels(&compress(&format_file(name), &rendition()).unwrap().bytes);
    assert_eq!(of("parts.jxl"), of("boxed.jxl"));
}

#[test]
fn small_files_that_claim_to_be_huge_are_refused() {
    let file = format_file("lossless.jxl");
    // Not a multiple of 8; a height of 30 bits, and then a width of 30 bits, each less one.
    let claiming = |height: u64, width: u64| {
        let bits = u128::from(3_u64) << 1
            | u128::from(height - 1) << 3
            | u128::from(3_u64) << 36
            | u128::from(width - 1) << 38;
        [b"\xFF\x0A", &bits.to_le_bytes()[..9], &file[6..]].concat()
    };
    for (height, width) in [(1 << 30, 1 << 10), (1 << 20, 1 << 20), (40_000, 40_000)] {
        let result = compress(&claiming(height, width), &rendition());
        assert!(matches!(result, Err(Error::OverLimit(_) | Error::Malformed(_))), "{height} × {width}: {result:?}");
    }
}
