//! Animations: what another decoder sees of each frame, and when.
#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

use std::io::Cursor;

use image_webp::{LoopCount, WebPDecoder};
use png::{BlendOp, DisposeOp};
use sandpress_raster::{
    Error, Fit, Metadata, Output, Probed, Rendition, RequestedQuality, Resize, Setting, Value, compress, probe,
};
use sandpress_webp::Webp;

const WIDTH: u32 = 40;
const HEIGHT: u32 = 30;

const CLEAR: [u8; 4] = [0; 4];
const RED: [u8; 4] = [200, 30, 40, 255];
const GREEN: [u8; 4] = [20, 160, 60, 255];
const BLUE: [u8; 4] = [20, 60, 180, 255];

/// Left, top, width, height.
type Area = (u32, u32, u32, u32);
type Pixels = Vec<[u8; 4]>;

const WHOLE: Area = (0, 0, WIDTH, HEIGHT);

/// A frame of an APNG, of one colour.
struct Part(Area, [u8; 4], BlendOp, DisposeOp, u16);

fn apng(parts: &[Part], plays: u32, prepare: impl FnOnce(&mut png::Info)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut info = png::Info::with_size(WIDTH, HEIGHT);
    info.color_type = png::ColorType::Rgba;
    prepare(&mut info);
    let mut encoder = png::Encoder::with_info(&mut file, info).unwrap();
    encoder.set_animated(parts.len() as u32, plays).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for (number, &Part((left, top, width, height), colour, blend, dispose, duration)) in parts.iter().enumerate() {
        if number > 0 {
            writer.set_frame_dimension(width, height).unwrap();
            writer.set_frame_position(left, top).unwrap();
        }
        writer.set_blend_op(blend).unwrap();
        writer.set_dispose_op(dispose).unwrap();
        writer.set_frame_delay(duration, 1000).unwrap();
        writer.write_image_data(&colour.repeat((width * height) as usize)).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// Three frames that cover each other.
fn simple(prepare: impl FnOnce(&mut png::Info)) -> Vec<u8> {
    use {BlendOp::Over, DisposeOp::None};
    let parts = [
        Part(WHOLE, RED, Over, None, 70),
        Part((10, 10, 8, 6), GREEN, Over, None, 30),
        Part((3, 5, 30, 20), BLUE, Over, None, 2000),
    ];
    apng(&parts, 3, prepare)
}

/// Areas of one colour, the later ones over the earlier ones.
fn drawn(areas: &[(Area, [u8; 4])]) -> Pixels {
    let mut pixels = vec![CLEAR; (WIDTH * HEIGHT) as usize];
    for &((left, top, width, height), colour) in areas {
        for y in top..top + height {
            pixels[(y * WIDTH + left) as usize..][..width as usize].fill(colour);
        }
    }
    pixels
}

fn rendition(quality: RequestedQuality) -> Rendition {
    Rendition {
        media_type: "image/webp".into(),
        quality,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Keep,
        settings: Vec::new(),
    }
}

fn make(file: &[u8], rendition: Rendition) -> Result<Output, Error> {
    Ok(compress::<Webp>(file.to_vec(), &[rendition])?.remove(0))
}

fn lossless(file: &[u8]) -> Output {
    make(file, rendition(RequestedQuality::Lossless)).unwrap()
}

/// Size, and each frame with its duration.
fn decode(webp: &[u8]) -> ((u32, u32), Vec<(Pixels, u32)>) {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    assert!(decoder.is_animated(), "a still picture");
    let mut samples = vec![0; decoder.output_buffer_size().unwrap()];
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let frames = (0..decoder.num_frames()).map(|_| {
        let duration = decoder.read_frame(&mut samples).unwrap();
        let pixel = |p: &[u8]| match p.get(3) {
            Some(0) => CLEAR,
            opacity => [p[0], p[1], p[2], opacity.copied().unwrap_or(255)],
        };
        (samples.chunks_exact(channels).map(pixel).collect(), duration)
    });
    let frames = frames.collect();
    (decoder.dimensions(), frames)
}

/// What the decoder errs by where one frame is blended over another.
const ROUNDED: u8 = 1;

fn assert_alike(frames: &[(Pixels, u32)], expected: &[(Pixels, u32)]) {
    let durations = |frames: &[(Pixels, u32)]| frames.iter().map(|(_, duration)| *duration).collect::<Vec<_>>();
    assert_eq!(durations(frames), durations(expected));
    for (number, ((actual, _), (expected, _))) in frames.iter().zip(expected).enumerate() {
        let difference = difference(actual, expected);
        assert!(difference <= ROUNDED, "frame {number} differs by {difference}");
    }
}

/// The farthest that a sample is away from another one.
fn difference(a: &Pixels, b: &Pixels) -> u8 {
    assert_eq!(a.len(), b.len());
    a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

fn plays(webp: &[u8]) -> u16 {
    match WebPDecoder::new(Cursor::new(webp)).unwrap().loop_count() {
        LoopCount::Forever => 0,
        LoopCount::Times(times) => times.get(),
    }
}

fn image(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/images/formats/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_frame_is_seen_as_it_was_and_as_long() {
    let output = lossless(&simple(|_| {}));
    let (whole, small, large) = ((WHOLE, RED), ((10, 10, 8, 6), GREEN), ((3, 5, 30, 20), BLUE));
    let expected = [(drawn(&[whole]), 70), (drawn(&[whole, small]), 30), (drawn(&[whole, small, large]), 2000)];
    let (size, frames) = decode(&output.bytes);
    assert_eq!(size, (WIDTH, HEIGHT));
    assert_alike(&frames, &expected);
    assert_eq!(plays(&output.bytes), 3);
    assert_eq!((output.info.width, output.info.height, output.info.frames), (WIDTH, HEIGHT, 3));

    // Once more, from what was made.
    let again = lossless(&output.bytes);
    assert_alike(&decode(&again.bytes).1, &frames);
    assert_eq!(plays(&again.bytes), 3);
}

#[test]
fn areas_are_disposed_of_and_replaced() {
    let parts = [
        Part(WHOLE, RED, BlendOp::Source, DisposeOp::None, 10),
        Part((2, 3, 5, 7), GREEN, BlendOp::Over, DisposeOp::Background, 20),
        Part((9, 3, 5, 7), BLUE, BlendOp::Over, DisposeOp::Previous, 30),
        Part((20, 20, 9, 4), CLEAR, BlendOp::Source, DisposeOp::None, 40),
        Part((20, 20, 1, 1), CLEAR, BlendOp::Over, DisposeOp::None, 50),
        Part((0, 0, 3, 2), BLUE, BlendOp::Over, DisposeOp::None, 60),
    ];
    let (red, hole, other) = ((WHOLE, RED), ((2, 3, 5, 7), CLEAR), ((20, 20, 9, 4), CLEAR));
    let expected = vec![
        (drawn(&[red]), 10),
        (drawn(&[red, ((2, 3, 5, 7), GREEN)]), 20),
        (drawn(&[red, hole, ((9, 3, 5, 7), BLUE)]), 30),
        // The next frame changes nothing, so it is a longer one.
        (drawn(&[red, hole, other]), 90),
        (drawn(&[red, hole, other, ((0, 0, 3, 2), BLUE)]), 60),
    ];
    let output = lossless(&apng(&parts, 0, |_| {}));
    let (_, frames) = decode(&output.bytes);
    assert_alike(&frames, &expected);
    assert_eq!(plays(&output.bytes), 0);
    assert!(output.info.has_alpha);
}

#[test]
fn frames_that_are_all_the_same_are_a_picture() {
    let parts = [5, 6, 7].map(|duration| Part(WHOLE, RED, BlendOp::Source, DisposeOp::None, duration));
    for quality in [RequestedQuality::Lossless, RequestedQuality::Level(80.0)] {
        let output = make(&apng(&parts, 0, |_| {}), rendition(quality)).unwrap();
        assert_eq!((output.info.frames, output.info.has_alpha), (1, false));
        assert!(!WebPDecoder::new(Cursor::new(output.bytes)).unwrap().is_animated());
    }
}

#[test]
fn a_gif_says_how_long_and_how_often() {
    let file = image("animation.gif");
    let control = b"\x21\xf9\x04";
    let places: Vec<_> = (0..file.len() - 3).filter(|&at| file[at..].starts_with(control)).collect();
    assert_eq!(places.len(), 3);
    // Hundredths of a second, and what they are as browsers show it.
    for (delays, expected) in
        [([0, 1, 2], [100, 100, 20]), ([10, 300, 7], [100, 3000, 70]), ([65_535; 3], [655_350; 3])]
    {
        let mut file = file.clone();
        for (&at, delay) in places.iter().zip(delays) {
            file[at + 4..at + 6].copy_from_slice(&u16::to_le_bytes(delay));
        }
        let (size, frames) = decode(&lossless(&file).bytes);
        assert_eq!(size, (47, 35));
        assert_eq!(frames.iter().map(|(_, duration)| *duration).collect::<Vec<_>>(), expected);
        // The second one is the first one turned by half, the third one is the first one.
        let turned: Pixels = frames[1].0.iter().rev().copied().collect();
        assert!(difference(&frames[0].0, &turned) <= ROUNDED, "the second frame");
        assert!(difference(&frames[0].0, &frames[2].0) <= ROUNDED, "the third frame");
    }

    let looping =
        |repeats: u16| [b"\x21\xff\x0bNETSCAPE2.0\x03\x01".as_slice(), &repeats.to_le_bytes(), b"\0"].concat();
    assert_eq!(plays(&lossless(&file).bytes), 1);
    for (repeats, expected) in [(0, 0), (1, 2), (7, 8), (65_535, 65_535)] {
        let at = places[0];
        let file = [&file[..at], &looping(repeats), &file[at..]].concat();
        assert_eq!(plays(&lossless(&file).bytes), expected, "repeated {repeats} times");
    }
}

#[test]
fn a_lossy_animation_is_near_and_fits_its_box_and_its_budget() {
    for name in ["animation.gif", "animation.webp"] {
        let file = image(name);
        let (_, exact) = decode(&lossless(&file).bytes);
        let lossy = make(&file, rendition(RequestedQuality::Level(90.0))).unwrap();
        let (_, frames) = decode(&lossy.bytes);
        assert_eq!(frames.len(), exact.len(), "{name}");
        for ((near, _), (exact, _)) in frames.iter().zip(&exact) {
            let differences = near.iter().zip(exact).map(|(near, exact)| {
                (0..3).map(|at| u32::from(near[at].abs_diff(exact[at])) * u32::from(exact[3]) / 255).sum::<u32>()
            });
            let mean = f64::from(differences.sum::<u32>()) / (3 * exact.len()) as f64;
            assert!(mean < 12.0, "{name}: {mean}");
        }

        let resize = Some(Resize { width: Some(20), height: Some(20), fit: Fit::Cover });
        let small = make(&file, Rendition { resize, ..rendition(RequestedQuality::Default) }).unwrap();
        let (size, frames) = decode(&small.bytes);
        assert_eq!((size, frames.len()), ((20, 20), 3), "{name}");

        let most = lossy.bytes.len() as u64 * 2 / 3;
        let tight =
            make(&file, Rendition { max_bytes: Some(most), ..rendition(RequestedQuality::Level(90.0)) }).unwrap();
        assert!(tight.bytes.len() as u64 <= most, "{name}: {} bytes", tight.bytes.len());
        assert_eq!(decode(&tight.bytes).1.len(), 3, "{name}");
        assert!(tight.notes.iter().any(|note| note.name == "tries"));
        let none = make(&file, Rendition { max_bytes: Some(60), ..rendition(RequestedQuality::Default) });
        assert!(matches!(none, Err(Error::BadRequest(_))), "{name}: {none:?}");
    }
}

#[test]
fn near_lossless_animations_are_smaller() {
    let file = image("animation.png");
    let settings = vec![Setting { name: "near-lossless".into(), value: Value::Integer(20) }];
    let near = make(&file, Rendition { settings, ..rendition(RequestedQuality::Lossless) }).unwrap();
    assert_eq!(near.info.frames, 3);
    assert!(near.bytes.len() < lossless(&file).bytes.len());
}

/// Big-endian TIFF with one directory of one entry: tag 0x0112, a SHORT, one of it.
fn orientation(orientation: u8) -> Vec<u8> {
    [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"].concat()
}

#[test]
fn an_animation_is_turned_upright_and_keeps_what_the_policy_says() {
    let file = simple(|info| {
        info.exif_metadata = Some(orientation(6).into());
        info.utf8_text.push(png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", "<x:xmpmeta/>"));
    });
    let output = lossless(&file);
    assert_eq!((output.info.width, output.info.height, output.info.frames), (HEIGHT, WIDTH, 3));
    let ((width, _), frames) = decode(&output.bytes);
    // The column `x` from the left is now the row `x`, and the row `y` from the top the column `y` from the right.
    let at = |x: u32, y: u32| frames[1].0[(x * width + (HEIGHT - 1 - y)) as usize];
    let seen = vec![at(10, 10), at(17, 15), at(18, 15), at(10, 16)];
    assert!(difference(&seen, &vec![GREEN, GREEN, RED, RED]) <= ROUNDED, "{seen:?}");
    let mut decoder = WebPDecoder::new(Cursor::new(&output.bytes)).unwrap();
    assert_eq!(decoder.xmp_metadata().unwrap().unwrap(), b"<x:xmpmeta/>");

    let stripped = Rendition { metadata: Metadata::Strip, ..rendition(RequestedQuality::Lossless) };
    let stripped = make(&file, stripped).unwrap();
    let mut decoder = WebPDecoder::new(Cursor::new(&stripped.bytes)).unwrap();
    assert_eq!((decoder.exif_metadata().unwrap(), decoder.xmp_metadata().unwrap()), (None, None));
    assert_eq!(decode(&stripped.bytes), decode(&output.bytes));
}

#[test]
fn a_first_image_that_is_no_frame_is_not_seen() {
    // Without its first frame's header, which is the first chunk of that name, the image is no part of the animation.
    let file = simple(|_| {});
    let at = file.windows(4).position(|name| name == b"fcTL").unwrap() - 4;
    let mut cut = [&file[..at], &file[at + 38..]].concat();
    // One frame fewer, and each sequence number one less.
    let control = cut.windows(4).position(|name| name == b"acTL").unwrap();
    cut[control + 7] = 2;
    for at in 0..cut.len() - 8 {
        if cut[at..].starts_with(b"fcTL") || cut[at..].starts_with(b"fdAT") {
            cut[at + 7] -= 1;
        }
    }
    mend(&mut cut);
    let (_, frames) = decode(&lossless(&cut).bytes);
    let (small, large) = (((10, 10, 8, 6), GREEN), ((3, 5, 30, 20), BLUE));
    assert_alike(&frames, &[(drawn(&[small]), 30), (drawn(&[small, large]), 2000)]);
}

/// Gives every chunk of a PNG the checksum that its data have.
fn mend(file: &mut [u8]) {
    let mut at = 8;
    while at < file.len() {
        let len = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let mut crc = u32::MAX;
        for &byte in &file[at + 4..at + 8 + len] {
            crc ^= u32::from(byte);
            (0..8).for_each(|_| crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 });
        }
        file[at + 8 + len..at + 12 + len].copy_from_slice(&(!crc).to_be_bytes());
        at += 12 + len;
    }
}

#[test]
fn an_animation_that_is_too_long_is_refused_before_it_is_decoded() {
    let mut file = simple(|_| {});
    let control = file.windows(4).position(|name| name == b"acTL").unwrap();
    for claimed in [2_000_000_u32, u32::MAX] {
        file[control + 4..control + 8].copy_from_slice(&claimed.to_be_bytes());
        mend(&mut file);
        assert!(matches!(probe(&file), Probed::Known(info) if info.frames == claimed));
        match make(&file, rendition(RequestedQuality::Default)) {
            Err(Error::OverLimit(detail)) => assert!(detail.contains("2147 are the limit"), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_animation_that_is_cut_or_damaged_is_refused_or_made() {
    for file in [simple(|_| {}), image("animation.gif"), image("animation.webp")] {
        for len in (0..file.len()).step_by(41).chain([file.len() - 1]) {
            let cut = make(&file[..len], rendition(RequestedQuality::Lossless));
            assert!(matches!(cut, Err(Error::Malformed(_) | Error::Unsupported(_))), "{len} bytes: {cut:?}");
        }
        for at in (0..file.len()).step_by(7) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x55;
            let made = make(&damaged, rendition(RequestedQuality::Level(50.0)));
            assert!(!matches!(made, Err(Error::Internal(_) | Error::BadRequest(_))), "byte {at}: {made:?}");
        }
    }
}
