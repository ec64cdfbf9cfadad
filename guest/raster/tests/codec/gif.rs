//! GIF in.

use sandpress_raster::{Error, Metadata, Probed, Rendition, Value, probe};
use weezl::{BitOrder, encode::Encoder};

use crate::support::{compress, dropped, format_file, pixels, rendition};

/// Red, green, blue, white.
const COLOURS: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255; 3]];

fn sub_blocks(data: &[u8]) -> Vec<u8> {
    data.chunks(255).flat_map(|part| [&[part.len() as u8], part].concat()).chain([0]).collect()
}

/// An image at a place, whose data are these indices.
fn image(place: [u16; 4], indices: &[u8]) -> Vec<u8> {
    let data = Encoder::new(BitOrder::Lsb, 2).encode(indices).unwrap();
    [&[0x2C], &place.map(u16::to_le_bytes).concat()[..], &[0, 2], &sub_blocks(&data)].concat()
}

/// A file of four colours.
fn file(width: u16, height: u16, blocks: &[u8]) -> Vec<u8> {
    let sides = [width, height].map(u16::to_le_bytes).concat();
    [b"GIF89a", &sides[..], &[0x81, 3, 0], &COLOURS.concat(), blocks, &[0x3B]].concat()
}

fn malformed(input: &[u8]) -> String {
    match compress(input, &rendition()) {
        Err(Error::Malformed(detail)) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_animation_is_refused_by_an_encoder_of_stills_and_its_frames_are_counted() {
    match compress(&format_file("animation.gif"), &rendition()) {
        Err(Error::Unsupported(detail)) => {
            assert!(detail.contains("3 frames") && detail.contains("ask for image/webp"), "{detail}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_beginning_does_not_say_how_many_frames_follow() {
    for name in ["animation.gif", "palette.gif"] {
        assert!(matches!(probe(&format_file(name)), Probed::Known(info) if info.frames == 0), "{name}");
    }
}

#[test]
fn a_screen_grows_with_an_image_that_is_larger() {
    let small = file(1, 1, &image([1, 0, 2, 1], &[0, 3]));
    let (width, height, samples) = pixels(&compress(&small, &rendition()).unwrap().bytes);
    assert_eq!((width, height), (3, 1));
    assert_eq!(samples, [0, 0, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255]);
}

#[test]
fn an_image_that_ends_early_is_malformed() {
    // The code that says so comes after three of four pixels; nothing comes; only the codes' size is there.
    assert!(malformed(&file(2, 2, &image([0, 0, 2, 2], &[0, 1, 2]))).contains("only 3"));
    let nothing = [&image([0, 0, 2, 2], &[])[..10], &[2, 0]].concat();
    assert!(malformed(&file(2, 2, &nothing)).contains("0 bytes"));
}

#[test]
fn colours_that_are_not_there_are_malformed() {
    let pixels = image([0, 0, 2, 1], &[0, 1]);
    let whole = file(2, 1, &pixels);
    let without = [&whole[..10], &[0, 0, 0], &pixels, &[0x3B]].concat();
    assert!(malformed(&without).contains("no colours"));
    // A palette of two.
    let few = [&whole[..10], &[0x80, 0, 0], &COLOURS[..2].concat(), &image([0, 0, 2, 1], &[0, 2]), &[0x3B]].concat();
    assert!(malformed(&few).contains("palette"));
}

#[test]
fn codes_of_impossible_sizes_are_malformed() {
    for size in [0, 9, 12, 13, 255] {
        let mut pixels = image([0, 0, 2, 1], &[0, 1]);
        // After the introducer, the place and the flags.
        assert_eq!(pixels[10], 2);
        pixels[10] = size;
        malformed(&file(2, 1, &pixels));
    }
}

#[test]
fn small_files_that_claim_to_be_huge_are_refused() {
    let pixel = image([0, 0, 1, 1], &[0]);
    assert!(matches!(compress(&file(65_535, 65_535, &pixel), &rendition()), Err(Error::OverLimit(_))));
    assert!(malformed(&file(1, 1, &image([0, 0, 10_000, 10_000], &[0]))).contains("cannot be in"));
    malformed(&file(5, 5, &image([0, 0, 0, 5], &[])));
}

#[test]
fn an_xmp_packet_is_kept_and_a_comment_is_named() {
    let packet = b"<x:xmpmeta>a packet</x:xmpmeta>";
    let trailer: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
    let xmp = [b"\x21\xFF\x0BXMP DataXMP", &packet[..], &trailer].concat();
    let profile = [b"\x21\xFF\x0BICCRGBG1012", &sub_blocks(b"a profile")[..]].concat();
    let comment = [&b"\x21\xFE"[..], &sub_blocks(b"made by hand")].concat();
    let input = file(2, 1, &[&xmp[..], &profile, &image([0, 0, 2, 1], &[0, 1]), &comment].concat());
    let output = compress(&input, &Rendition { metadata: Metadata::Keep, ..rendition() }).unwrap();
    assert!(output.bytes.windows(packet.len()).any(|window| window == packet));
    assert_eq!(dropped(&output), ["icc-profile", "comment"]);
    let Probed::Known(info) = probe(&input) else { panic!("a whole file is known") };
    assert!(info.settings.iter().any(|setting| setting.name == "xmp" && setting.value == Value::Flag(true)));
}
