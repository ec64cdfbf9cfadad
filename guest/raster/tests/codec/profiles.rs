//! Colours that are not those of sRGB become what they look like, or keep what says so.

use png::{ColorType, Info};
use sandpress_raster::{Error, Metadata, Rendition, RequestedQuality};

use crate::support::{
    Dice, chunk, colour_file, colour_note, compress, contain, dropped, in_srgb, jpeg, keeping, pixels, png_of, profile,
    rendition, webp,
};

/// Checks the pixels of an output, and what its notes say.
fn check(name: &str, rendition: &Rendition, note: &str, most: u16) {
    let output = compress(&colour_file(name), rendition).unwrap();
    let ((width, height, samples), expected) = (pixels(&output.bytes), pixels(&in_srgb(name)));
    assert_eq!((width, height, samples.len()), (expected.0, expected.1, expected.2.len()), "{name}");
    let difference = samples.iter().zip(&expected.2).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(difference <= Some(most), "{name}: differs by {difference:?}");
    assert_eq!(colour_note(&output), Some(note), "{name}");
    assert_eq!(profile(&output.bytes), None, "{name}");
    assert_eq!(dropped(&output), Vec::<&str>::new(), "{name}");
}

#[test]
fn colours_become_what_little_cms_makes_of_them() {
    check("display-p3.png", &rendition(), "converted from Display P3", 1);
    // With opacity, which stays.
    check("adobe-rgb.png", &rendition(), "converted from Adobe RGB (1998)", 2);
    check("grey.png", &rendition(), "converted from Grey 1.8", 1);
    check("table.tif", &rendition(), "converted from A table", 2);
    check("chunks.png", &rendition(), "converted from gAMA and cHRM", 2);
    // Of 65,535.
    check("sixteen.tif", &rendition(), "converted from Display P3", 40);
}

#[test]
fn another_table_takes_the_place_of_the_perceptual_one() {
    let mut file = colour_file("table.tif");
    let signature = file.windows(4).position(|window| window == b"A2B0").unwrap();
    file[signature + 3] = b'1';
    let (one, other) = (compress(&file, &rendition()), compress(&colour_file("table.tif"), &rendition()));
    assert_eq!(one, other);
}

#[test]
fn inks_become_what_pillow_makes_of_them() {
    let metadata = Metadata::Keep;
    for rendition in [Rendition { metadata, ..rendition() }, Rendition { metadata, ..keeping() }] {
        check("cmyk.jpg", &rendition, "converted from CMYK without a profile", 2);
        check("ycck.jpg", &rendition, "converted from CMYK without a profile", 2);
        check("cmyk-profile.jpg", &rendition, "converted from CMYK by Four inks", 5);
        check("ycck-profile.jpg", &rendition, "converted from CMYK by Four inks", 5);
        check("cmyk-profile.tif", &rendition, "converted from CMYK by Four inks", 3);
        check("sixteen-cmyk.tif", &rendition, "converted from CMYK without a profile", 1);
    }
}

#[test]
fn inks_are_inverted_where_adobe_says_so() {
    let inverted = colour_file("cmyk.jpg");
    let mut plain = inverted.clone();
    let at = plain.windows(6).position(|window| window == b"Adobe\0").unwrap();
    plain[at] = b'B';
    let samples = |file: &[u8]| pixels(&compress(file, &rendition()).unwrap().bytes).2;
    // What is bare paper to the one is all ink to the other.
    let (white, black) = (samples(&inverted), samples(&plain));
    let lightest = white.iter().enumerate().max_by_key(|(_, sample)| **sample).unwrap().0;
    assert!(white[lightest] > 250 && black[lightest] < 5, "{} and {}", white[lightest], black[lightest]);
}

#[test]
fn a_profile_of_srgb_is_left_out_and_no_pixel_touched() {
    check_same(&colour_file("srgb.png"), &in_srgb("srgb.png"));
    // Of any image: of grey only the curve counts.
    let srgb = profile(&colour_file("srgb.png")).unwrap();
    let samples: Vec<u8> = (0..=255).collect();
    for (colour, samples) in [(ColorType::Grayscale, samples.clone()), (ColorType::GrayscaleAlpha, samples.repeat(2))] {
        check_same(&with_profile(&samples, 16, colour, Some(&srgb)), &with_profile(&samples, 16, colour, None));
    }
    let output = compress(&jpeg(32, 32, |encoder| encoder.add_icc_profile(&srgb).unwrap()), &rendition()).unwrap();
    assert_eq!(output, compress(&jpeg(32, 32, |_| ()), &rendition()).unwrap());
}

/// A PNG of a width, with a profile.
fn with_profile(samples: &[u8], width: u32, colour: ColorType, profile: Option<&[u8]>) -> Vec<u8> {
    let mut info = Info::with_size(width, (samples.len() / colour.samples()) as u32 / width);
    info.color_type = colour;
    info.icc_profile = profile.map(|profile| profile.to_vec().into());
    png_of(samples, info)
}

fn check_same(file: &[u8], expected: &[u8]) {
    let output = compress(file, &rendition()).unwrap();
    assert_eq!(pixels(&output.bytes), pixels(expected));
    assert_eq!((profile(&output.bytes), colour_note(&output)), (None, None));
}

#[test]
fn whoever_wants_to_keep_the_colours_keeps_the_profile_to_the_byte() {
    let lossless = Rendition { quality: RequestedQuality::Lossless, ..rendition() };
    for name in ["display-p3.png", "adobe-rgb.png", "grey.png", "srgb.png"] {
        let file = colour_file(name);
        // What is to stay exact is not converted either.
        for rendition in [keeping(), lossless.clone()] {
            let output = compress(&file, &rendition).unwrap();
            assert_eq!(pixels(&output.bytes), pixels(&file), "{name}");
            assert_eq!(profile(&output.bytes), profile(&file), "{name}");
            assert_eq!(colour_note(&output), None, "{name}");
        }
    }
    let output = compress(&colour_file("chunks.png"), &keeping()).unwrap();
    assert_eq!(pixels(&output.bytes), pixels(&colour_file("chunks.png")));
}

#[test]
fn a_profile_that_cannot_be_used_stays() {
    let garbage: Vec<u8> = (0..90_000_u32).map(|n| (n % 251) as u8).collect();
    let of = |name: &str| profile(&colour_file(name)).unwrap();
    let cut = of("display-p3.png")[..300].to_vec();
    let mut link = of("display-p3.png");
    link[12..16].copy_from_slice(b"link");
    let mut without_curve = of("display-p3.png");
    let curve = without_curve.windows(4).position(|window| window == b"gTRC").unwrap();
    without_curve[curve] = b'x';
    let table = [
        (garbage, "cannot be read"),
        (Vec::from(b"a"), "cannot be read"),
        (cut, "cannot be read"),
        (link, "of no kind"),
        (without_curve, "cannot be used"),
        (of("grey.png"), "another kind of image"),
    ];
    for (profile_in, reason) in table {
        let as_jpeg = jpeg(32, 32, |encoder| encoder.add_icc_profile(&profile_in).unwrap());
        let as_png = with_profile(&[7; 48], 4, ColorType::Rgb, Some(&profile_in));
        let as_webp =
            webp(&[7; 48], 4, 4, image_webp::ColorType::Rgb8, |encoder| encoder.set_icc_profile(profile_in.clone()));
        for file in [as_jpeg, as_png, as_webp] {
            for metadata in [Metadata::Strip, Metadata::Copyright, Metadata::Keep] {
                for resize in [None, contain(3, 3)] {
                    let output = compress(&file, &Rendition { metadata, resize, ..rendition() }).unwrap();
                    assert_eq!(profile(&output.bytes), Some(profile_in.clone()), "{reason}, {metadata:?}");
                    let note = colour_note(&output).unwrap();
                    assert!(note.starts_with("kept with the profile, which ") && note.contains(reason), "{note}");
                }
            }
        }
    }
}

#[test]
fn inks_with_a_profile_that_cannot_be_used_are_mixed_and_it_is_named() {
    for name in ["cmyk-profile.jpg", "cmyk-profile.tif"] {
        let mut file = colour_file(name);
        let table = file.windows(4).position(|window| window == b"mft2").unwrap();
        file[table] = b'x';
        let output = compress(&file, &rendition()).unwrap();
        assert_eq!(colour_note(&output), Some("converted from CMYK without its profile, which cannot be read"));
        assert_eq!(dropped(&output), ["icc-profile"], "{name}");
        if name.ends_with("jpg") {
            let plain = compress(&colour_file("cmyk.jpg"), &rendition()).unwrap();
            assert_eq!(pixels(&output.bytes), pixels(&plain.bytes));
        }
    }
}

/// A PNG with a `cICP` chunk, and without its profile.
fn with_code_points(file: &[u8], points: [u8; 4]) -> Vec<u8> {
    let (before, after) = (33, file.windows(4).position(|window| window == b"IDAT").unwrap() - 4);
    [&file[..before], &chunk(b"cICP", &points), &file[after..]].concat()
}

#[test]
fn code_points_are_as_good_as_a_profile() {
    let file = colour_file("display-p3.png");
    let output = compress(&with_code_points(&file, [12, 13, 0, 1]), &rendition()).unwrap();
    assert_eq!(colour_note(&output), Some("converted from Display P3"));
    let expected = pixels(&in_srgb("display-p3.png"));
    let samples = pixels(&output.bytes).2;
    assert!(samples.iter().zip(&expected.2).all(|(a, b)| a.abs_diff(*b) <= 1));
    let output = compress(&with_code_points(&file, [1, 1, 0, 1]), &rendition()).unwrap();
    assert_eq!(colour_note(&output), Some("converted from cICP 1/1"));
    // Of grey the curve counts.
    let output = compress(&with_code_points(&colour_file("grey.png"), [9, 8, 0, 1]), &rendition()).unwrap();
    assert_eq!(colour_note(&output), Some("converted from cICP 9/8"));

    // Those of sRGB are nothing to speak of.
    let output = compress(&with_code_points(&file, [1, 13, 0, 1]), &rendition()).unwrap();
    assert_eq!((pixels(&output.bytes), colour_note(&output)), (pixels(&file), None));

    // Kept, they are kept as a profile, which converts to the same colours.
    let kept = compress(&with_code_points(&file, [12, 13, 0, 1]), &keeping()).unwrap();
    assert_eq!(pixels(&kept.bytes), pixels(&file));
    let output = compress(&kept.bytes, &rendition()).unwrap();
    assert_eq!(colour_note(&output), Some("converted from Display P3"));
    assert!(pixels(&output.bytes).2.iter().zip(&expected.2).all(|(a, b)| a.abs_diff(*b) <= 1));
}

#[test]
fn high_dynamic_range_is_refused_by_its_code_points_and_kept_with_its_profile() {
    let file = colour_file("display-p3.png");
    for (points, reason) in [
        ([9, 16, 0, 1], "high dynamic range"),
        ([9, 18, 0, 1], "high dynamic range"),
        ([12, 13, 0, 0], "narrow range"),
        ([2, 13, 0, 1], "colour space"),
        ([12, 2, 0, 1], "colour space"),
    ] {
        match compress(&with_code_points(&file, points), &rendition()) {
            Err(Error::Unsupported(detail)) => assert!(detail.contains(reason), "{detail}"),
            other => panic!("{points:?}: {other:?}"),
        }
    }
    // The tag of the copyright, made one of code points.
    let mut pq = profile(&file).unwrap();
    let entry = pq.windows(4).position(|window| window == b"cprt").unwrap();
    let tag = u32::from_be_bytes(pq[entry + 4..entry + 8].try_into().unwrap()) as usize;
    pq[entry..entry + 4].copy_from_slice(b"cicp");
    pq[tag..tag + 12].copy_from_slice(b"cicp\0\0\0\0\x09\x10\0\x01");
    let output = compress(&with_profile(&[9, 8, 7], 1, ColorType::Rgb, Some(&pq)), &rendition()).unwrap();
    assert_eq!((profile(&output.bytes), pixels(&output.bytes).2), (Some(pq), vec![9, 8, 7]));
}

#[test]
fn chunks_that_make_no_sense_are_left_alone() {
    let file = colour_file("chunks.png");
    let at = |kind: &[u8]| file.windows(4).position(|window| window == kind).unwrap() - 4;
    let with = |gamma: u32, chromaticities: [u32; 8]| {
        let numbers: Vec<u8> = chromaticities.iter().flat_map(|number| number.to_be_bytes()).collect();
        let chunks = [chunk(b"gAMA", &gamma.to_be_bytes()), chunk(b"cHRM", &numbers)].concat();
        [&file[..at(b"gAMA")], &chunks, &file[at(b"cHRM") + 44..]].concat()
    };
    let plain = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    let none = [0; 8];
    let flat = [31_270, 32_900, 10_000, 10_000, 20_000, 20_000, 30_000, 30_000];
    for (gamma, chromaticities) in [(1, plain), (u32::MAX >> 1, plain), (50_000, none), (50_000, flat)] {
        let output = compress(&with(gamma, chromaticities), &rendition()).unwrap();
        let note = colour_note(&output).unwrap();
        assert!(note.starts_with("kept with gAMA and cHRM, which describe no colours"), "{note}");
        assert_eq!(pixels(&output.bytes), pixels(&file));
    }
    // The usual numbers are those of sRGB.
    let output = compress(&with(45_455, plain), &rendition()).unwrap();
    assert_eq!((colour_note(&output), pixels(&output.bytes)), (None, pixels(&file)));
}

#[test]
fn damaged_profiles_never_panic() {
    let mut dice = Dice(23);
    let profiles =
        ["display-p3.png", "adobe-rgb.png", "grey.png", "srgb.png"].map(|n| profile(&colour_file(n)).unwrap());
    for _ in 0..600 {
        let mut damaged = profiles[dice.roll(profiles.len())].clone();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(damaged.len());
            damaged[at] = if dice.roll(3) == 0 { 0xFF } else { dice.roll(256) as u8 };
        }
        for colour in [ColorType::Rgb, ColorType::Grayscale] {
            let result = compress(
                &with_profile(&[0, 1, 2, 3, 90, 128, 200, 254, 255, 0, 9, 8], 4, colour, Some(&damaged)),
                &rendition(),
            );
            assert!(result.is_ok(), "{result:?}");
        }
    }
    for name in ["table.tif", "sixteen.tif", "cmyk-profile.tif", "ycck-profile.jpg"] {
        let file = colour_file(name);
        let table = file.windows(4).position(|window| window == b"acsp").unwrap() - 36;
        for _ in 0..25 {
            let mut damaged = file.clone();
            for _ in 0..=dice.roll(4) {
                // Most of what matters is before the table's numbers.
                let at = table + dice.roll(450);
                damaged[at] = if dice.roll(3) == 0 { 0xFF } else { dice.roll(256) as u8 };
            }
            let result = compress(&damaged, &rendition());
            assert!(!matches!(result, Err(Error::Internal(_))), "{name}: {result:?}");
        }
    }
}
