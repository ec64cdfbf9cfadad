//! Small files that claim to be huge.

use sandpress_raster::Error;

use crate::support::{chunk, compress, jpeg, rendition};

/// A PNG of a few bytes with any header.
fn png_claiming(width: u32, height: u32, bits: u8, colour: u8) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[bits, colour, 0, 0, 0]].concat();
    let data = chunk(b"IDAT", &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]);
    [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &header)[..], &data, &chunk(b"IEND", &[])].concat()
}

fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg(16, 16, |_| ());
    let sof = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    file[sof + 5..sof + 7].copy_from_slice(&height.to_be_bytes());
    file[sof + 7..sof + 9].copy_from_slice(&width.to_be_bytes());
    file
}

#[test]
fn gigapixels_are_over_the_limit() {
    for (width, height) in [(40_000, 40_000), (i32::MAX as u32, i32::MAX as u32), (1, i32::MAX as u32)] {
        let result = compress(&png_claiming(width, height, 8, 6), &rendition());
        assert!(matches!(result, Err(Error::OverLimit(_))), "PNG of {width} × {height}: {result:?}");
    }
    for (width, height) in [(65_000, 65_000), (65_501, 1), (1, 65_535)] {
        let result = compress(&jpeg_claiming(width, height), &rendition());
        assert!(matches!(result, Err(Error::OverLimit(_))), "JPEG of {width} × {height}: {result:?}");
    }
}

#[test]
fn more_pixels_than_the_data_can_hold_are_malformed() {
    for (width, height) in [(1000, 1000), (16_000, 16_000)] {
        let result = compress(&png_claiming(width, height, 8, 6), &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "PNG of {width} × {height}: {result:?}");
    }
    for (width, height) in [(2000, 2000), (16_000, 16_000)] {
        let result = compress(&jpeg_claiming(width, height), &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "JPEG of {width} × {height}: {result:?}");
    }
}

#[test]
fn an_image_without_extent_is_malformed() {
    for (width, height) in [(0, 5), (5, 0), (0, 0)] {
        let result = compress(&png_claiming(width, height, 8, 2), &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "{width} × {height}: {result:?}");
    }
}

#[test]
fn thousands_of_scans_are_over_the_limit() {
    let file = jpeg(16, 16, |encoder| encoder.set_progressive(true));
    let sos = file.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scan = &file[sos..file.len() - 2];
    let bomb = [&file[..sos], &scan.repeat(1000), &[0xFF, 0xD9]].concat();
    assert!(matches!(compress(&bomb, &rendition()), Err(Error::OverLimit(_))));
}
