//! The pictures of `tests/images`, and files made from them.

use std::{fs, ops::Range};

use sandpress_sandbox::{Digest, MediaType};

use crate::{
    picture::{self, Picture},
    workspace,
};

/// A picture, and what is known of it without asking any codec.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The file's name.
    pub file: &'static str,
    /// What its first bytes say.
    pub media_type: &'static str,
    /// Pixels as stored.
    pub size: (u32, u32),
    /// The EXIF orientation.
    pub orientation: u8,
    /// Whether there is transparency.
    pub has_alpha: bool,
    /// Whether an encoder may refuse it as unsupported.
    pub is_rare: bool,
    /// Whether its decoders may differ in the last bits.
    pub is_lossy: bool,
}

/// Every valid picture. The largest is the last.
pub const SAMPLES: [Sample; 17] = [
    jpeg("greyscale.jpg", (512, 512), 1),
    jpeg("cmyk.jpg", (600, 400), 1),
    jpeg("progressive.jpg", (451, 300), 1),
    jpeg("rotated.jpg", (512, 512), 6),
    Sample {
        file: "graphic.png",
        media_type: "image/png",
        size: (1280, 800),
        orientation: 1,
        has_alpha: true,
        is_rare: true,
        is_lossy: false,
    },
    Sample { is_lossy: true, ..small("formats/lossy.webp", "image/webp") },
    Sample { has_alpha: true, is_rare: true, ..small("formats/lossless-alpha.webp", "image/webp") },
    small("formats/palette.gif", "image/gif"),
    Sample { has_alpha: true, is_rare: true, ..small("formats/transparent.gif", "image/gif") },
    small("formats/bytes.bmp", "image/bmp"),
    small("formats/runs8.bmp", "image/bmp"),
    // Of those whose directory stands at the beginning.
    small("formats/big-endian.tif", "image/tiff"),
    small("formats/tiles.tif", "image/tiff"),
    Sample { has_alpha: true, is_rare: true, is_lossy: true, ..small("formats/associated-alpha.tif", "image/tiff") },
    Sample { is_lossy: true, ..small("formats/444.avif", "image/avif") },
    Sample { is_lossy: true, ..small("formats/lossy.jxl", "image/jxl") },
    jpeg("photo.jpg", (3264, 1836), 1),
];

const fn jpeg(file: &'static str, size: (u32, u32), orientation: u8) -> Sample {
    Sample { file, media_type: "image/jpeg", size, orientation, has_alpha: false, is_rare: false, is_lossy: true }
}

/// One of the pictures of `formats`.
const fn small(file: &'static str, media_type: &'static str) -> Sample {
    let size = (47, 35);
    Sample { file, media_type, size, orientation: 1, has_alpha: false, is_rare: false, is_lossy: false }
}

impl Sample {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        image(self.file)
    }

    /// What is seen of it, upright: for a format without an independent decoder here, the PNG that stands beside it.
    pub fn picture(&self) -> Picture {
        let stored = match self.media_type {
            "image/jpeg" | "image/png" => picture::decode(&self.media_type(), &self.bytes()),
            _ => picture::decode(&MediaType::PNG, &image(&format!("{}.png", self.file))),
        };
        stored.upright(self.orientation)
    }

    fn media_type(&self) -> MediaType {
        self.media_type.parse().expect("a media type")
    }

    /// Whether a codec reads its format.
    pub fn is_in(&self, accepts: &[MediaType]) -> bool {
        accepts.iter().any(|media_type| media_type.as_str() == self.media_type)
    }
}

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

/// A JPEG without EXIF, given an orientation.
pub fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    // Big-endian TIFF with one directory of one entry: tag 0x0112, a SHORT, one of it.
    let exif =
        [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"]
            .concat();
    let length = u16::try_from(exif.len() + 2).expect("a few bytes").to_be_bytes();
    let (start, rest) = jpeg.split_at(2);
    [start, b"\xff\xe1", &length, &exif, rest].concat()
}

/// A JPEG whose frame header claims other dimensions than its data have.
pub fn claiming(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let at = frame(jpeg);
    file.splice(at, [height.to_be_bytes(), width.to_be_bytes()].concat());
    file
}

/// Where a baseline or progressive JPEG says its height and width.
fn frame(jpeg: &[u8]) -> Range<usize> {
    let mut at = 2;
    while !matches!(jpeg[at + 1], 0xc0 | 0xc2) {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at + 5..at + 9
}

/// A PNG of 65 bytes whose header, with a correct checksum, claims 65 536 × 65 536 pixels.
pub const PNG_BOMB: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0\xe3\xe6\xa7\xb4\
    \0\0\0\x08IDAT\x78\x9c\x03\0\0\0\0\x01\x48\x06\x89\xd2\0\0\0\0IEND\xae\x42\x60\x82";

/// Numbers that look random and are the same in every run (xorshift64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// Another seed gives other numbers.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Another text gives other numbers.
    pub fn from_text(text: &str) -> Self {
        let digest = Digest::of(text.as_bytes()).to_string();
        Self::from_seed(u64::from_str_radix(&digest[..16], 16).expect("hexadecimal digits"))
    }

    /// Bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 32).expect("32 bits") % bound
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
