//! What is returned: the honest answer, and each way to be dishonest.

use std::{
    hint::black_box,
    sync::atomic::{AtomicI64, Ordering},
};

use crate::{
    bindings::exports::sandpress::codec::types::{
        Descriptor, Error, ImageInfo, OtherError, Output, Rendition, Setting, Value,
    },
    resources,
};

/// A PNG of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

const PNG: &str = "image/png";
const JPEG: &str = "image/jpeg";

pub(crate) fn descriptor() -> Descriptor {
    Descriptor {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        accepts: vec![PNG.to_owned()],
        produces: vec![PNG.to_owned(), JPEG.to_owned()],
        options: Vec::new(),
    }
}

pub(crate) fn info(width: u32, height: u32) -> ImageInfo {
    ImageInfo {
        media_type: PNG.to_owned(),
        width,
        height,
        frames: 1,
        bits_per_channel: 8,
        has_alpha: false,
        orientation: 1,
        settings: Vec::new(),
    }
}

pub(crate) fn info_of(media_type: &str) -> ImageInfo {
    ImageInfo { media_type: media_type.to_owned(), ..info(1, 1) }
}

/// The header of a PNG of these dimensions, with nothing true behind it.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = PIXEL.to_vec();
    file.splice(16..24, [width.to_be_bytes(), height.to_be_bytes()].concat());
    file
}

/// One for each rendition.
pub(crate) fn output(task: &str, rendition: &Rendition) -> Output {
    let mut output =
        Output { bytes: PIXEL.to_vec(), info: info_of(&rendition.media_type), notes: vec![calls_before()] };
    match task {
        "empty" => output.bytes.clear(),
        "garbage" => output.bytes = (0..1000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect(),
        "header only" => output.bytes.truncate(12),
        "other type than asked for" => output.info = info_of(if rendition.media_type == PNG { JPEG } else { PNG }),
        "bad media type" => output.info = info_of("an image of mine"),
        "endless media type" => output.info = info_of(&"x".repeat(10_000_000)),
        "false dimensions" => output.info = info(2, 1),
        "zero dimensions" => (output.bytes, output.info) = (claiming(0, 0), info(0, 0)),
        "larger than the box" => (output.bytes, output.info) = (claiming(640, 1), info(640, 1)),
        "rotated" => output.info.orientation = 6,
        "padded" => output.bytes.resize(10_000, 0),
        "too much" => output.bytes.resize(300 << 20, 0),
        // What is made and kept back costs what it costs to make: the rest of "too much" is the way out.
        "too much, kept back" => {
            output.bytes.resize(300 << 20, 0);
            black_box(&mut output.bytes).truncate(PIXEL.len());
        }
        "endless notes" => output.notes.push(text("dropped", "exif, ".repeat(2_000_000))),
        "not text" => output.notes.push(text("dropped", not_text())),
        "longer than the memory" => output.bytes = longer_than_the_memory(),
        _ => {}
    }
    output
}

/// All of them.
pub(crate) fn listed(task: &str, mut outputs: Vec<Output>) -> Vec<Output> {
    match task {
        "no output" => outputs.clear(),
        "one output more" => outputs.extend(outputs.last().cloned()),
        "many outputs" => outputs.resize(1_000_000, Output { bytes: Vec::new(), info: info(1, 1), notes: Vec::new() }),
        _ => {}
    }
    outputs
}

/// The error that a task names: `error:` and its kind, or one that is itself an attack.
pub(crate) fn error(task: &str) -> Option<Error> {
    let detail = || "so it was asked".to_owned();
    Some(match task {
        "error: unsupported" => Error::Unsupported(detail()),
        "error: malformed" => Error::Malformed(detail()),
        "error: bad request" => Error::BadRequest(detail()),
        "error: over limit" => Error::OverLimit(detail()),
        "error: internal" => Error::Internal(detail()),
        "error: other" => Error::Other(OtherError { code: "asked".to_owned(), detail: detail() }),
        "allocate politely" => {
            let held = resources::allocate(|bytes, size| {
                // What is refused is seen by the caller: nothing was taken.
                let _refused = bytes.try_reserve_exact(size);
            });
            Error::OverLimit(format!("there was memory for {} MiB", held >> 20))
        }
        "endless detail" => Error::Internal("é".repeat(50_000_000)),
        "error that is not text" => Error::Internal(not_text()),
        picture if picture.contains("please reject") => Error::Malformed(detail()),
        _ => return None,
    })
}

fn text(name: &str, text: String) -> Setting {
    Setting { name: name.to_owned(), value: Value::Text(text) }
}

/// How many calls this instance has served before: none, if each has an instance of its own.
fn calls_before() -> Setting {
    static CALLS: AtomicI64 = AtomicI64::new(0);
    Setting { name: "calls-before".to_owned(), value: Value::Integer(CALLS.fetch_add(1, Ordering::Relaxed)) }
}

// SAFETY: none, on purpose: the contract says that texts are UTF-8, and a codec is not believed.
#[expect(unsafe_code, reason = "a false text on purpose")]
fn not_text() -> String {
    unsafe { String::from_utf8_unchecked(vec![0xff; 8]) }
}

// SAFETY: none, on purpose: a list that says it is longer than all memory. It is handed to the host and never freed.
#[expect(unsafe_code, reason = "a false length on purpose")]
fn longer_than_the_memory() -> Vec<u8> {
    let bytes = PIXEL.to_vec().leak();
    unsafe { Vec::from_raw_parts(bytes.as_mut_ptr(), 0x7000_0000, 0x7000_0000) }
}
