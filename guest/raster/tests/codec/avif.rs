//! AVIF in.

use sandpress_raster::{Error, Metadata, Probed, Rendition, Value, probe};

use crate::support::{compress, dropped, format_file, keeping, pixels, rendition};

#[test]
fn a_header_says_what_is_coded() {
    let table = [
        ("420.avif", 8, false, "ycbcr"),
        ("grey.avif", 8, false, "grey"),
        ("alpha.avif", 8, true, "ycbcr"),
        ("lossless.avif", 8, false, "rgb"),
        ("lossy-10.avif", 10, false, "ycbcr"),
        ("lossless-12.avif", 12, false, "rgb"),
    ];
    for (name, bits, has_alpha, colour) in table {
        let Probed::Known(info) = probe(&format_file(name)) else { panic!("{name}: a whole file is known") };
        assert_eq!((info.media_type.as_str(), info.width, info.height), ("image/avif", 47, 35), "{name}");
        assert_eq!(
            (info.bits_per_channel, info.has_alpha, info.frames, info.orientation),
            (bits, has_alpha, 1, 1),
            "{name}"
        );
        let stated = info.settings.iter().find(|setting| setting.name == "colour").map(|setting| &setting.value);
        assert_eq!(stated, Some(&Value::Text(colour.into())), "{name}");
    }
}

#[test]
fn turns_and_mirrors_are_told_as_an_orientation() {
    for orientation in 1..=8 {
        let Probed::Known(info) = probe(&format_file(&format!("turned-{orientation}.avif"))) else { panic!("known") };
        assert_eq!((info.orientation, info.width, info.height), (orientation, 47, 35));
    }
}

#[test]
fn what_stands_beside_the_picture_is_told() {
    let Probed::Known(info) = probe(&format_file("metadata.avif")) else { panic!("a whole file is known") };
    let has = |name| info.settings.iter().any(|s| s.name == name && s.value == Value::Flag(true));
    assert!(has("exif") && has("xmp") && has("icc-profile"));
    assert_eq!(info.orientation, 6);
}

fn unsupported(name: &str, input: &[u8]) -> String {
    match compress(input, &rendition()) {
        Err(Error::Unsupported(detail)) => detail,
        other => panic!("{name}: {other:?}"),
    }
}

/// The file with these bytes, which it has once, in the place of others.
fn changed(name: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut file = format_file(name);
    let places: Vec<usize> = (0..=file.len() - from.len()).filter(|&at| file[at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1, "{name}");
    file[places[0]..][..to.len()].copy_from_slice(to);
    file
}

#[test]
fn an_animation_is_refused_and_its_frames_are_not_counted() {
    let file = format_file("animation.avif");
    assert!(unsupported("a sequence", &file).contains("animation"));
    assert!(matches!(probe(&file), Probed::Known(info) if info.frames == 0));
}

#[test]
fn high_dynamic_range_is_refused_rather_than_darkened() {
    assert!(unsupported("PQ", &format_file("pq.avif")).contains("PQ"));
    let hlg = changed("bt709.avif", b"nclx\0\x01\0\x0D", b"nclx\0\x01\0\x12");
    assert!(unsupported("HLG", &hlg).contains("HLG"));
}

#[test]
fn colours_that_are_not_converted_right_are_refused() {
    // The numbers of the matrix, the primaries and the curve.
    let table: [(&str, &[u8]); 3] = [
        ("matrix 8", b"nclx\0\x01\0\x0D\0\x08"),
        ("primaries 8", b"nclx\0\x08\0\x0D\0\x01"),
        ("characteristics 17", b"nclx\0\x01\0\x11\0\x01"),
    ];
    for (name, to) in table {
        assert!(unsupported(name, &changed("bt709.avif", b"nclx\0\x01\0\x0D\0\x01", to)).contains(name));
    }
}

#[test]
fn primaries_that_a_file_names_come_out_as_a_profile() {
    let output = compress(&format_file("display-p3.avif"), &keeping()).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(output.bytes)).read_info().unwrap();
    reader.finish().unwrap();
    let profile = reader.info().icc_profile.clone().unwrap();
    assert!(profile.len() > 128 && &profile[36..40] == b"acsp" && &profile[16..20] == b"RGB ");
    // Red of Display P3, adapted to D50: 0.515 of X.
    let tag = profile.windows(4).position(|window| window == b"rXYZ").unwrap();
    let at = u32::from_be_bytes(profile[tag + 4..tag + 8].try_into().unwrap()) as usize;
    let x = u32::from_be_bytes(profile[at + 8..at + 12].try_into().unwrap());
    assert!(x.abs_diff((0.5151 * 65_536.0) as u32) < 100, "{x}");
    assert!(dropped(&compress(&format_file("444.avif"), &rendition()).unwrap()).is_empty());
}

#[test]
fn without_code_points_in_the_file_those_of_the_coded_data_count() {
    // The box of the colours under another name.
    for name in ["lossless.avif", "limited-range.avif", "bt709.avif"] {
        let renamed = changed(name, b"colrnclx", b"free");
        assert_eq!(
            pixels(&compress(&renamed, &rendition()).unwrap().bytes),
            pixels(&compress(&format_file(name), &rendition()).unwrap().bytes),
            "{name}"
        );
    }
}

#[test]
fn a_property_that_is_essential_and_not_known_is_refused() {
    let ignored = changed("420.avif", b"pixi", b"XXXX");
    assert!(compress(&ignored, &rendition()).is_ok());
    // The configuration is essential in every file.
    let file = changed("420.avif", b"av1C", b"XXXX");
    assert!(matches!(compress(&file, &rendition()), Err(Error::Malformed(_))));
    let turn = changed("turned-6.avif", b"irot", b"XXXX");
    assert!(unsupported("irot", &turn).contains("essential"));
    // A part of a picture, of a size that is none.
    let crop = changed("turned-6.avif", b"irot", b"clap");
    assert!(matches!(compress(&crop, &rendition()), Err(Error::Malformed(_))));
}

#[test]
fn metadata_are_carried_on_upright() {
    let output = compress(&format_file("metadata.avif"), &Rendition { metadata: Metadata::Keep, ..keeping() }).unwrap();
    assert_eq!((output.info.width, output.info.height, output.info.orientation), (35, 47, 1));
    let has = |name| output.info.settings.iter().any(|s| s.name == name && s.value == Value::Flag(true));
    assert!(has("exif") && has("xmp") && has("icc-profile"));
    assert!(output.bytes.windows(3).any(|window| window == b"Ann"));
}

#[test]
fn small_files_that_claim_to_be_huge_are_refused() {
    let sides = |width: u32, height: u32| [&b"ispe\0\0\0\0"[..], &width.to_be_bytes(), &height.to_be_bytes()].concat();
    let claiming = |width, height| compress(&changed("420.avif", &sides(47, 35), &sides(width, height)), &rendition());
    for (width, height) in [(u32::MAX, u32::MAX), (65_536, 65_536), (1, u32::MAX)] {
        let result = claiming(width, height);
        assert!(matches!(result, Err(Error::OverLimit(_))), "{width} × {height}: {result:?}");
    }
    for (width, height) in [(0, 35), (47, 0), (46, 35), (47, 36), (10_000, 10_000)] {
        let result = claiming(width, height);
        assert!(matches!(result, Err(Error::Malformed(_))), "{width} × {height}: {result:?}");
    }
}
