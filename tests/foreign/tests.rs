//! Encoders that our build has not made: one in C, one in Python.

use std::time::Duration;

use sandpress_sandbox::{
    CallError, Codec, CodecError, Digest, ImageInfo, Limits, LoadError, MediaType, Probe, Rendition,
};
use sandpress_sandbox::{Setting, Value};
use sandpress_tests::components::{engine, foreign};

const PAM: &str = "image/x-portable-arbitrarymap";
const QOI: &str = "image/qoi";

fn media_type(text: &str) -> MediaType {
    text.parse().unwrap()
}

fn rendition(text: &str) -> Rendition {
    Rendition::new(media_type(text))
}

fn with(mut rendition: Rendition, name: &str, value: Value) -> Rendition {
    rendition.settings.push(Setting { name: name.to_owned(), value });
    rendition
}

/// From PAM to QOI, in C.
fn c() -> &'static Codec {
    &foreign(&media_type(QOI)).codec
}

/// From QOI to PAM, in Python.
fn python() -> &'static Codec {
    &foreign(&media_type(PAM)).codec
}

fn make(codec: &Codec, input: &[u8], rendition: Rendition) -> Result<Vec<u8>, CallError> {
    codec.compress(input, &[rendition], &Limits::default()).map(|mut made| made.outputs.remove(0).bytes)
}

fn known(codec: &Codec, head: &[u8]) -> ImageInfo {
    match codec.probe(head, &Limits::default()).unwrap().probe {
        Probe::Known(info) => info,
        other => panic!("{other:?}"),
    }
}

fn pam(width: u32, height: u32, channels: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let kind = if channels == 4 { "RGB_ALPHA" } else { "RGB" };
    let header = format!("P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {channels}\nMAXVAL 255\nTUPLTYPE {kind}\nENDHDR\n");
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.flat_map(|(x, y)| pixel(x, y).into_iter().take(channels as usize));
    header.into_bytes().into_iter().chain(pixels).collect()
}

/// Flat, smooth and noisy, so that each way to write a pixel of a QOI is used.
fn pattern(x: u32, y: u32) -> [u8; 4] {
    let noise =
        x.wrapping_mul(2_654_435_761).wrapping_add(y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519).to_le_bytes();
    let smooth = |step: u32| ((x * step + y) & 255) as u8;
    match y % 4 {
        0 => [17, 34, 51, 255],
        1 => [smooth(1), smooth(2), smooth(1), 255],
        2 => [smooth(5), smooth(6), smooth(7), 255],
        _ => noise,
    }
}

#[test]
fn encoders_in_c_and_in_python_serve_as_ours_do() {
    let red = pam(1, 1, 3, |_, _| [255, 0, 0, 255]);
    let end = b"\0\0\0\0\0\0\0\x01";
    // The specification's "difference from the pixel before": red is one less than the black at the beginning, modulo 256.
    let expected = [b"qoif\0\0\0\x01\0\0\0\x01\x03\0\x5a".as_slice(), end].concat();
    assert_eq!(make(c(), &red, rendition(QOI)).unwrap(), expected);

    for (width, height, channels) in [(200, 40, 3), (200, 40, 4), (1, 1, 4)] {
        let source = pam(width, height, channels, pattern);
        let qoi = make(c(), &source, rendition(QOI)).unwrap();
        assert!(make(python(), &qoi, rendition(PAM)).unwrap() == source, "{width} × {height} of {channels} channels");
        for (codec, head, format) in [(c(), &source, PAM), (python(), &qoi, QOI)] {
            let info = known(codec, &head[..head.len().min(256)]);
            assert_eq!((info.media_type.as_str(), info.width, info.height), (format, width, height));
            assert_eq!(info.has_alpha, channels == 4);
        }
    }

    let both = c().compress(&red, &[rendition(QOI), rendition(QOI)], &Limits::default()).unwrap();
    assert_eq!(both.outputs.len(), 2);
    for (codec, format) in [(c(), QOI), (python(), PAM)] {
        let refused = make(codec, b"GIF89a", rendition(format)).unwrap_err();
        assert!(matches!(&refused, CallError::Codec(CodecError::Unsupported(_))), "{refused}");
        assert_eq!(codec.probe(b"GIF89a", &Limits::default()).unwrap().probe, Probe::Unknown);
    }
    let cut = make(c(), &red[..red.len() - 1], rendition(QOI)).unwrap_err();
    assert!(matches!(&cut, CallError::Codec(CodecError::Malformed(why)) if why.contains("cut off")), "{cut}");
}

#[test]
fn an_encoder_that_imports_anything_serves_only_where_the_operator_allows_it() {
    let code = c().native_code().unwrap();
    let error = Codec::load(engine(), &code, Digest::of(&code)).unwrap_err();
    let LoadError::Imports(imports) = error else { panic!("{error}") };
    assert!(imports.iter().any(|name| name.starts_with("wasi:cli/stderr@0.2.")), "{imports:?}");
    // The same code, where it is allowed.
    assert_eq!(c().imports(), imports);

    // Its tool leaves the imports out if it is told to: that needs nobody's permission.
    let code = python().native_code().unwrap();
    assert_eq!(Codec::load(engine(), &code, Digest::of(&code)).unwrap().imports(), Vec::<String>::new());
}

#[test]
fn what_an_encoder_imports_does_nothing_but_end_the_call() {
    let red = pam(1, 1, 3, |_, _| [255, 0, 0, 255]);
    let error = make(c(), &red, with(rendition(QOI), "log", Value::Flag(true))).unwrap_err();
    let CallError::Trap { reason } = &error else { panic!("{error}") };
    // Before it writes to one of its streams, WASI's adapter asks for all of them.
    assert!(reason.contains("wasi:cli/std") && reason.contains("has not been defined"), "{reason}");
    assert!(make(c(), &red, with(rendition(QOI), "log", Value::Flag(false))).is_ok(), "the next call is a new one");
}

#[test]
fn an_encoder_in_python_has_no_clock_no_chance_and_no_files() {
    let qoi = make(c(), &pam(2, 1, 3, pattern), rendition(QOI)).unwrap();
    let made = |comment: &str| make(python(), &qoi, with(rendition(PAM), "comment", Value::Text(comment.to_owned())));
    for what in ["time", "secret", "host"] {
        let error = made(what).unwrap_err();
        assert!(matches!(&error, CallError::Trap { .. }), "{what}: {error}");
    }
    // Its own chance was drawn when it was built: the same input gives the same bytes.
    let first = made("random").unwrap();
    assert!(first.starts_with(b"P7\n# made as "));
    assert_eq!(made("random").unwrap(), first);
}

#[test]
fn encoders_of_other_languages_keep_to_the_same_limits() {
    let source = pam(2000, 1500, 3, pattern);
    let within = Limits::default().memory(8 << 20);
    let error = c().compress(&source, &[rendition(QOI)], &within).unwrap_err();
    assert!(matches!(&error, CallError::Memory { .. }), "{error}");

    let qoi = make(c(), &source, rendition(QOI)).unwrap();
    let limit = Duration::from_millis(100);
    let error = python().compress(&qoi, &[rendition(PAM)], &Limits::default().time(limit)).unwrap_err();
    assert!(matches!(&error, CallError::Time { .. }), "{error}");
    let error = python().compress(&qoi, &[rendition(PAM)], &within).unwrap_err();
    assert!(matches!(&error, CallError::Memory { .. }), "{error}");
}
