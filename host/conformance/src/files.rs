//! Files made from others, byte by byte.

use std::{io::Write as _, ops::Range};

use flate2::{Compression, Crc, write::ZlibEncoder};

use crate::Picture;

/// A PNG of 65 bytes whose header, with a correct checksum, claims 65 536 × 65 536 pixels.
pub const PNG_BOMB: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0\xe3\xe6\xa7\xb4\
    \0\0\0\x08IDAT\x78\x9c\x03\0\0\0\0\x01\x48\x06\x89\xd2\0\0\0\0IEND\xae\x42\x60\x82";

/// A JPEG without EXIF, given an orientation.
pub fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    // Big-endian TIFF with one directory of one entry: tag 0x0112, a SHORT, one of it.
    let exif =
        [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"]
            .concat();
    #[expect(clippy::cast_possible_truncation, reason = "a few bytes")]
    let length = (exif.len() + 2) as u16;
    let (start, rest) = jpeg.split_at(2);
    [start, b"\xff\xe1", &length.to_be_bytes(), &exif, rest].concat()
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

/// A PNG of these chunks, each with its length and its checksum.
#[expect(clippy::cast_possible_truncation, reason = "no chunk that is made here is as long as a PNG's longest")]
pub fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in chunks {
        let covered = [name.as_slice(), data].concat();
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(&covered);
        file.extend(checksum(&covered).to_be_bytes());
    }
    file
}

/// The checksum of a PNG's chunk: over its name and its data.
pub fn checksum(covered: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(covered);
    sum.sum()
}

/// A picture as a PNG of 8 bits without opacity.
#[expect(clippy::expect_used, reason = "memory can be written")]
pub(crate) fn as_png(picture: &Picture) -> Vec<u8> {
    let mut header = [picture.width.to_be_bytes(), picture.height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    // Each row begins with its filter: none.
    let rows: Vec<u8> = picture
        .rgb()
        .chunks_exact(3 * picture.width as usize)
        .flat_map(|row| std::iter::once(0).chain(row.iter().copied()))
        .collect();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&rows).expect("memory can be written");
    png(&[(b"IHDR", &header), (b"IDAT", &zlib.finish().expect("memory can be written")), (b"IEND", b"")])
}

/// A picture as a binary PPM (`P6`), without its opacity.
pub(crate) fn as_ppm(picture: &Picture) -> Vec<u8> {
    let mut file = format!("P6\n{} {}\n255\n", picture.width, picture.height).into_bytes();
    file.extend(picture.rgb());
    file
}
