//! An encoder is complete without Sandpress: the stock `wasmtime` runs it, and makes the same bytes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use std::{
    io::Write as _,
    process::{Output, Stdio},
    thread,
};

use sandpress_sandbox::{Fit, Limits, MediaType, Metadata, Quality, Rendition, Resize, Setting, Value};
use sandpress_tests::{components, images::image};
use serde_json::Value as Json;

/// Runs an encoder's command, with an input and without any permission.
fn run(encoder: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = components::wasmtime_run();
    command.arg(components::tool(encoder)).args(arguments);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // A command that refuses its arguments does not read its input.
        scope.spawn(move || stdin.write_all(input).or(Ok::<_, ()>(())));
        child.wait_with_output().unwrap()
    })
}

fn made(encoder: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(encoder, arguments, input);
    assert!(output.status.success(), "{encoder} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn json(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

#[test]
fn the_stock_wasmtime_makes_the_same_bytes_as_the_sandbox() {
    let plain = |media_type| Rendition::new(media_type);
    let mut wide = plain(MediaType::JPEG).quality(Quality::Level(80.0));
    wide.resize = Some(Resize { width: Some(2048), height: None, fit: Fit::Contain });
    let mut all = plain(MediaType::JPEG).quality(Quality::Level(91.5));
    all.resize = Some(Resize { width: Some(200), height: Some(200), fit: Fit::Cover });
    all.metadata = Metadata::Copyright;
    all.settings.push(Setting { name: "subsampling".to_owned(), value: Value::Text("4:4:4".to_owned()) });
    let mut small = plain(MediaType::JPEG);
    small.max_bytes = Some(20_000);
    let mut palette = plain(MediaType::PNG).quality(Quality::Level(60.0));
    palette.settings.push(Setting { name: "effort".to_owned(), value: Value::Integer(1) });
    palette.settings.push(Setting { name: "dither".to_owned(), value: Value::Number(0.5) });
    let mut rounded = plain(MediaType::WEBP).quality(Quality::Lossless);
    rounded.settings.push(Setting { name: "near-lossless".to_owned(), value: Value::Integer(60) });
    let mut sharp = plain(MediaType::WEBP).quality(Quality::Level(70.0));
    sharp.settings.push(Setting { name: "sharp-yuv".to_owned(), value: Value::Flag(true) });
    sharp.metadata = Metadata::Keep;
    let mut fast = plain(MediaType::AVIF).quality(Quality::Level(50.0));
    fast.settings.push(Setting { name: "effort".to_owned(), value: Value::Integer(0) });
    fast.metadata = Metadata::Keep;
    let covering = ["--quality", "91.5", "--max-width", "200", "--max-height", "200", "--fit", "cover"];
    let table: [(&str, &str, Vec<&str>, Rendition); 12] = [
        ("sandpress-jpeg", "photo.jpg", vec!["--quality", "80", "--max-width", "2048"], wide),
        ("sandpress-jpeg", "rotated.jpg", vec![], plain(MediaType::JPEG)),
        (
            "sandpress-jpeg",
            "photo.jpg",
            [&covering, ["--metadata", "copyright", "--set", "subsampling=4:4:4"].as_slice()].concat(),
            all,
        ),
        ("sandpress-jpeg", "rotated.jpg", vec!["--max-bytes", "20000"], small),
        ("sandpress-png", "graphic.png", vec!["--format", "image/png"], plain(MediaType::PNG)),
        ("sandpress-png", "graphic.png", vec!["--quality", "60", "--set", "effort=1", "--set", "dither=0.5"], palette),
        ("sandpress-png", "greyscale.jpg", vec!["--lossless"], plain(MediaType::PNG).quality(Quality::Lossless)),
        ("sandpress-webp", "graphic.png", vec![], plain(MediaType::WEBP)),
        ("sandpress-webp", "graphic.png", vec!["--lossless", "--set", "near-lossless=60"], rounded),
        (
            "sandpress-webp",
            "rotated.jpg",
            vec!["--quality", "70", "--set", "sharp-yuv=true", "--metadata", "keep"],
            sharp,
        ),
        ("sandpress-avif", "graphic.png", vec![], plain(MediaType::AVIF)),
        ("sandpress-avif", "rotated.jpg", vec!["--quality", "50", "--set", "effort=0", "--metadata", "keep"], fast),
    ];
    for (encoder, file, arguments, rendition) in table {
        let input = image(file);
        let codec = &components::encoder(&rendition.media_type).codec;
        let expected = codec.compress(&input, &[rendition], &Limits::default()).unwrap().outputs.remove(0).bytes;
        let found = made(encoder, &arguments, &input);
        let lengths = (found.len(), expected.len());
        assert!(found == expected, "{encoder} {arguments:?} of {file}: {lengths:?} bytes");
    }
}

#[test]
fn an_encoder_can_be_asked_directly_what_it_is() {
    for (media_type, encoder) in components::encoders().iter() {
        let output = components::wasmtime_run()
            .args(["--invoke", "describe()"])
            .arg(components::component(&encoder.name))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {}", encoder.name, String::from_utf8_lossy(&output.stderr));
        for part in [&encoder.name, &encoder.version, media_type.as_str()] {
            assert!(said.contains(&format!("\"{part}\"")), "{}: no `{part}` in {said}", encoder.name);
        }
    }
}

#[test]
fn a_command_says_what_it_is_and_what_an_image_is() {
    for (media_type, encoder) in components::encoders().iter() {
        let name = &encoder.name;
        let help = String::from_utf8(made(name, &["--help"], b"")).unwrap();
        for option in ["--quality", "--max-width", "--max-bytes", "--set", "--describe"] {
            assert!(help.contains(option), "{name}: --help is silent about {option}");
        }
        let version = String::from_utf8(made(name, &["--version"], b"")).unwrap();
        assert_eq!(version.trim(), format!("{name} {}", encoder.version));

        let described = json(&made(name, &["--describe"], b""));
        let descriptor = encoder.codec.describe(&Limits::default()).unwrap().descriptor;
        assert_eq!(described["name"], descriptor.name.as_str());
        assert_eq!(described["produces"][0], media_type.as_str());
        let options: Vec<_> = descriptor.options.iter().map(|option| option.name.as_str()).collect();
        let told: Vec<_> =
            described["options"].as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect();
        assert_eq!(told, options);

        let probed = json(&made(name, &["--probe"], &image("rotated.jpg")));
        assert_eq!(
            (&probed["media-type"], &probed["width"], &probed["orientation"]),
            (&"image/jpeg".into(), &512.into(), &6.into())
        );
    }
}

#[test]
fn a_failure_is_a_message_and_an_exit_code_and_no_output() {
    let picture = image("progressive.jpg");
    let text = image("text.jpg");
    let table: [(&[&str], &[u8], &str); 9] = [
        (&["--no-such-option"], &picture, "--no-such-option"),
        (&["--quality", "much"], &picture, "much"),
        (&["--quality", "101"], &picture, "101"),
        (&["--max-width", "0"], &picture, "0"),
        (&["--set", "no-such-setting=1"], &picture, "no-such-setting"),
        (&["--format", "image/x-other"], &picture, "image/x-other"),
        (&["--max-bytes", "1"], &picture, "smallest size possible"),
        (&[], &text, "unsupported"),
        (&[], b"", "malformed"),
    ];
    for (media_type, encoder) in components::encoders().iter() {
        for (arguments, input, message) in table {
            let Output { status, stdout, stderr } = run(&encoder.name, arguments, input);
            let said = String::from_utf8_lossy(&stderr);
            assert!(!status.success(), "{media_type} {arguments:?} succeeded");
            assert!(said.contains(message), "{media_type} {arguments:?}: {said}");
            assert!(!said.contains("backtrace"), "{media_type} {arguments:?}, a trap: {said}");
            assert!(stdout.is_empty(), "{media_type} {arguments:?}: {} bytes of output", stdout.len());
        }
    }
}
