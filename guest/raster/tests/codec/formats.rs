//! One picture in every way to write it: read as other decoders read it, and refused where it is damaged.

use crate::support::{Dice, compress, format_files, keeping, pixels, rendition, seen_elsewhere};
use sandpress_raster::{Error, Probed, probe};

/// Those that can be read.
fn readable() -> impl Iterator<Item = (String, Vec<u8>)> {
    format_files().into_iter().filter(|(name, _)| seen_elsewhere(name).is_some())
}

#[test]
fn every_file_is_read_as_other_decoders_read_it() {
    let mut count = 0;
    for (name, file) in readable() {
        // Other decoders leave colours as they are stored.
        let output = compress(&file, &keeping()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let ((width, height, samples), expected) = (pixels(&output.bytes), pixels(&seen_elsewhere(&name).unwrap()));
        assert_eq!((width, height, samples.len()), (expected.0, expected.1, expected.2.len()), "{name}");
        let most = match name.as_str() {
            // The same bits as libwebp's so far, but the last step from YCbCr to RGB is the decoder's own.
            "lossy.webp" | "lossy-alpha.webp" | "metadata.webp" => 2,
            // We round, as browsers do, and Pillow does not.
            "sixteen.bmp" => 1,
            // Pillow rounds what an ink takes, and not what it leaves.
            "cmyk.tif" => 1,
            // Pillow does not round when it divides by the opacity.
            "associated-alpha.tif" => 1,
            // libavif computes with fewer bits, most so between samples of colour.
            "444.avif" | "bt709.avif" | "bt2020.avif" | "display-p3.avif" | "grid.avif" => 1,
            "420.avif" | "422.avif" | "alpha.avif" | "limited-range.avif" | "metadata.avif" => 3,
            _ if name.starts_with("turned-") => 4,
            // It rounds to 10 or 12 bits.
            "lossy-10.avif" => 65_535 / 1023 / 2,
            "lossy-12.avif" => 65_535 / 4095 / 2,
            // A step of what is multiplied by an opacity of 15 is 17 steps of what is not.
            "premultiplied.avif" => 17,
            // libjxl spreads what it rounds; the last step of a JPEG inside is another decoder's.
            "jpeg.jxl" => 3,
            _ if name.starts_with("lossy") && name.ends_with(".jxl") => 1,
            "boxed.jxl" | "parts.jxl" | "display-p3.jxl" => 1,
            _ => 0,
        };
        let difference = samples.iter().zip(&expected.2).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(difference <= Some(most), "{name}: differs by {difference:?}");
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn a_probe_says_what_comes_out() {
    for (name, file) in readable() {
        let Probed::Known(info) = probe(&file) else { panic!("{name}: a whole file is known") };
        let output = compress(&file, &rendition()).unwrap().info;
        let seen = if info.orientation < 5 { (info.width, info.height) } else { (info.height, info.width) };
        assert_eq!(seen, (output.width, output.height), "{name}");
        assert_eq!(info.has_alpha, output.has_alpha, "{name}");
        let bits = if info.bits_per_channel > 8 { 16 } else { 8 };
        assert_eq!(output.bits_per_channel, bits, "{name}");
        assert!(info.frames <= 1, "{name}");
    }
}

#[test]
fn a_cut_file_is_malformed_wherever_it_is_cut() {
    for (name, file) in readable() {
        for end in 0..file.len() {
            let result = compress(&file[..end], &rendition());
            assert!(matches!(result, Err(Error::Malformed(_))), "{name}, cut at {end} of {}: {result:?}", file.len());
        }
    }
}

#[test]
fn what_follows_the_image_is_ignored() {
    for (name, file) in readable() {
        let longer = [&file[..], b"\0\x3B something else"].concat();
        assert_eq!(compress(&longer, &rendition()), compress(&file, &rendition()), "{name}");
    }
}

#[test]
fn damaged_files_never_panic() {
    let mut dice = Dice(5);
    for (_, file) in format_files() {
        for round in 0..300 {
            let mut damaged = file.clone();
            // Most of what matters is at the beginning.
            let reach = if round % 2 == 0 { file.len().min(100) } else { file.len() };
            for _ in 0..=dice.roll(4) {
                let at = dice.roll(reach);
                damaged[at] = if dice.roll(3) == 0 { 0xFF } else { dice.roll(256) as u8 };
            }
            let result = compress(&damaged, &rendition());
            assert!(!matches!(result, Err(Error::Internal(_))), "{result:?}");
            probe(&damaged);
        }
    }
}
