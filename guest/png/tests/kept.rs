//! PNGs of PNGs, without a change of any pixel: what a host stores where a picture gets no smaller.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that panics says where it failed")]
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

use std::io::Cursor;
use std::path::Path;

use flate2::Crc;
use png::{ColorType, DecodeOptions, Decoder};
use sandpress_png::Png;
use sandpress_raster::{Error, Metadata, Output, Probed, Rendition, RequestedQuality, Setting, Value, compress, probe};

fn rendition(metadata: Metadata) -> Rendition {
    Rendition {
        media_type: "image/png".into(),
        quality: RequestedQuality::Lossless,
        resize: None,
        max_bytes: None,
        metadata,
        settings: vec![
            Setting { name: "verify".into(), value: Value::Flag(true) },
            Setting { name: "effort".into(), value: Value::Integer(1) },
        ],
    }
}

fn lossless(input: &[u8], metadata: Metadata) -> Output {
    compress::<Png>(input.to_vec(), &[rendition(metadata)]).unwrap().remove(0)
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checksum = Crc::new();
    checksum.update(kind);
    checksum.update(data);
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &checksum.sum().to_be_bytes()].concat()
}

/// The kind of each chunk and all of it. Every checksum is right, and nothing is behind the end.
fn chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut rest = &file[8..];
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let len = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let kind = rest[4..8].try_into().unwrap();
        let (whole, after) = rest.split_at(12 + len);
        assert!(chunk(&kind, &whole[8..8 + len]) == whole, "the checksum of {}", kind.escape_ascii());
        chunks.push((kind, whole.to_vec()));
        rest = after;
    }
    assert_eq!(chunks.last().unwrap().0, *b"IEND");
    chunks
}

fn kinds(file: &[u8]) -> Vec<String> {
    let mut kinds: Vec<_> = chunks(file).iter().map(|(kind, _)| kind.escape_ascii().to_string()).collect();
    kinds.dedup();
    kinds
}

/// Chunks before the image data, and behind them.
fn with(file: &[u8], before: &[Vec<u8>], behind: &[Vec<u8>]) -> Vec<u8> {
    let mut out = file[..8].to_vec();
    let mut is_before = true;
    for (kind, whole) in chunks(file) {
        if kind == *b"IDAT" && is_before {
            out.extend(before.concat());
            is_before = false;
        }
        if kind == *b"IEND" {
            out.extend(behind.concat());
        }
        out.extend(whole);
    }
    out
}

/// All pixels, of every frame.
fn pixels(file: &[u8]) -> Vec<Vec<u8>> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    let mut reader = Decoder::new_with_options(Cursor::new(file), options).read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let frames = reader.info().animation_control.map_or(1, |control| control.num_frames);
    let frames = (0..frames).map(|_| {
        reader.next_frame(&mut samples).unwrap();
        [format!("{:?}", reader.info().frame_control).into_bytes(), samples.clone()].concat()
    });
    frames.collect()
}

/// A picture that is made with more effort than [`rendition`] allows, and turned so that rows are alike: what is made anew is larger.
fn smallest() -> Vec<u8> {
    let effort = Setting { name: "effort".into(), value: Value::Integer(4) };
    let request = Rendition { settings: vec![effort], ..rendition(Metadata::Strip) };
    compress::<Png>(with(&image("graphic.png"), &[chunk(b"eXIf", &EXIF.concat())], &[]), &[request])
        .unwrap()
        .remove(0)
        .bytes
}

fn image(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images").join(name)).unwrap()
}

fn animation() -> Vec<u8> {
    image("formats/animation.png")
}

/// A turned picture of Ann's, and where it was taken.
const EXIF: [&[u8]; 5] = [
    b"II*\0\x08\0\0\0\x03\0",
    b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0",
    b"\x3B\x01\x02\0\x04\0\0\0Ann\0",
    b"\x25\x88\x04\0\x01\0\0\0\x32\0\0\0",
    b"\0\0\0\0\0\0\0\0\0\0GPS-POSITION",
];

/// EXIF, texts of every kind, a time, and chunks that nobody knows; and what says how colours and size are seen.
fn metadata() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let before = vec![
        chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        chunk(b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]),
        chunk(b"eXIf", &EXIF.concat()),
        chunk(b"tEXt", b"Comment\0GPS-TEXT"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0GPS-XMP"),
        chunk(b"prVt", b"GPS-PRIVATE"),
        chunk(b"tIME", &[7, 230, 1, 1, 0, 0, 0]),
    ];
    let behind = vec![chunk(b"tEXt", b"Author\0GPS-BEHIND"), chunk(b"iTXt", b"Title\0\0\0\0\0GPS-TITLE")];
    (before, behind)
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn dropped(output: &Output) -> Option<&Value> {
    output.notes.iter().find(|note| note.name == "dropped").map(|note| &note.value)
}

fn orientation(file: &[u8]) -> u8 {
    match probe(file) {
        Probed::Known(info) => info.orientation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_as_small_as_it_gets_loses_its_metadata_and_nothing_else() {
    let (before, behind) = metadata();
    for bare in [smallest(), animation()] {
        let input = with(&bare, &before, &behind);
        let behind_the_end = [&input[..], b"GPS-END"].concat();
        for (metadata, artist) in [(Metadata::Strip, false), (Metadata::Copyright, true)] {
            let output = lossless(&behind_the_end, metadata);
            assert!(has(&input, b"GPS-") && !has(&output.bytes, b"GPS-"), "{metadata:?}");
            assert_eq!(has(&output.bytes, b"Ann\0"), artist, "{metadata:?}");
            assert!(pixels(&output.bytes) == pixels(&input), "{metadata:?}");
            assert_eq!((orientation(&input), orientation(&output.bytes)), (6, 6));
            let mut expected = kinds(&input);
            expected.retain(|kind| !["tEXt", "iTXt", "prVt", "tIME"].contains(&kind.as_str()));
            assert_eq!(kinds(&output.bytes), expected, "{metadata:?}");
            assert_eq!(dropped(&output), Some(&Value::Text("exif, xmp, text".into())), "{metadata:?}");
            assert!(lossless(&output.bytes, metadata).bytes == output.bytes, "a second time");
        }
        let output = lossless(&behind_the_end, Metadata::Strip);
        assert_eq!(output.bytes.len(), bare.len() + 16 + 21 + 12 + 26, "gAMA, pHYs and an EXIF of the orientation");
    }
}

#[test]
fn an_animation_keeps_everything_where_the_policy_does() {
    let (before, behind) = metadata();
    let input = with(&animation(), &before, &behind);
    let output = lossless(&input, Metadata::Keep);
    assert!(output.bytes == input);
    assert_eq!(dropped(&output), None);
    let at = |quality| compress::<Png>(input.clone(), &[Rendition { quality, ..rendition(Metadata::Strip) }]);
    for quality in [RequestedQuality::Default, RequestedQuality::Level(80.0)] {
        assert!(matches!(at(quality), Err(Error::Unsupported(_))), "{quality:?}");
    }
}

#[test]
fn exif_that_turns_no_picture_stays_where_it_turns_none() {
    let input = with(&smallest(), &[], &[chunk(b"eXIf", &EXIF.concat())]);
    let output = lossless(&input, Metadata::Copyright);
    assert_eq!((orientation(&input), orientation(&output.bytes)), (1, 1));
    assert!(!has(&output.bytes, b"GPS-"));
}

#[test]
fn a_picture_that_gets_smaller_is_still_encoded_anew() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 64, 64);
    encoder.set_color(ColorType::Rgba);
    encoder.set_compression(png::Compression::Fastest);
    encoder.write_header().unwrap().write_image_data(&[200; 64 * 64 * 4]).unwrap();
    let (before, behind) = metadata();
    let output = lossless(&with(&file, &before, &behind), Metadata::Strip);
    assert!(output.bytes.len() < file.len());
    assert_eq!(output.info.orientation, 1);
}

#[test]
fn damage_is_found_all_the_same() {
    let (before, behind) = metadata();
    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, 8, 8);
    encoder.set_color(ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[7; 64]).unwrap();
    for bare in [small, animation()] {
        let file = with(&bare, &before, &behind);
        for len in (0..file.len()).step_by(3) {
            let result = compress::<Png>(file[..len].to_vec(), &[rendition(Metadata::Strip)]);
            assert!(matches!(result, Err(Error::Malformed(_))), "cut at {len}: {:?}", result.map(|_| "made"));
        }
        for at in (8..file.len()).step_by(3) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert!(compress::<Png>(damaged, &[rendition(Metadata::Strip)]).is_err(), "byte {at}");
        }
    }
}
