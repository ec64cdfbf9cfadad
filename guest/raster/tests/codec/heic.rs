//! HEIC in, with the feature of this name.

use sandpress_raster::{Error, Metadata, Probed, Rendition, Value, probe};

use crate::support::{Dice, compress, images, keeping, pixels, rendition};

const NAMES: [&str; 8] = ["420", "422", "444", "alpha", "grey", "grid", "metadata", "ten"];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(images().join("heic").join(name)).unwrap()
}

#[test]
fn every_file_is_read_as_another_decoder_reads_it() {
    for name in NAMES {
        let output =
            compress(&file(&format!("{name}.heic")), &keeping()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let ((width, height, samples), expected) = (pixels(&output.bytes), pixels(&file(&format!("{name}.heic.png"))));
        assert_eq!((width, height, samples.len()), (expected.0, expected.1, expected.2.len()), "{name}");
        let differences = samples.iter().zip(&expected.2).map(|(a, b)| f64::from(a.abs_diff(*b)));
        let (most, mean) = (differences.clone().fold(0.0, f64::max), differences.sum::<f64>() / samples.len() as f64);
        match name {
            "grey" | "444" | "alpha" => assert!(most <= 1.0, "{name}: differs by {most}"),
            // libheif rounds to 10 bits.
            "ten" => assert!(most <= 65.0, "{name}: differs by {most}"),
            // It repeats samples of colour where we blend them.
            _ => assert!(mean < 2.5, "{name}: differs by {mean} in the mean"),
        }
    }
}

#[test]
fn a_header_says_what_comes_out() {
    for name in NAMES {
        let file = file(&format!("{name}.heic"));
        let Probed::Known(info) = probe(&file) else { panic!("{name}: a whole file is known") };
        assert_eq!((info.media_type.as_str(), info.frames), ("image/heic", 1), "{name}");
        let output = compress(&file, &rendition()).unwrap().info;
        let seen = if info.orientation < 5 { (info.width, info.height) } else { (info.height, info.width) };
        assert_eq!((seen, info.has_alpha), ((output.width, output.height), output.has_alpha), "{name}");
        let bits = if info.bits_per_channel > 8 { 16 } else { 8 };
        assert_eq!(
            (bits, info.bits_per_channel),
            (output.bits_per_channel, if name == "ten" { 10 } else { 8 }),
            "{name}"
        );
    }
}

#[test]
fn metadata_are_carried_on_upright() {
    let rendition = Rendition { metadata: Metadata::Keep, ..keeping() };
    let output = compress(&file("metadata.heic"), &rendition).unwrap();
    assert_eq!((output.info.width, output.info.height, output.info.orientation), (35, 47, 1));
    let has = |name| output.info.settings.iter().any(|s| s.name == name && s.value == Value::Flag(true));
    assert!(has("exif") && has("xmp") && has("icc-profile"));
}

#[test]
fn a_file_that_is_cut_is_refused_wherever_it_is_cut() {
    for name in ["420", "grid"] {
        let file = file(&format!("{name}.heic"));
        for end in 0..file.len() {
            let result = compress(&file[..end], &rendition());
            assert!(matches!(result, Err(Error::Malformed(_))), "{name}, cut at {end} of {}: {result:?}", file.len());
        }
    }
}

#[test]
fn damaged_files_never_panic() {
    let mut dice = Dice(7);
    for name in NAMES {
        let file = file(&format!("{name}.heic"));
        for _ in 0..500 {
            let mut damaged = file.clone();
            for _ in 0..=dice.roll(4) {
                let at = dice.roll(file.len());
                damaged[at] = if dice.roll(3) == 0 { 0xFF } else { dice.roll(256) as u8 };
            }
            let result = compress(&damaged, &rendition());
            assert!(!matches!(result, Err(Error::Internal(_))), "{result:?}");
            probe(&damaged);
        }
    }
}
