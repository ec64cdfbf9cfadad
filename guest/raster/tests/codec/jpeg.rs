//! JPEG in.

use crate::support::{self, Dice, compress, contain, jpeg, jpeg_of, picture, pixels, psnr, rendition};
use jpeg_encoder::{ColorType, SamplingFactor};
use sandpress_raster::{Error, Probed, Value, probe};

fn decoded(input: &[u8]) -> (usize, usize, Vec<u8>) {
    let (width, height, samples) = pixels(&compress(input, &rendition()).unwrap().bytes);
    (width, height, samples.into_iter().map(|sample| sample as u8).collect())
}

/// What zune-jpeg, a decoder of other people, makes of the same file.
fn decoded_elsewhere(input: &[u8]) -> Vec<u8> {
    zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(input)).decode().unwrap()
}

#[test]
fn all_ways_to_write_a_jpeg_give_the_same_picture() {
    use SamplingFactor::{R_4_1_1, R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
    let (width, height) = (117, 83);
    let original = picture(width, height);
    for sampling in [R_4_4_4, R_4_2_2, R_4_2_0, R_4_4_0, R_4_1_1] {
        for progressive in [false, true] {
            for restart in [0, 3] {
                let file = jpeg(width, height, |encoder| {
                    encoder.set_sampling_factor(sampling);
                    encoder.set_progressive(progressive);
                    encoder.set_restart_interval(restart);
                });
                let (w, h, samples) = decoded(&file);
                let what = format!("{sampling:?}, progressive {progressive}, restart {restart}");
                assert_eq!((w, h), (width, height), "{what}");
                let least = if sampling == R_4_4_4 { 34.0 } else { 25.0 };
                assert!(psnr(&samples, &original) > least, "{what}: {:.1} dB", psnr(&samples, &original));
            }
        }
    }
}

#[test]
fn another_decoder_agrees() {
    for sampling in [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_0] {
        let file = jpeg(160, 96, |encoder| encoder.set_sampling_factor(sampling));
        let agreement = psnr(&decoded(&file).2, &decoded_elsewhere(&file));
        assert!(agreement > 45.0, "{sampling:?}: {agreement:.1} dB");
    }
}

#[test]
fn grey_stays_grey() {
    let file = jpeg_of(&picture(40, 10), 40, 30, ColorType::Luma, |_| ());
    let output = compress(&file, &rendition()).unwrap();
    assert_eq!(pixels(&output.bytes).2.len(), 40 * 30);
    assert!(output.info.settings.iter().any(|s| s.name == "colour" && s.value == Value::Text("grey".into())));
}

/// A file whose three components are red, green and blue, without any marker that says so.
fn rgb_file(ids: [u8; 3], adobe_transform: Option<u8>) -> Vec<u8> {
    let mut file = jpeg_of(&picture(48, 48), 48, 48, ColorType::Ycbcr, |encoder| {
        encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    });
    // SOI, then JFIF's APP0 of 18 bytes.
    assert_eq!(file[2..4], [0xFF, 0xE0]);
    let marker = adobe_transform
        .map_or(Vec::new(), |transform| [&[0xFF, 0xEE, 0, 14][..], b"Adobe\0\x64\0\0\0\0", &[transform]].concat());
    file.splice(2..20, marker);
    let sof = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let sos = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    for (at, id) in ids.into_iter().enumerate() {
        file[sof + 10 + 3 * at] = id;
        file[sos + 5 + 2 * at] = id;
    }
    file
}

#[test]
fn what_the_components_mean_is_decided_as_libjpeg_decides_it() {
    let original = picture(48, 48);
    let table = [
        (*b"RGB", None, true),
        ([1, 2, 3], Some(0), true),
        (*b"RGB", Some(1), false),
        ([1, 2, 3], None, false),
        ([1, 2, 3], Some(1), false),
        ([7, 8, 9], None, false),
    ];
    for (ids, adobe, rgb) in table {
        let is_same = psnr(&decoded(&rgb_file(ids, adobe)).2, &original) > 35.0;
        assert_eq!(is_same, rgb, "ids {ids:?}, Adobe {adobe:?}");
    }
}

#[test]
fn what_cannot_be_shown_right_is_refused_by_name() {
    let with_sof = |sof: u8| {
        let mut file = jpeg(32, 32, |_| ());
        let at = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        file[at + 1] = sof;
        file
    };
    let twelve_bits = {
        let mut file = with_sof(0xC1);
        let at = file.windows(2).position(|pair| pair == [0xFF, 0xC1]).unwrap();
        file[at + 4] = 12;
        file
    };
    let table = [
        (with_sof(0xC9), "arithmetic"),
        (with_sof(0xC3), "lossless"),
        (with_sof(0xC5), "hierarchical"),
        (twelve_bits, "12 bits"),
    ];
    for (file, reason) in table {
        match compress(&file, &rendition()) {
            Err(Error::Unsupported(detail)) => assert!(detail.contains(reason), "{detail}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn a_cut_file_is_malformed_wherever_it_is_cut() {
    for progressive in [false, true] {
        let file = jpeg(40, 40, |encoder| {
            encoder.set_progressive(progressive);
            encoder.add_exif_metadata(&support::exif(6)).unwrap();
        });
        for end in 0..file.len() {
            let result = compress(&file[..end], &rendition());
            assert!(matches!(result, Err(Error::Malformed(_))), "cut at {end} of {}: {result:?}", file.len());
        }
    }
}

#[test]
fn a_cut_file_that_was_closed_is_malformed_too() {
    let file = jpeg(120, 120, |_| ());
    let sos = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    // The last bytes hold the last block's last bits: only what is missing before them can be told.
    for end in (sos + 14..file.len() - 8).step_by(7) {
        let closed = [&file[..end], &[0xFF, 0xD9]].concat();
        let result = compress(&closed, &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "closed at {end} of {}: {result:?}", file.len());
    }
}

#[test]
fn what_follows_the_image_is_ignored() {
    let file = jpeg(64, 64, |_| ());
    let longer = [&file[..], b"\xFF\xD8\xFF\xE0 a second picture, cut"].concat();
    assert_eq!(decoded(&longer), decoded(&file));
}

#[test]
fn fill_bytes_before_markers_change_nothing() {
    let file = jpeg(64, 64, |encoder| encoder.set_progressive(true));
    let mut filled = Vec::new();
    for (at, byte) in file.iter().enumerate() {
        if file[at..].starts_with(&[0xFF, 0xDA]) || file[at..].starts_with(&[0xFF, 0xD9]) {
            filled.extend([0xFF; 3]);
        }
        filled.push(*byte);
    }
    assert!(filled.len() > file.len());
    assert_eq!(decoded(&filled), decoded(&file));
}

#[test]
fn decoding_at_a_smaller_scale_is_not_seen() {
    let (width, height) = (640, 400);
    for progressive in [false, true] {
        let file = jpeg(width, height, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        });
        // The same pixels from a PNG, which is always decoded in full.
        let (.., samples) = decoded(&file);
        let mut info = png::Info::with_size(width as u32, height as u32);
        info.color_type = png::ColorType::Rgb;
        let full = support::png_of(&samples, info);
        for side in [150, 75, 38] {
            let at = |input: &[u8]| {
                let request = sandpress_raster::Rendition { resize: contain(side, side), ..rendition() };
                let (w, h, samples) = pixels(&compress(input, &request).unwrap().bytes);
                (w, h, samples.into_iter().map(|sample| sample as u8).collect::<Vec<_>>())
            };
            let ((w, h, scaled), (full_w, full_h, reference)) = (at(&file), at(&full));
            assert_eq!((w, h), (full_w, full_h));
            let likeness = psnr(&scaled, &reference);
            assert!(likeness > 30.0, "{side}, progressive {progressive}: {likeness:.1} dB");
        }
    }
}

#[test]
fn damaged_files_never_panic() {
    let mut dice = Dice(42);
    for progressive in [false, true] {
        let file = jpeg(90, 70, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_restart_interval(4);
        });
        for _ in 0..150 {
            let mut damaged = file.clone();
            for _ in 0..=dice.roll(4) {
                let at = dice.roll(damaged.len());
                damaged[at] = dice.roll(256) as u8;
            }
            let _ = compress(&damaged, &rendition());
            let _ = probe(&damaged);
        }
    }
}

#[test]
fn a_probe_sees_the_header_without_the_image() {
    let file = jpeg(123, 45, |encoder| {
        encoder.set_progressive(true);
        encoder.add_exif_metadata(&support::exif(5)).unwrap();
        encoder.add_icc_profile(&[7; 100_000]).unwrap();
    });
    let Probed::Known(info) = probe(&file) else { panic!("a whole file is known") };
    assert_eq!((info.width, info.height, info.orientation, info.frames), (123, 45, 5, 1));
    let flags: Vec<&str> = info.settings.iter().map(|setting| setting.name.as_str()).collect();
    assert_eq!(flags, ["icc-profile", "exif", "progressive", "colour", "subsampling"]);
}
