//! Small files that claim much: gigapixels, a side without end, frames without number.

use super::{Case, png, zeros};
use crate::images::{self, PNG_BOMB, image};

/// Sides of pictures that are too large, too thin, or nothing at all.
const SIZES: [(u32, u32); 12] = [
    (0, 0),
    (0, 1),
    (1, 0),
    (1, 65_535),
    (65_535, 1),
    (65_535, 65_535),
    (16_383, 16_383),
    (30_000, 30_000),
    (1, 0x7fff_ffff),
    (0x7fff_ffff, 1),
    (0x7fff_ffff, 0x7fff_ffff),
    (0xffff_ffff, 0xffff_ffff),
];

pub(super) fn all() -> Vec<Case> {
    let mut cases = vec![Case::new("bomb", "the PNG of 65 bytes", PNG_BOMB.to_vec())];
    for (width, height) in SIZES {
        let mut add =
            |what: &str, file: Vec<u8>| cases.push(Case::new("bomb", format!("{what} of {width} × {height}"), file));
        for (depth, colour) in [(1, 0), (8, 0), (16, 6), (8, 3), (8, 2)] {
            add(&format!("PNG, depth {depth}, colour {colour}"), png_of(width, height, depth, colour, 0));
            add(&format!("interlaced PNG, depth {depth}, colour {colour}"), png_of(width, height, depth, colour, 1));
        }
        for compression in 0..=3 {
            add(&format!("BMP, compression {compression}"), bmp(width, height, compression));
        }
        for compression in [1, 5, 8, 32_773] {
            add(&format!("TIFF, compression {compression}"), tiff(width, height, compression));
        }
        let (Ok(across), Ok(down)) = (u16::try_from(width), u16::try_from(height)) else { continue };
        for name in ["greyscale.jpg", "progressive.jpg", "rotated.jpg"] {
            add(name, images::claiming(&image(name), across, down));
        }
        add("GIF", gif(across, down, 1));
        add("GIF, 20,000 frames", gif(across, down, 20_000));
        add("lossy WebP", webp(b"VP8 ", &lossy(across, down)));
        add("lossless WebP", webp(b"VP8L", &lossless(across, down)));
        add("extended WebP", webp(b"VP8X", &extended(width, height)));
    }
    cases.push(Case::new("bomb", "PNG, 100 megapixels that are there", real_png(10_000, 10_000)));
    cases.push(Case::new("bomb", "PNG, 65,535 × 1 that are there", real_png(65_535, 1)));
    cases.push(Case::new("bomb", "PNG, 1 × 65,535 that are there", real_png(1, 65_535)));
    cases.push(Case::new("bomb", "PNG, more data than pixels", png_around(16, 16, &zeros(256 << 20))));
    cases.extend([2, 100, 500, 2000].map(scans));
    cases
}

fn header(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    [&width.to_be_bytes(), &height.to_be_bytes(), [depth, colour, 0, 0].as_slice(), &[interlace]].concat()
}

fn png_of(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let header = header(width, height, depth, colour, interlace);
    png(&[(b"IHDR", &header), (b"PLTE", &[0; 6]), (b"IDAT", &zeros(1000)), (b"IEND", b"")])
}

fn png_around(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    png(&[(b"IHDR", &header(width, height, 1, 0, 0)), (b"IDAT", data), (b"IEND", b"")])
}

/// Black, one bit for each pixel.
fn real_png(width: u32, height: u32) -> Vec<u8> {
    png_around(width, height, &zeros((width.div_ceil(8) as usize + 1) * height as usize))
}

fn bmp(width: u32, height: u32, compression: u32) -> Vec<u8> {
    let mut file = b"BM\xff\xff\xff\x7f\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    file.extend([width.to_le_bytes(), height.to_le_bytes(), [1, 0, 8, 0], compression.to_le_bytes()].concat());
    file.extend([0; 20]);
    // Runs of 255 pixels, for those that are compressed.
    file.extend([255, 0].repeat(200));
    file
}

/// One strip that is compressed, of 100 bytes.
fn tiff(width: u32, height: u32, compression: u32) -> Vec<u8> {
    let entries: [(u16, u32); 9] = [
        (256, width),
        (257, height),
        (258, 8),
        (259, compression),
        (262, 1),
        (273, 122),
        (277, 1),
        (278, height),
        (279, 100),
    ];
    let mut file = b"II*\0\x08\0\0\0\x09\0".to_vec();
    for (tag, value) in entries {
        file.extend([tag.to_le_bytes(), 4_u16.to_le_bytes()].concat());
        file.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend([0x81; 100]);
    file
}

fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let mut file = [b"GIF89a".as_slice(), &size, b"\x80\0\0", b"\0\0\0\xff\xff\xff"].concat();
    let frame = [b",\0\0\0\0".as_slice(), &size, b"\0\x02\x02\x44\x01\0"].concat();
    file.extend(frame.repeat(frames));
    file.push(b';');
    file
}

fn webp(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).expect("a small file").to_le_bytes();
    [b"RIFF".as_slice(), &length(data.len() + 12), b"WEBP", name, &length(data.len()), data].concat()
}

/// A key frame that ends after its dimensions, which have 14 bits (RFC 6386, 9.1).
fn lossy(width: u16, height: u16) -> Vec<u8> {
    let side = |side: u16| (side & 0x3fff).to_le_bytes();
    [b"\x10\x02\0\x9d\x01\x2a".as_slice(), &side(width), &side(height), &[0; 40]].concat()
}

/// Both sides less one in 14 bits each, opacity, version (RFC 9649, 3.4).
fn lossless(width: u16, height: u16) -> Vec<u8> {
    let side = |side: u16| u32::from(side.wrapping_sub(1) & 0x3fff);
    [b"\x2f".as_slice(), &(side(width) | side(height) << 14).to_le_bytes(), &[0; 40]].concat()
}

/// Animated and with opacity, both sides less one in 24 bits each, and nothing behind it.
fn extended(width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| side.wrapping_sub(1).to_le_bytes();
    [b"\x12\0\0\0".as_slice(), &side(width)[..3], &side(height)[..3]].concat()
}

/// A progressive JPEG whose last scan comes again and again.
fn scans(count: usize) -> Case {
    let file = image("progressive.jpg");
    let last = file.windows(2).rposition(|marker| marker == [0xff, 0xda]).expect("a JPEG has scans");
    let end = file.len() - 2;
    let repeated = [&file[..end], &file[last..end].repeat(count), b"\xff\xd9"].concat();
    Case::new("bomb", format!("{count} scans"), repeated)
}
