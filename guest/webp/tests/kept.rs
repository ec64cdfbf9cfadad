//! WebPs of WebPs, without a change of any pixel: what a host stores where a picture gets no smaller.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that panics says where it failed")]
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

use std::io::Cursor;
use std::path::Path;

use image_webp::WebPDecoder;
use sandpress_raster::{Error, Metadata, Output, Rendition, RequestedQuality, Setting, Value, compress};
use sandpress_webp::Webp;

/// Lossy and lossless, with opacity and without, with metadata, and animated.
fn files() -> Vec<(String, Vec<u8>)> {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/formats");
    let names = std::fs::read_dir(&formats).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".webp")).collect();
    names.sort();
    assert!(names.len() >= 5 && names.iter().any(|name| name == "animation.webp"), "{names:?}");
    names.into_iter().map(|name| (name.clone(), std::fs::read(formats.join(name)).unwrap())).collect()
}

fn rendition(metadata: Metadata) -> Rendition {
    Rendition {
        media_type: "image/webp".into(),
        quality: RequestedQuality::Lossless,
        resize: None,
        max_bytes: None,
        metadata,
        settings: vec![Setting { name: "verify".into(), value: Value::Flag(true) }],
    }
}

fn lossless(input: &[u8], metadata: Metadata) -> Output {
    compress::<Webp>(input.to_vec(), &[rendition(metadata)]).unwrap().remove(0)
}

/// The name of each chunk and its data.
fn chunks(mut rest: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut chunks = Vec::new();
    while let Some((header, after)) = rest.split_at_checked(8) {
        let len = u32::from_le_bytes(header[4..].try_into().unwrap()) as usize;
        chunks.push((header[..4].try_into().unwrap(), after[..len].to_vec()));
        rest = after.get(len.next_multiple_of(2)..).unwrap_or_default();
    }
    chunks
}

fn data(file: &[u8], name: &[u8; 4]) -> Option<Vec<u8>> {
    chunks(&file[12..]).into_iter().find(|(other, _)| other == name).map(|(_, data)| data)
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = [name, &(data.len() as u32).to_le_bytes()[..], data].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF", &(4 + chunks.len() as u32).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

/// All pixels, of every frame with how long it is seen.
fn pixels(webp: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    let mut samples = vec![0; decoder.output_buffer_size().unwrap()];
    if !decoder.is_animated() {
        decoder.read_image(&mut samples).unwrap();
        return vec![(0, samples)];
    }
    let mut frames = Vec::new();
    while let Ok(duration) = decoder.read_frame(&mut samples) {
        frames.push((duration, samples.clone()));
    }
    assert_eq!(frames.len(), decoder.num_frames() as usize);
    frames
}

const EXIF: [&[u8]; 5] = [
    b"II*\0\x08\0\0\0\x03\0",
    b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0",
    b"\x3B\x01\x02\0\x04\0\0\0Ann\0",
    b"\x25\x88\x04\0\x01\0\0\0\x32\0\0\0",
    b"\0\0\0\0\0\0\0\0\0\0GPS-POSITION",
];

/// The same picture with a profile; EXIF that says that it is turned, by whom it is, and where it was taken; XMP; a chunk that
/// nobody knows; and more behind the end.
fn with_metadata(file: &[u8]) -> Vec<u8> {
    let decoder = WebPDecoder::new(Cursor::new(file)).unwrap();
    let (width, height) = decoder.dimensions();
    let own = [(0x10, decoder.has_alpha()), (2, decoder.is_animated())];
    let flags = 0x2C | own.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).sum::<u8>();
    let (width, height) = ((width - 1).to_le_bytes(), (height - 1).to_le_bytes());
    let mut all = vec![chunk(b"VP8X", &[&[flags, 0, 0, 0], &width[..3], &height[..3]].concat())];
    all.push(chunk(b"ICCP", b"a profile that nobody reads"));
    for (name, mut data) in chunks(&file[12..]) {
        match &name {
            b"ANMF" => data.extend(chunk(b"WHAT", b"is in a frame?")),
            b"ALPH" | b"VP8 " | b"VP8L" | b"ANIM" => {}
            _ => continue,
        }
        all.push(chunk(&name, &data));
    }
    all.push(chunk(b"EXIF", &EXIF.concat()));
    all.push(chunk(b"XMP ", b"<x:xmpmeta/>"));
    all.push(chunk(b"WHAT", b"is this?"));
    [riff(&all), b"behind".to_vec()].concat()
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
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
fn what_is_lossy_or_animated_stays_as_it_is_coded() {
    let mut seen = 0;
    for (name, input) in files() {
        let made = lossless(&input, Metadata::Strip).bytes;
        for kind in [b"VP8 ", b"ANMF", b"ANIM"] {
            if let Some(coded) = data(&input, kind) {
                assert!(data(&made, kind) == Some(coded), "{name}");
                assert!(data(&made, b"ALPH") == data(&input, b"ALPH"), "{name}");
                assert_eq!(data(&made, b"VP8X").is_some(), chunks(&made[12..]).len() > 1, "{name}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn metadata_stay_as_the_policy_says() {
    for (name, input) in files() {
        let input = with_metadata(&input);
        for (metadata, [artist, place, xmp]) in
            [(Metadata::Strip, [false; 3]), (Metadata::Copyright, [true, false, false]), (Metadata::Keep, [true; 3])]
        {
            let output = lossless(&input, metadata);
            let made = output.bytes;
            let found = [b"Ann\0".as_slice(), b"GPS-", b"xmpmeta"].map(|text| has(&made, text));
            assert_eq!(found, [artist, place, xmp], "{name}, {metadata:?}");
            // Colours are no metadata.
            assert!(data(&made, b"ICCP") == data(&input, b"ICCP"), "{name}");
            assert!(!has(&made, b"WHAT") && !has(&made, b"behind"), "{name}");
            let flags = data(&made, b"VP8X").unwrap()[0];
            let there = |kind: &[u8; 4]| data(&made, kind).is_some();
            let said = [flags & 0x20 != 0, flags & 8 != 0, flags & 4 != 0, flags & 2 != 0];
            assert_eq!(said, [there(b"ICCP"), there(b"EXIF"), there(b"XMP "), there(b"ANIM")], "{name}");
            assert!(pixels(&made) == pixels(&input), "{name}");
            assert!(made.len() <= input.len(), "{name}");
            let dropped = output.notes.iter().find(|note| note.name == "dropped").map(|note| &note.value);
            let expected = (metadata != Metadata::Keep).then(|| Value::Text("exif, xmp".into()));
            assert_eq!(dropped, expected.as_ref(), "{name}, {metadata:?}");
        }
    }
}

#[test]
fn viewers_that_turn_a_picture_go_on_to_turn_one_that_stays_as_it_is() {
    let (_, lossy) = files().into_iter().find(|(name, _)| name == "lossy.webp").unwrap();
    let made = lossless(&with_metadata(&lossy), Metadata::Strip).bytes;
    // One entry, the orientation, and no second directory.
    let exif = [b"II*\0\x08\0\0\0\x01\0", EXIF[1], &[0; 4]].concat();
    assert_eq!(data(&made, b"EXIF"), Some(exif));
}

#[test]
fn a_file_without_its_last_byte_gets_no_longer() {
    for (name, input) in files() {
        let Some(image) = data(&input, b"VP8 ").filter(|_| data(&input, b"VP8X").is_none()) else { continue };
        // Whatever follows the image data, decoders ignore it.
        let odd = [&image[..], b"x"].concat();
        let odd = if odd.len() % 2 == 1 { odd } else { image };
        let mut file = riff(&[chunk(b"VP8 ", &odd)]);
        file.pop();
        let len = file.len() as u32 - 8;
        file[4..8].copy_from_slice(&len.to_le_bytes());
        assert!(lossless(&file, Metadata::Strip).bytes == file, "{name}");
    }
}

#[test]
fn a_budget_that_nothing_fits_is_refused() {
    for (name, input) in files() {
        let result = compress::<Webp>(input, &[Rendition { max_bytes: Some(25), ..rendition(Metadata::Strip) }]);
        assert!(matches!(result, Err(Error::BadRequest(_))), "{name}");
    }
}

#[test]
fn damage_is_found_all_the_same() {
    for (name, input) in files() {
        for len in (0..input.len()).step_by(7) {
            let result = compress::<Webp>(input[..len].to_vec(), &[rendition(Metadata::Strip)]);
            assert!(matches!(result, Err(Error::Malformed(_))), "{name}, {len} bytes");
        }
        // The picture ends too early, and the container says so too.
        let coded = |(kind, _): &([u8; 4], _)| matches!(kind, b"VP8 " | b"VP8L");
        let (still, frame) = (chunks(&input[12..]), data(&input, b"ANMF"));
        let inside = frame.as_ref().map(|frame| chunks(&frame[16..]));
        let (kind, data) = still.into_iter().chain(inside.unwrap_or_default()).find(coded).unwrap();
        let cut = chunk(&kind, &data[..data.len() / 4 * 2]);
        let file = match frame {
            None => riff(&[cut]),
            Some(frame) => {
                let header = chunk(b"VP8X", &[&[0x12, 0, 0, 0], &frame[6..12]].concat());
                let first = [&[0; 6], &frame[6..16], &cut].concat();
                riff(&[header, chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &first), chunk(b"ANMF", &first)])
            }
        };
        let result = compress::<Webp>(file, &[rendition(Metadata::Strip)]);
        assert!(matches!(result, Err(Error::Malformed(_))), "{name}: {:?}", result.map(|_| "made"));
    }
}
