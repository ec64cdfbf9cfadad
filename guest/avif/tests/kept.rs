//! AVIFs of AVIFs, without a change of any pixel: what a host stores where a picture gets no smaller.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that panics says where it failed")]

use std::path::Path;

use sandpress_avif::{Avif, Settings};
use sandpress_png::Png;
use sandpress_raster::{
    Channels, Embedded, Encoder, Error, Image, Metadata, Output, Quality, Rendition, RequestedQuality, Samples,
    Setting, Value, compress,
};

/// Every structure that is read, but those of a high dynamic range, which no encoder takes.
fn files() -> Vec<(String, Vec<u8>)> {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/formats");
    let names = std::fs::read_dir(&formats).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| name.ends_with(".avif") && name != "animation.avif" && name != "pq.avif").collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names.into_iter().map(|name| (name.clone(), std::fs::read(formats.join(name)).unwrap())).collect()
}

fn rendition(media_type: &str, metadata: Metadata) -> Rendition {
    Rendition {
        media_type: media_type.into(),
        quality: RequestedQuality::Lossless,
        resize: None,
        max_bytes: None,
        metadata,
        settings: vec![Setting { name: "verify".into(), value: Value::Flag(true) }],
    }
}

fn lossless(input: &[u8], metadata: Metadata) -> Output {
    compress::<Avif>(input.to_vec(), &[rendition("image/avif", metadata)]).unwrap().remove(0)
}

/// As a PNG, with its colours.
fn pixels(avif: &[u8]) -> Vec<u8> {
    compress::<Png>(avif.to_vec(), &[rendition("image/png", Metadata::Strip)]).unwrap().remove(0).bytes
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

const EXIF: [&[u8]; 4] = [
    b"II*\0\x08\0\0\0\x02\0",
    b"\x3B\x01\x02\0\x04\0\0\0Ann\0",
    b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0",
    b"\0\0\0\0\0\0\0\0\0\0GPS-POSITION",
];

/// A picture with EXIF, an XMP packet and a box that nobody knows, and more behind all boxes.
fn with_metadata() -> Vec<u8> {
    let samples = (0..40 * 30 * 3_u32).map(|at| (at * at / 7 % 251) as u8).collect();
    let mut image = Image::new(40, 30, Channels::Rgb, Samples::Eight(samples)).unwrap();
    let xmp = b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">GPS-XMP</x:xmpmeta>".to_vec();
    image.embedded = Embedded { exif: Some(EXIF.concat()), xmp: Some(xmp), ..Embedded::default() };
    let file = Avif::encode(&image, Quality::Level(50.0), &Settings::default()).unwrap().bytes;
    [&file[..], b"\0\0\0\x10uuidGPS-UUID"].concat()
}

#[test]
fn no_pixel_changes_and_no_file_grows() {
    for (name, input) in files() {
        for metadata in [Metadata::Strip, Metadata::Copyright, Metadata::Keep] {
            let made = lossless(&input, metadata).bytes;
            assert!(made.len() <= input.len(), "{name}: {} bytes of {}", made.len(), input.len());
            assert!(pixels(&made) == pixels(&input), "{name}");
            assert!(lossless(&made, metadata).bytes == made, "{name}: a second time");
        }
    }
}

#[test]
fn metadata_stay_as_the_policy_says() {
    let input = [&with_metadata()[..], b"GPS"].concat();
    for (metadata, [artist, place]) in
        [(Metadata::Strip, [false; 2]), (Metadata::Copyright, [true, false]), (Metadata::Keep, [true; 2])]
    {
        let output = lossless(&input, metadata);
        assert_eq!([&b"Ann\0"[..], b"GPS"].map(|text| has(&output.bytes, text)), [artist, place], "{metadata:?}");
        let keeps_all = metadata == Metadata::Keep;
        assert_eq!(output.bytes.len(), input.len());
        assert!(pixels(&output.bytes) == pixels(&input), "{metadata:?}");
        let dropped = output.notes.iter().find(|note| note.name == "dropped").map(|note| &note.value);
        assert_eq!(dropped, (!keeps_all).then(|| Value::Text("exif, xmp".into())).as_ref(), "{metadata:?}");
    }
}

#[test]
fn damage_is_found_and_what_is_not_damaged_stays_as_it_is_seen() {
    let file = with_metadata();
    for len in 0..file.len() {
        match compress::<Avif>(file[..len].to_vec(), &[rendition("image/avif", Metadata::Strip)]) {
            Ok(outputs) => assert!(!has(&outputs[0].bytes, b"GPS"), "cut at {len}"),
            Err(Error::Malformed(_)) => {}
            Err(error) => panic!("cut at {len}: {error:?}"),
        }
    }
    for at in 0..file.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut damaged = file.clone();
            damaged[at] ^= bit;
            // `verify` compares what is made with what was damaged.
            let result = compress::<Avif>(damaged, &[rendition("image/avif", Metadata::Strip)]);
            assert!(!matches!(result, Err(Error::Internal(_))), "byte {at}: {:?}", result.map(|_| "made"));
        }
    }
}

#[test]
fn what_would_be_encoded_is_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/graphic.png");
    let png = std::fs::read(path).unwrap();
    let result = compress::<Avif>(png, &[rendition("image/avif", Metadata::Strip)]);
    assert!(matches!(result, Err(Error::BadRequest(_))), "{:?}", result.map(|_| "made"));
}
