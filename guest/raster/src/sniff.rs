//! What a file is, by its first bytes. Names and declared types lie; these do not.

use crate::Error;
use crate::error::{malformed, unsupported};

/// The formats that this library decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Bmp,
    Tiff,
    Avif,
    #[cfg(feature = "heic")]
    Heic,
    Jxl,
}

/// Media types of the formats that this library decodes: what every encoder accepts.
#[cfg(not(feature = "heic"))]
pub const ACCEPTS: [&str; 8] =
    ["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff", "image/avif", "image/jxl"];
/// Media types of the formats that this library decodes: what every encoder accepts.
#[cfg(feature = "heic")]
pub const ACCEPTS: [&str; 9] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/bmp",
    "image/tiff",
    "image/avif",
    "image/jxl",
    "image/heic",
];

/// Bytes by which a format is known, and where they stand.
type Magic = &'static [(usize, &'static [u8])];

const MAGICS: [(Format, Magic); 15] = [
    (Format::Jpeg, &[(0, &[0xFF, 0xD8, 0xFF])]),
    (Format::Png, &[(0, b"\x89PNG\r\n\x1a\n")]),
    (Format::Webp, &[(0, b"RIFF"), (8, b"WEBP")]),
    (Format::Gif, &[(0, b"GIF87a")]),
    (Format::Gif, &[(0, b"GIF89a")]),
    // Texts begin with these letters too; they do not have a header of less than 256 bytes.
    (Format::Bmp, &[(0, b"BM"), (15, &[0, 0, 0])]),
    (Format::Tiff, &[(0, b"II*\0")]),
    (Format::Tiff, &[(0, b"MM\0*")]),
    (Format::Avif, &[(0, &[0, 0]), (4, b"ftypavif")]),
    (Format::Avif, &[(0, &[0, 0]), (4, b"ftypavis")]),
    // Any HEIF may begin so; what it is too is said after that.
    (Format::Avif, &[(0, &[0, 0]), (4, b"ftypmif1"), (16, b"avif")]),
    (Format::Avif, &[(0, &[0, 0]), (4, b"ftypmif1"), (20, b"avif")]),
    (Format::Avif, &[(0, &[0, 0]), (4, b"ftypmif1"), (24, b"avif")]),
    (Format::Jxl, &[(0, b"\xFF\x0A")]),
    (Format::Jxl, &[(0, b"\0\0\0\x0CJXL \r\n\x87\n")]),
];

/// What is read with the feature `heic` alone.
#[cfg(feature = "heic")]
const OPTIONAL_MAGICS: [(Format, Magic); 5] = [
    (Format::Heic, &[(0, &[0, 0]), (4, b"ftypheic")]),
    (Format::Heic, &[(0, &[0, 0]), (4, b"ftypheix")]),
    (Format::Heic, &[(0, &[0, 0]), (4, b"ftypmif1"), (16, b"heic")]),
    (Format::Heic, &[(0, &[0, 0]), (4, b"ftypmif1"), (20, b"heic")]),
    (Format::Heic, &[(0, &[0, 0]), (4, b"ftypmif1"), (24, b"heic")]),
];
#[cfg(not(feature = "heic"))]
const OPTIONAL_MAGICS: [(Format, Magic); 0] = [];

/// Bytes that decide between the formats.
pub(crate) const MAGIC_LEN: u64 = 28;

/// What the beginning of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    Format(Format),
    /// Too few bytes to tell.
    Unfinished,
    /// Not a format that this library decodes.
    Stranger,
}

/// The format of a whole file, or an error that names what it is instead.
pub(crate) fn sniff(input: &[u8]) -> Result<Format, Error> {
    if input.is_empty() {
        return Err(malformed("the file is empty"));
    }
    match guess(input) {
        Guess::Format(format) => Ok(format),
        Guess::Unfinished => Err(malformed(format!("the file ends after {} bytes", input.len()))),
        Guess::Stranger => {
            let name = stranger(input).unwrap_or("not an image that this encoder knows");
            Err(unsupported(format!("{name}; this encoder reads {}", accepted())))
        }
    }
}

/// The format of a file, from its beginning.
pub(crate) fn guess(head: &[u8]) -> Guess {
    let mut guess = Guess::Stranger;
    for (format, magic) in MAGICS.into_iter().chain(OPTIONAL_MAGICS) {
        // As far as there are bytes.
        let begins = |&(at, part): &(usize, &[u8])| head.iter().skip(at).zip(part).all(|(byte, wanted)| byte == wanted);
        if magic.iter().all(begins) {
            if magic.iter().all(|&(at, part)| head.len() >= at + part.len()) {
                return Guess::Format(format);
            }
            guess = Guess::Unfinished;
        }
    }
    guess
}

/// The media types that are read, in words.
fn accepted() -> String {
    let [first @ .., last] = ACCEPTS;
    format!("{} and {last}", first.join(", "))
}

/// The name of a format that this library does not decode.
fn stranger(input: &[u8]) -> Option<&'static str> {
    let after_magic = |magic: &[u8], at: usize| input.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if after_magic(b"ftyp", 4) {
        return Some(match input.get(8..12) {
            Some(b"hevc" | b"hevx" | b"msf1") => "an animated HEIC",
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"mif1") if cfg!(feature = "heic") => "an unknown HEIC",
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"mif1") => {
                "HEIC, for which encoders are built with the feature `heic`"
            }
            Some(b"crx ") => "Canon raw (CR3)",
            _ => "a video or an unknown ISO media file",
        });
    }
    let magics: [(&[u8], &str); 10] = [
        (b"II+\0", "BigTIFF"),
        (b"MM\0+", "BigTIFF"),
        (b"\0\0\0\x0CjP  ", "JPEG 2000"),
        (b"\xFF\x4F\xFF\x51", "JPEG 2000"),
        (b"8BPS", "Photoshop (PSD)"),
        (b"\0\0\x01\0", "a Windows icon"),
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"\x8BJNG", "JNG"),
    ];
    if let Some((_, name)) = magics.iter().find(|(magic, _)| input.starts_with(magic)) {
        return Some(name);
    }
    if input.starts_with(b"RIFF") {
        return Some("a RIFF file");
    }
    text(input)
}

/// The name of a text format; binary files have none.
fn text(input: &[u8]) -> Option<&'static str> {
    let head = input.get(..512).unwrap_or(input);
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
    if has(b"<svg") {
        Some("SVG")
    } else if head.starts_with(b"<?xml") {
        Some("XML")
    } else if has(b"<html") || has(b"<!DOCTYPE html") {
        Some("HTML")
    } else if head.iter().all(|&byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r')) {
        Some("text")
    } else {
        None
    }
}
