//! TIFF in.

use sandpress_raster::{Error, Metadata, Probed, Rendition, probe};

use crate::support::{compress, dropped, format_file, pixels, rendition};

/// A tag with its numbers, of 16 bits each or of 32.
type Tag<'a> = (u16, u16, &'a [u32]);

const SHORT: u16 = 3;
const LONG: u16 = 4;

/// A little-endian file of one directory, which follows the image data.
fn file(tags: &[Tag], data: &[u8]) -> Vec<u8> {
    let mut out = [b"II*\0", &(8 + data.len() as u32).to_le_bytes()[..], data].concat();
    let mut values_at = out.len() + 2 + tags.len() * 12 + 4;
    let mut values = Vec::new();
    out.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, numbers) in tags {
        let bytes: Vec<u8> = match *kind {
            SHORT => numbers.iter().flat_map(|&number| (number as u16).to_le_bytes()).collect(),
            LONG => numbers.iter().flat_map(|&number| number.to_le_bytes()).collect(),
            _ => numbers.iter().map(|&number| number as u8).collect(),
        };
        out.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        out.extend((numbers.len() as u32).to_le_bytes());
        if bytes.len() <= 4 {
            out.extend(bytes.iter().copied().chain([0; 4]).take(4));
        } else {
            out.extend((values_at as u32).to_le_bytes());
            values_at += bytes.len();
            values.extend(bytes);
        }
    }
    [out, vec![0; 4], values].concat()
}

/// What every picture of one strip says: its size, its depth, its colours and where it is.
fn tags<'a>(size: &'a [u32; 2], bits: &'a [u32], colour: &'a [u32; 1], len: &'a [u32; 1]) -> Vec<Tag<'a>> {
    vec![
        (256, LONG, &size[..1]),
        (257, LONG, &size[1..]),
        (258, SHORT, bits),
        (259, SHORT, &[1]),
        (262, SHORT, colour),
        (273, LONG, &[8]),
        (279, LONG, len),
    ]
}

/// Two grey pixels, and some more to say of them.
fn grey(more: &[Tag]) -> Vec<u8> {
    let mut tags = tags(&[2, 1], &[8], &[1], &[2]);
    tags.retain(|(tag, ..)| more.iter().all(|(other, ..)| other != tag));
    tags.extend(more);
    file(&tags, &[10, 200])
}

fn samples(input: &[u8]) -> Vec<u16> {
    pixels(&compress(input, &rendition()).unwrap().bytes).2
}

fn unsupported(input: &[u8]) -> String {
    match compress(input, &rendition()) {
        Err(Error::Unsupported(detail)) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_are_refused_and_counted() {
    let input = format_file("pages.tif");
    assert!(unsupported(&input).contains("2 pages"));
    assert!(matches!(probe(&input), Probed::Known(info) if info.frames == 2));
}

#[test]
fn what_cannot_be_shown_right_is_refused_by_name() {
    let inks = |tag: Tag| {
        let mut tags = tags(&[1, 1], &[8], &[5], &[5]);
        tags.extend([(277, SHORT, &[5][..]), tag]);
        unsupported(&file(&tags, &[1, 2, 3, 4, 5]))
    };
    assert!(inks((332, SHORT, &[2])).contains("other inks"));
    assert!(inks((338, SHORT, &[2])).contains("CMYK with opacity"));
    let table: [(Tag, &str); 10] = [
        ((259, SHORT, &[4]), "fax"),
        ((259, SHORT, &[7]), "JPEG"),
        ((259, SHORT, &[50_000]), "50000"),
        ((254, LONG, &[1]), "raw"),
        ((50_706, 1, &[1, 4, 0, 0]), "raw"),
        ((339, SHORT, &[3]), "whole numbers"),
        ((258, SHORT, &[32]), "32 bits"),
        ((266, SHORT, &[2]), "right to left"),
        ((317, SHORT, &[3]), "predictor"),
        ((262, SHORT, &[32_803]), "32803"),
    ];
    for (tag, reason) in table {
        // The colour filter of a raw file has one sample; others than grey are taken to have three.
        let samples: &[Tag] = if tag.0 == 262 { &[(277, SHORT, &[3])] } else { &[] };
        let detail = unsupported(&grey(&[&[tag], samples].concat()));
        assert!(detail.contains(reason), "{reason}: {detail}");
    }
}

#[test]
fn what_makes_no_sense_is_malformed() {
    let table: [(&str, Tag); 9] = [
        ("no width", (256, LONG, &[0])),
        ("more rows than there are strips for", (278, LONG, &[0])),
        ("a strip behind the end", (273, LONG, &[10_000])),
        ("a strip that is too short", (279, LONG, &[1])),
        ("two strips", (273, LONG, &[8, 8])),
        ("tiles without extent", (322, LONG, &[0])),
        ("too few samples", (277, SHORT, &[0])),
        ("a picture that cannot be in so few bytes", (257, LONG, &[30_000])),
        ("a palette that is not there", (262, SHORT, &[3])),
    ];
    for (what, tag) in table {
        let result = compress(&grey(&[tag]), &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "{what}: {result:?}");
    }
}

#[test]
fn small_files_that_claim_to_be_huge_are_refused() {
    let huge = [(256, LONG, &[u32::MAX][..]), (257, LONG, &[u32::MAX])];
    assert!(matches!(compress(&grey(&huge), &rendition()), Err(Error::OverLimit(_))));
    let tile = [(322, LONG, &[u32::MAX][..]), (323, LONG, &[u32::MAX]), (324, LONG, &[8]), (325, LONG, &[2])];
    assert!(matches!(compress(&grey(&tile), &rendition()), Err(Error::OverLimit(_))));
    let long = vec![0; (4 << 20) + 1];
    assert!(matches!(compress(&grey(&[(34_675, 7, &long)]), &rendition()), Err(Error::OverLimit(_))));
}

#[test]
fn directories_in_a_circle_have_an_end() {
    let mut input = grey(&[]);
    let link = input.len() - 4;
    input[link..].copy_from_slice(&10_u32.to_le_bytes());
    assert!(matches!(compress(&input, &rendition()), Err(Error::Malformed(_))));
    assert_eq!(probe(&input), Probed::Unknown);
}

/// A few hundred kilobytes could hold ten thousand directories of 65,535 entries: minutes of work.
#[test]
fn directories_that_overlap_are_malformed() {
    // The last two entries are read as a directory of one entry: tag 1 is its count.
    let mut input = grey(&[(1, SHORT, &[0]), (2, 0, &[])]);
    let (within, link) = (10 + 2 + 7 * 12, 10 + 2 + 9 * 12);
    input[link] = within;
    assert!(matches!(compress(&input, &rendition()), Err(Error::Malformed(_))));
    assert_eq!(probe(&input), Probed::Unknown);
    input[link] = 0;
    assert_eq!(samples(&input), [10, 200]);
}

#[test]
fn samples_that_nobody_explains_are_left_out_and_named() {
    let mut tags = tags(&[2, 1], &[8, 8], &[1], &[4]);
    tags.push((277, SHORT, &[2]));
    let input = file(&tags, &[10, 99, 200, 98]);
    let output = compress(&input, &rendition()).unwrap();
    assert_eq!(pixels(&output.bytes).2, [10, 200]);
    assert_eq!(dropped(&output), ["extra-channels"]);
    tags.push((338, SHORT, &[2]));
    assert_eq!(samples(&file(&tags, &[10, 99, 200, 98])), [10, 99, 200, 98]);
}

#[test]
fn samples_of_few_bits_reach_from_black_to_white() {
    for (bits, data, expected) in
        [(1, 0b1010_0000, [255, 0, 255]), (2, 0b0001_1000, [0, 85, 170]), (4, 0x0F, [0, 255, 0])]
    {
        let input = file(&tags(&[3, 1], &[bits], &[1], &[2]), &[data, 0]);
        assert_eq!(samples(&input), expected, "{bits} bits");
        let inverted = file(&tags(&[3, 1], &[bits], &[0], &[2]), &[data, 0]);
        assert_eq!(samples(&inverted), expected.map(|sample| 255 - sample), "{bits} bits");
    }
}

#[test]
fn a_picture_is_turned_as_its_tag_says() {
    let input = grey(&[(274, SHORT, &[6])]);
    assert!(matches!(probe(&input), Probed::Known(info) if info.orientation == 6));
    let (width, height, samples) = pixels(&compress(&input, &rendition()).unwrap().bytes);
    assert_eq!((width, height, samples), (1, 2, vec![10, 200]));
}

#[test]
fn credits_profile_and_xmp_are_kept() {
    let numbers = |text: &str| text.bytes().map(u32::from).collect::<Vec<u32>>();
    let (artist, xmp, profile) =
        (numbers("Ann Other\0"), numbers("<x:xmpmeta>a packet</x:xmpmeta>"), numbers("profile"));
    let iptc = [0x1C, 2, 80, 0, 3, 66, 111, 98];
    let input =
        grey(&[(315, 2, &artist), (700, 1, &xmp), (33_723, 7, &iptc), (34_675, 7, &profile), (34_665, LONG, &[8])]);
    for (metadata, kept, gone) in [
        (Metadata::Keep, [true, true], &["exif-details", "iptc"][..]),
        (Metadata::Copyright, [true, false], &["exif", "xmp", "iptc", "exif-details", "iptc"]),
        (Metadata::Strip, [false, false], &["exif", "xmp", "iptc", "exif-details"]),
    ] {
        let output = compress(&input, &Rendition { metadata, ..rendition() }).unwrap();
        let has = |text: &[u8]| output.bytes.windows(text.len()).any(|window| window == text);
        assert_eq!([has(b"Ann Other\0"), has(b"a packet")], kept, "{metadata:?}");
        assert_eq!(dropped(&output), gone, "{metadata:?}");
        let reader = png::Decoder::new(std::io::Cursor::new(output.bytes)).read_info().unwrap();
        assert_eq!(reader.info().icc_profile.as_deref(), Some(&b"profile"[..]));
    }
}
