//! What the judge says of copies that are the same, worse, of another size, and broken.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use sandpress_judge::judge;
use sandpress_raster::{Error, Fit, Metadata, Output, Rendition, RequestedQuality, Resize, Setting, Value};

const PHOTO: &[u8] = include_bytes!("../../../tests/images/photo.jpg");
const TURNED: &[u8] = include_bytes!("../../../tests/images/rotated.jpg");
const ANIMATION: &[u8] = include_bytes!("../../../tests/images/formats/animation.gif");

type Pixel = [u8; 3];

fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> Pixel) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let pixels: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

fn pixels(png: &[u8]) -> (u32, u32, Vec<[u8; 4]>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    (info.width, info.height, samples.as_chunks().0.to_vec())
}

#[expect(clippy::cast_possible_truncation, reason = "at most 255")]
fn smooth(x: u32, y: u32) -> Pixel {
    [(x % 256) as u8, (y % 256) as u8, ((x * y / 64) % 256) as u8]
}

fn about(settings: Vec<(&str, Value)>, resize: Option<Resize>) -> Rendition {
    Rendition {
        media_type: "image/png".into(),
        quality: RequestedQuality::Default,
        resize,
        max_bytes: None,
        metadata: Metadata::Strip,
        settings: settings.into_iter().map(|(name, value)| Setting { name: name.into(), value }).collect(),
    }
}

fn of(copy: &[u8]) -> Rendition {
    about(vec![("copy", Value::Bytes(copy.to_vec()))], None)
}

fn contain(width: u32) -> Option<Resize> {
    Some(Resize { width: Some(width), height: None, fit: Fit::Contain })
}

fn note(output: &Output, name: &str) -> Option<Value> {
    output.notes.iter().find(|note| note.name == name).map(|note| note.value.clone())
}

fn score(output: &Output) -> f64 {
    match note(output, "score") {
        Some(Value::Number(score)) => score,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_picture_has_a_hundred_and_a_worse_one_has_less() {
    let source = png(200, 120, smooth);
    let worse = png(200, 120, |x, y| smooth(x, y).map(|sample| sample & 0xe0));
    let outputs = judge(&source, &[of(&source), of(&worse), of(&source)]).unwrap();
    assert_eq!((score(&outputs[0]), score(&outputs[2])), (100.0, 100.0));
    assert!(score(&outputs[1]) < 70.0, "{}", score(&outputs[1]));
    // Alone, each is judged as it is beside the others.
    assert_eq!(judge(&source, &[of(&worse)]).unwrap()[0].notes, outputs[1].notes);
}

#[test]
fn pictures_are_compared_as_they_are_seen() {
    for file in [PHOTO, TURNED, ANIMATION] {
        let piece = about(vec![("piece", Value::Integer(4096))], None);
        let shown = judge(file, &[piece]).unwrap().remove(0);
        assert_eq!(note(&shown, "score"), None);
        // What is shown is upright and in sRGB, and the same as what it was made of.
        assert_eq!(score(&judge(file, &[of(&shown.bytes)]).unwrap()[0]), 100.0);
    }
}

#[test]
fn what_is_shown_is_where_the_copy_differs_most_or_where_it_is_asked_for() {
    let source = png(300, 200, smooth);
    let blot = |x: u32, y: u32| if (250..260).contains(&x) && (20..30).contains(&y) { [255; 3] } else { smooth(x, y) };
    let copy = png(300, 200, blot);
    let settings = |more: &[(&'static str, i64)]| {
        let mut settings = vec![("copy", Value::Bytes(copy.clone())), ("piece", Value::Integer(64))];
        settings.extend(more.iter().map(|(name, value)| (*name, Value::Integer(*value))));
        about(settings, None)
    };
    let asked = [settings(&[]), settings(&[("left", 7), ("top", 5)]), settings(&[("left", 9999), ("top", 9999)])];
    let outputs = judge(&source, &asked).unwrap();
    // The square of 32 pixels that begins at 256, 0 has more of it than the one before.
    for (output, (left, top)) in outputs.iter().zip([(236, 0), (7, 5), (236, 136)]) {
        assert_eq!(note(output, "left"), Some(Value::Integer(left.into())));
        assert_eq!(note(output, "top"), Some(Value::Integer(top.into())));
        let (width, height, seen) = pixels(&output.bytes);
        assert_eq!((width, height, output.info.width, output.info.height), (64, 64, 64, 64));
        let expected = (top..top + 64).flat_map(|y| (left..left + 64).map(move |x| blot(x, y)));
        assert!(expected.zip(&seen).all(|(expected, seen)| seen[..3] == expected && seen[3] == 255), "{left}, {top}");
    }
}

/// Waves that are as many in every size: of two pictures that do not lie on each other exactly, little is left.
fn waves(width: u32, height: u32) -> Vec<u8> {
    let wave = |at: u32, side: u32| ((f64::from(at) + 0.5) / f64::from(side) * 75.0).sin();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 8 to 248")]
    png(width, height, |x, y| [(128.0 + 60.0 * (wave(x, width) + wave(y, height))) as u8; 3])
}

#[test]
fn a_copy_is_compared_with_the_source_in_its_size() {
    let source = waves(401, 401);
    let asked = |copy: Vec<u8>| about(vec![("copy", Value::Bytes(copy))], contain(100));
    // 100 × 100 by rounding; another encoder may round up, or down.
    for (width, height) in [(100, 100), (100, 101), (99, 100)] {
        let score = score(&judge(&source, &[asked(waves(width, height))]).unwrap()[0]);
        assert!(score > 90.0, "{width} × {height}: {score}");
    }
    let moved = about(vec![("piece", Value::Integer(100)), ("left", Value::Integer(1))], contain(101));
    let moved = judge(&source, &[moved]).unwrap().remove(0).bytes;
    let score = score(&judge(&source, &[asked(moved)]).unwrap()[0]);
    assert!(score < 80.0, "{score}");

    let refused =
        |copy: &[u8], resize| match judge(&source, &[about(vec![("copy", Value::Bytes(copy.to_vec()))], resize)]) {
            Err(Error::Unsupported(detail)) => assert!(detail.starts_with("copy: it has "), "{detail}"),
            other => panic!("{other:?}"),
        };
    refused(&waves(102, 100), contain(100));
    // Where nothing was to be resized, nothing is rounded.
    refused(&waves(400, 401), None);
}

#[test]
fn light_is_blended_as_the_copy_was() {
    let source = png(256, 256, |x, y| if (x + y) % 2 == 0 { [255; 3] } else { [0; 3] });
    let asked = |settings: Vec<(&'static str, Value)>| about(settings, contain(64));
    let light = || ("linear-light", Value::Flag(true));
    let copy = judge(&source, &[asked(vec![light(), ("piece", Value::Integer(64))])]).unwrap().remove(0).bytes;
    let with = judge(&source, &[asked(vec![light(), ("copy", Value::Bytes(copy.clone()))])]).unwrap();
    let without = judge(&source, &[asked(vec![("copy", Value::Bytes(copy))])]).unwrap();
    assert_eq!(score(&with[0]), 100.0);
    assert!(score(&without[0]) < 50.0, "{}", score(&without[0]));
}

#[test]
fn who_is_at_fault_is_said() {
    let source = png(20, 20, smooth);
    match judge(&source, &[of(b"nothing")]) {
        Err(Error::Unsupported(detail)) => assert!(detail.starts_with("copy: "), "{detail}"),
        other => panic!("{other:?}"),
    }
    match judge(&source, &[of(&source[..60])]) {
        Err(Error::Malformed(detail)) => assert!(detail.starts_with("copy: "), "{detail}"),
        other => panic!("{other:?}"),
    }
    match judge(&source[..60], &[of(&source)]) {
        Err(Error::Malformed(detail)) => assert!(!detail.starts_with("copy: "), "{detail}"),
        other => panic!("{other:?}"),
    }
    let senseless = [
        ("copy", Value::Flag(true)),
        ("piece", Value::Integer(0)),
        ("left", Value::Integer(-1)),
        ("x", Value::Integer(1)),
    ];
    for setting in senseless {
        let asked = about(vec![setting.clone()], None);
        assert!(matches!(judge(&source, &[asked]), Err(Error::BadRequest(_))), "{setting:?}");
    }
}
