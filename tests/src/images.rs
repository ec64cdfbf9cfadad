//! The pictures of `tests/images`, and files made from them.

use std::fs;

pub use sandpress_conformance::{
    Numbers,
    files::{PNG_BOMB, claiming, with_orientation},
};

use crate::workspace;

/// A file of `tests/images`.
pub fn image(file: &str) -> Vec<u8> {
    let path = workspace().join("tests/images").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A PNG with a text behind its header.
pub fn with_png_text(png: &[u8], keyword: &str, text: &str) -> Vec<u8> {
    /// The signature, and the header's chunk.
    const HEADER: usize = 8 + 12 + 13;
    let content = [b"tEXt", keyword.as_bytes(), b"\0", text.as_bytes()].concat();
    let length = u32::try_from(content.len() - 4).expect("a short text");
    let mut sum = flate2::Crc::new();
    sum.update(&content);
    let (header, rest) = png.split_at(HEADER);
    [header, &length.to_be_bytes(), &content, &sum.sum().to_be_bytes(), rest].concat()
}
