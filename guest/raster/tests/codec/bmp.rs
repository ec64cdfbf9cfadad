//! BMP in.

use sandpress_raster::{Error, Probed, probe};

use crate::support::{compress, pixels, rendition};

/// A file of a header of at least 40 bytes, what follows it, and pixels.
fn file(width: i32, height: i32, bits: u16, compression: u32, rest: &[u8], after: &[u8], data: &[u8]) -> Vec<u8> {
    let header_len = 40 + rest.len() as u32;
    let start = 14 + header_len + after.len() as u32;
    let colours = if bits <= 8 { after.len() as u32 / 4 } else { 0 };
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = b"BM".to_vec();
    file.extend(numbers(&[start + data.len() as u32, 0, start, header_len]));
    file.extend(numbers(&[width.cast_unsigned(), height.cast_unsigned(), 1 | u32::from(bits) << 16, compression]));
    file.extend(numbers(&[data.len() as u32, 0, 0, colours, 0]));
    [&file, rest, after, data].concat()
}

fn samples(input: &[u8]) -> Vec<u16> {
    pixels(&compress(input, &rendition()).unwrap().bytes).2
}

const PALETTE: [u8; 8] = [0, 0, 0, 0, 255, 255, 255, 0];

#[test]
fn the_header_of_os2_is_read() {
    let core = [12_u16, 0, 2, 1, 1, 24].into_iter().flat_map(u16::to_le_bytes);
    let mut input = [b"BM", &[0; 8][..], &26_u32.to_le_bytes()].concat();
    input.extend(core);
    input.extend([1, 2, 3, 4, 5, 6, 0, 0]);
    assert_eq!(samples(&input), [3, 2, 1, 6, 5, 4]);
}

#[test]
fn fields_of_few_bits_reach_from_black_to_white() {
    let data = [0x7C00_u16, 0x03E0, 0x001F, 0x7FFF].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(samples(&file(4, 1, 16, 0, &[], &[], &data)), [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
    let masks = [0x3FF0_0000_u32, 0x000F_FC00, 0x0000_03FF].map(u32::to_le_bytes).concat();
    let data = [0x3FF0_0000_u32, 512].into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(samples(&file(2, 1, 32, 3, &[], &masks, &data)), [255, 0, 0, 0, 0, 128]);
}

#[test]
fn reserved_bytes_are_not_opacity() {
    assert_eq!(samples(&file(1, 1, 32, 0, &[], &[], &[1, 2, 3, 0])), [3, 2, 1]);
}

#[test]
fn a_picture_that_is_transparent_everywhere_is_opaque() {
    let masks = [0xFF_0000_u32, 0xFF00, 0xFF, 0xFF00_0000].map(u32::to_le_bytes).concat();
    let input = |opacity| file(2, 1, 32, 3, &masks, &[], &[1, 2, 3, 0, 4, 5, 6, opacity]);
    assert_eq!(samples(&input(0)), [3, 2, 1, 255, 6, 5, 4, 255]);
    assert_eq!(samples(&input(9)), [3, 2, 1, 0, 6, 5, 4, 9]);
}

#[test]
fn a_colour_that_the_palette_does_not_have_is_black() {
    assert_eq!(samples(&file(2, 1, 8, 0, &[], &PALETTE, &[1, 2, 0, 0])), [255, 255, 255, 0, 0, 0]);
}

#[test]
fn runs_are_cut_at_the_end_of_their_row_and_never_left_out() {
    let input = |data: &[u8]| file(3, 2, 8, 1, &[], &PALETTE, data);
    let white = [255; 3];
    let two_rows = [[0; 9], [255; 9]].concat();
    assert_eq!(samples(&input(&[200, 1, 0, 0, 3, 0, 0, 1])), two_rows);
    assert_eq!(samples(&input(&[3, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1])), two_rows);
    assert_eq!(samples(&file(3, 1, 4, 2, &[], &PALETTE, &[3, 0x10, 0, 1])), [white, [0; 3], white].concat());
    for left_out in [&[2, 1, 0, 0, 3, 0, 0, 1][..], &[3, 1, 0, 1], &[1, 1, 0, 2, 2, 0, 0, 0, 3, 0, 0, 1]] {
        assert!(matches!(compress(&input(left_out), &rendition()), Err(Error::Unsupported(_))), "{left_out:?}");
    }
    for cut in [&[3, 1, 0, 0, 3, 0][..], &[3, 1, 0, 0, 0, 3, 1, 1], &[]] {
        assert!(matches!(compress(&input(cut), &rendition()), Err(Error::Malformed(_))), "{cut:?}");
    }
}

#[test]
fn a_profile_is_kept() {
    let mut rest = [0; 84];
    rest[16..20].copy_from_slice(b"DEBM");
    // After the header of 124 bytes and a pixel.
    rest[72..76].copy_from_slice(&128_u32.to_le_bytes());
    rest[76..80].copy_from_slice(&9_u32.to_le_bytes());
    let input = file(1, 1, 24, 0, &rest, &[], b"\x01\x02\x03\0a profile");
    let output = compress(&input, &rendition()).unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(output.bytes)).read_info().unwrap();
    assert_eq!(reader.info().icc_profile.as_deref(), Some(&b"a profile"[..]));
    assert!(matches!(compress(&input[..input.len() - 1], &rendition()), Err(Error::Malformed(_))));
}

#[test]
fn what_cannot_be_shown_right_is_refused_by_name() {
    for (bits, compression, reason) in [(0, 4, "JPEG"), (0, 5, "PNG"), (32, 11, "CMYK")] {
        match compress(&file(1, 1, bits, compression, &[], &[], &[0; 8]), &rendition()) {
            Err(Error::Unsupported(detail)) => assert!(detail.contains(reason), "{detail}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn headers_that_make_no_sense_are_malformed() {
    let masks = [0xFF_00FF_u32, 0xFF00, 0xFF].map(u32::to_le_bytes).concat();
    let table = [
        ("a negative width", file(-1, 1, 24, 0, &[], &[], &[0; 8])),
        ("no width", file(0, 1, 24, 0, &[], &[], &[0; 8])),
        ("no height", file(1, 0, 24, 0, &[], &[], &[0; 8])),
        ("three bits", file(1, 1, 3, 0, &[], &[], &[0; 8])),
        ("masks with gaps", file(1, 1, 32, 3, &[], &masks, &[0; 8])),
        ("runs from top to bottom", file(1, -1, 8, 1, &[], &PALETTE, &[1, 0, 0, 1])),
        ("the lowest height", file(1, i32::MIN, 24, 0, &[], &[], &[0; 8])),
        ("too few bytes", file(1000, 1000, 24, 0, &[], &[], &[0; 1000])),
        ("too few runs", file(1000, 1000, 8, 1, &[], &PALETTE, &[0; 1000])),
        ("the largest sides", file(i32::MAX, i32::MAX, 32, 0, &[], &[], &[0; 1000])),
    ];
    for (what, input) in table {
        let result = compress(&input, &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "{what}: {result:?}");
    }
}

#[test]
fn a_probe_needs_the_header_alone() {
    let input = file(3, -2, 24, 0, &[], &[], &[0; 24]);
    assert_eq!(probe(&input[..40]), Probed::NeedMore(50));
    assert!(matches!(probe(&input[..54]), Probed::Known(info) if (info.width, info.height) == (3, 2)));
}
