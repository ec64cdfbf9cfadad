//! Pictures come out upright.

use png::{ColorType, Info};
use sandpress_raster::{Channels, Image, Metadata, Rendition, Samples};

use crate::support::{compress, contain, exif, jpeg_of, pixels, png_of, rendition};

/// A picture of 48 × 32 whose four quarters have four brightnesses, as it is seen.
const QUARTERS: [u8; 4] = [30, 100, 170, 240];

fn seen(width: usize, height: usize, x: usize, y: usize) -> u8 {
    QUARTERS[usize::from(y >= height / 2) * 2 + usize::from(x >= width / 2)]
}

/// The same picture as it is stored under an orientation: for each stored pixel, where it is seen.
fn stored(orientation: u16) -> (usize, usize, Vec<u8>) {
    let (width, height) = (48, 32);
    let (stored_width, stored_height) = if orientation >= 5 { (height, width) } else { (width, height) };
    let place = |x: usize, y: usize| match orientation {
        1 => (x, y),
        2 => (width - 1 - x, y),
        3 => (width - 1 - x, height - 1 - y),
        4 => (x, height - 1 - y),
        5 => (y, x),
        6 => (width - 1 - y, x),
        7 => (width - 1 - y, height - 1 - x),
        _ => (y, height - 1 - x),
    };
    let samples = (0..stored_height).flat_map(|y| {
        (0..stored_width).map(move |x| {
            let (x, y) = place(x, y);
            seen(width, height, x, y)
        })
    });
    (stored_width, stored_height, samples.collect())
}

fn as_jpeg(orientation: u16) -> Vec<u8> {
    jpeg_that_says(orientation, stored(orientation))
}

fn jpeg_that_says(orientation: u16, (width, height, samples): (usize, usize, Vec<u8>)) -> Vec<u8> {
    jpeg_of(&samples, width, height, jpeg_encoder::ColorType::Luma, |encoder| {
        encoder.add_exif_metadata(&exif(orientation)).unwrap();
    })
}

fn as_png(orientation: u16) -> Vec<u8> {
    let (width, height, samples) = stored(orientation);
    let mut info = Info::with_size(width as u32, height as u32);
    info.color_type = ColorType::Grayscale;
    info.exif_metadata = Some(exif(orientation).into());
    png_of(&samples, info)
}

#[test]
fn every_orientation_is_applied_once_and_then_gone() {
    for orientation in 1..=8 {
        for (format, file) in [("jpeg", as_jpeg(orientation)), ("png", as_png(orientation))] {
            for metadata in [Metadata::Strip, Metadata::Copyright, Metadata::Keep] {
                // All of it, and a quarter of it: one is turned as it is, the other after it was resized.
                for (resize, width, height) in [(None, 48, 32), (contain(24, 24), 24, 16)] {
                    let request = Rendition { metadata, resize, ..rendition() };
                    let output = compress(&file, &request).unwrap();
                    let (w, h, samples) = pixels(&output.bytes);
                    let what = format!("{format}, orientation {orientation}, {metadata:?}, {width} × {height}");
                    assert_eq!((w, h), (width, height), "{what}");
                    assert_eq!(output.info.orientation, 1, "{what}");
                    // In the middle of each quarter, away from the edges.
                    for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
                        let (x, y) = (x * width / 4, y * height / 4);
                        let difference = samples[y * width + x].abs_diff(seen(width, height, x, y).into());
                        assert!(difference < 8, "{what}: pixel {x}, {y}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_orientation_that_makes_no_sense_is_none() {
    for orientation in [0, 9, 4000] {
        let output = compress(&jpeg_that_says(orientation, stored(1)), &rendition()).unwrap();
        assert_eq!((output.info.width, output.info.height), (48, 32), "orientation {orientation}");
    }
}

#[test]
fn an_image_has_as_many_samples_as_it_says() {
    assert!(Image::new(2, 2, Channels::Rgb, Samples::Eight(vec![0; 12])).is_ok());
    assert!(Image::new(2, 2, Channels::Rgb, Samples::Eight(vec![0; 11])).is_err());
    assert!(Image::new(0, 2, Channels::Rgb, Samples::Eight(Vec::new())).is_err());
}
