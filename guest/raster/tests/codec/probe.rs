//! The contract's `probe`: any beginning of any file.

use crate::support::{Dice, exif, format_file, jpeg, png_of};
use sandpress_raster::{Probed, probe};

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let mut info = png::Info::with_size(20, 10);
    info.color_type = png::ColorType::Rgba;
    info.icc_profile = Some(vec![3; 5000].into());
    info.exif_metadata = Some(exif(8).into());
    let png = png_of(&[9; 20 * 10 * 4], info);
    let jpeg = jpeg(30, 20, |encoder| {
        encoder.add_exif_metadata(&exif(6)).unwrap();
        encoder.add_icc_profile(&[1; 70_000]).unwrap();
    });
    let files = [
        "lossy.webp",
        "lossless-alpha.webp",
        "metadata.webp",
        "offset.gif",
        "interlaced.gif",
        "alpha.avif",
        "metadata.avif",
        "grid.avif",
        "lossless-alpha.jxl",
        "sixteen.jxl",
        "parts.jxl",
        "metadata.jxl",
        "profile.jxl",
    ]
    .map(|name| (name, format_file(name)));
    [("jpeg", jpeg), ("png", png)].into_iter().chain(files).collect()
}

#[test]
fn every_beginning_is_answered_and_more_bytes_never_contradict() {
    for (name, file) in samples() {
        let Probed::Known(whole) = probe(&file) else { panic!("{name}: a whole file is known") };
        let mut known = false;
        for end in 0..=file.len() {
            match probe(&file[..end]) {
                Probed::Known(info) => {
                    assert_eq!(info, whole, "{name}, {end} bytes");
                    known = true;
                }
                Probed::NeedMore(bytes) => {
                    assert!(!known, "{name}: known before, not at {end} bytes");
                    assert!(bytes > end as u64, "{name}: {end} bytes given, {bytes} wanted");
                    assert!(bytes <= file.len() as u64, "{name}: {bytes} wanted of {}", file.len());
                }
                Probed::Unknown => panic!("{name}: unknown at {end} bytes"),
            }
        }
    }
}

#[test]
fn giving_what_is_asked_for_leads_to_the_answer_in_a_few_steps() {
    for (name, file) in samples() {
        let mut len = 0;
        let steps = (1..50).find(|_| match probe(&file[..len]) {
            Probed::NeedMore(bytes) => {
                len = usize::try_from(bytes).unwrap();
                false
            }
            _ => true,
        });
        assert!(steps.is_some_and(|steps| steps < 30), "{name}: {steps:?} steps");
        assert!(len < file.len(), "{name}: the image data is not needed");
    }
}

#[test]
fn noise_never_panics() {
    let mut dice = Dice(7);
    for magic in [
        &b""[..],
        &[0xFF, 0xD8, 0xFF],
        b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR",
        b"RIFF\xFF\0\0\0WEBPVP8",
        b"GIF89a\xFF\0\xFF\0\0\0\0",
        b"\xFF\x0A",
        b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ",
        b"\0\0\0\x14ftypavif\0\0\0\0avif\0\0\x01\0meta\0\0\0\0",
    ] {
        for _ in 0..2000 {
            let mut noise = magic.to_vec();
            noise.extend((0..dice.roll(300)).map(|_| if dice.roll(4) == 0 { 0xFF } else { dice.roll(256) as u8 }));
            probe(&noise);
        }
    }
}

#[test]
fn damaged_headers_never_panic() {
    let mut dice = Dice(99);
    for (_, file) in samples() {
        for _ in 0..600 {
            let mut damaged = file[..file.len().min(400)].to_vec();
            let at = dice.roll(damaged.len());
            damaged[at] = dice.roll(256) as u8;
            probe(&damaged);
        }
    }
}

#[test]
fn other_formats_are_unknown() {
    for head in [&b"RIFF\0\0\0\0WAVE"[..], b"hello", b"%PDF-1.7", b"\0\0\0\x18ftypisom"] {
        assert_eq!(probe(head), Probed::Unknown, "{head:?}");
    }
    assert_eq!(probe(b"\0\0\0\x18ftypheic") == Probed::Unknown, cfg!(not(feature = "heic")));
}
