//! Metadata that is nested, endless, compressed to nothing, or in more pieces than anybody writes.

use super::{Case, png, zeros};
use crate::images::image;

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let much = zeros(256 << 20);
    let mut add = |name: &str, file| cases.push(Case::new("metadata", name, file));
    for name in [b"iCCP", b"zTXt"] {
        let data = [b"x\0\0".as_slice(), &much].concat();
        add("256 MiB, compressed, in a chunk of a PNG", png_with(&[(name, data)]));
    }
    add("256 MiB of XMP, compressed", png_with(&[(b"iTXt", [XMP, &much].concat())]));
    add("20,000 texts", png_with(&vec![(b"tEXt", b"Comment\0nothing".to_vec()); 20_000]));
    add("a thousand profiles", png_with(&vec![(b"iCCP", [b"x\0\0".as_slice(), &zeros(1 << 20)].concat()); 1000]));
    for frames in [0, 1, 0x7fff_ffff, 0xffff_ffff_u32] {
        let control = [frames.to_be_bytes(), [0; 4]].concat();
        add(&format!("an APNG of {frames} frames"), png_with(&[(b"acTL", control)]));
    }
    for (name, exif) in directories() {
        add(&format!("{name}, in a PNG"), png_with(&[(b"eXIf", exif.clone())]));
        add(&format!("{name}, in a JPEG"), jpeg_with(&[(0xe1, [b"Exif\0\0".as_slice(), &exif].concat())]));
        add(&format!("{name}, as a TIFF"), exif);
    }
    let piece = |number, count| [b"ICC_PROFILE\0".as_slice(), &[number, count], &[0; 60_000]].concat();
    add("the last of 255 pieces of a profile", jpeg_with(&[(0xe2, piece(255, 255))]));
    add("the piece 0 of 0 of a profile", jpeg_with(&[(0xe2, piece(0, 0))]));
    add("one piece of a profile 255 times", jpeg_with(&vec![(0xe2, piece(1, 255)); 255]));
    add("all of 255 pieces of a profile", jpeg_with(&(1..=255).map(|n| (0xe2, piece(n, 255))).collect::<Vec<_>>()));
    add("20,000 empty segments", jpeg_with(&vec![(0xe5, Vec::new()); 20_000]));
    add("20,000 comments", jpeg_with(&vec![(0xfe, b"nothing".to_vec()); 20_000]));
    add("500 pieces of EXIF", jpeg_with(&vec![(0xe1, [b"Exif\0\0".as_slice(), &[0xff; 60_000]].concat()); 500]));
    add("2000 segments of XMP", jpeg_with(&vec![(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>".to_vec()); 2000]));
    add("XMP nested 10,000 deep", jpeg_with(&[(0xe1, nested())]));
    let shop = [b"Photoshop 3.0\08BIM\x04\x04\0\0\xff\xff\xff\xff".as_slice(), &[0x1c; 1000]].concat();
    add("IPTC longer than its segment", jpeg_with(&[(0xed, shop)]));
    for transform in 0..=255 {
        let adobe = [b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
        add(&format!("an Adobe marker with transform {transform}"), jpeg_with(&[(0xee, adobe)]));
    }
    cases
}

const XMP: &[u8] = b"XML:com.adobe.xmp\0\x01\0\0\0";

/// A PNG of one pixel with these chunks before its data.
fn png_with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let begin: (&[u8; 4], &[u8]) = (b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0");
    let data = zeros(2);
    let more = chunks.iter().map(|(name, data)| (*name, data.as_slice()));
    let all: Vec<_> = std::iter::once(begin).chain(more).chain([(b"IDAT", data.as_slice()), (b"IEND", b"")]).collect();
    png(&all)
}

/// A JPEG with these segments at its beginning.
fn jpeg_with(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let file = image("greyscale.jpg");
    let mut made = file[..2].to_vec();
    for (marker, data) in segments {
        let length = u16::try_from(data.len() + 2).expect("a segment of less than 64 KiB").to_be_bytes();
        made.extend([[0xff, *marker].as_slice(), &length, data].concat());
    }
    made.extend(&file[2..]);
    made
}

fn nested() -> Vec<u8> {
    let open = "<x:a>".repeat(10_000);
    [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), open.as_bytes()].concat()
}

/// Directories of TIFF, as EXIF is one.
fn directories() -> Vec<(&'static str, Vec<u8>)> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [tag.to_le_bytes().as_slice(), &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let one = |entries: &[Vec<u8>], next: u32| {
        let count = u16::try_from(entries.len()).expect("few entries").to_le_bytes();
        [b"II*\0\x08\0\0\0".as_slice(), &count, &entries.concat(), &next.to_le_bytes()].concat()
    };
    // Each points to the next.
    let chain = |count: u32, last: u32| {
        let mut file = b"II*\0\x08\0\0\0".to_vec();
        for place in 0..count {
            let next = if place + 1 == count { last } else { 8 + 18 * (place + 1) };
            file.extend([b"\x01\0".as_slice(), &entry(0x112, 3, 1, 6), &next.to_le_bytes()].concat());
        }
        file
    };
    let mut cases = vec![
        ("a directory that follows itself", one(&[entry(0x112, 3, 1, 6)], 8)),
        ("an EXIF directory inside of itself", one(&[entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8)], 0)),
        ("a value of 4 GiB", one(&[entry(0x13b, 2, u32::MAX, 8)], 0)),
        ("a value beyond the end", one(&[entry(0x8298, 2, 100, 0xffff_fff0)], 0)),
        ("65,535 entries of which one is there", b"II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\x01\0\0\0\x06\0\0\0".to_vec()),
        ("a directory beyond the end", b"II*\0\xff\xff\xff\xff".to_vec()),
        ("a directory in the header", b"II*\0\0\0\0\0".to_vec()),
        ("3000 directories", chain(3000, 0)),
        ("3000 directories in a ring", chain(3000, 8)),
        ("a type that is none", one(&[entry(0x112, 99, 1, 6)], 0)),
    ];
    for (name, orientation) in [("orientation 0", 0), ("orientation 9", 9), ("orientation 65,535", 65_535)] {
        cases.push((name, one(&[entry(0x112, 3, 1, orientation)], 0)));
    }
    cases
}
