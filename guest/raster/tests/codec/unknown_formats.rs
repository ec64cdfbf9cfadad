//! Files that are not what their name promises.

use crate::support::{compress, rendition};
use sandpress_raster::{ACCEPTS, Error};

#[test]
fn a_format_that_is_not_read_is_called_by_its_name() {
    let table: [(&[u8], &str); 11] = [
        (b"RIFF\x24\0\0\0WAVEfmt ", "RIFF"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (b"8BPS\0\x01\0\0", "Photoshop"),
        (b"BMW is no picture, is it", "text"),
        (b"\0\0\0\x18ftyphevcXXXX", "HEIC"),
        (b"\0\0\0\x18ftypisomXXXX", "video"),
        (b"%PDF-1.4\n", "PDF"),
        (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"\">", "SVG"),
        (b"\xEF\xBB\xBF  <svg>", "SVG"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"not a picture at all", "text"),
    ];
    for (input, name) in table {
        match compress(input, &rendition()) {
            Err(Error::Unsupported(detail)) => {
                assert!(detail.contains(name), "{name}: {detail}");
                assert!(ACCEPTS.iter().all(|media_type| detail.contains(media_type)), "{detail} says all that is read");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn an_empty_file_is_malformed() {
    assert!(matches!(compress(b"", &rendition()), Err(Error::Malformed(_))));
}
