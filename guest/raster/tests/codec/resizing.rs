//! What a box shows of an image.

use png::{ColorType, Info};
use sandpress_raster::{Fit, Rendition, Resize};

use crate::support::{compress, jpeg, pixels, png_of, rendition};

/// Three vertical bands of equal width: dark, middle, bright.
fn bands(width: usize, height: usize) -> Vec<u8> {
    let row: Vec<u8> = (0..width).map(|x| [20, 120, 220][x * 3 / width]).collect();
    let mut info = Info::with_size(width as u32, height as u32);
    info.color_type = ColorType::Grayscale;
    png_of(&row.repeat(height), info)
}

fn resized(width: u32, height: u32, fit: Fit) -> (usize, usize, Vec<u16>) {
    let resize = Some(Resize { width: Some(width), height: Some(height), fit });
    pixels(&compress(&bands(300, 100), &Rendition { resize, ..rendition() }).unwrap().bytes)
}

#[test]
fn contain_shows_all_of_it() {
    let (width, height, samples) = resized(60, 60, Fit::Contain);
    assert_eq!((width, height), (60, 20));
    assert_eq!([samples[10], samples[30], samples[50]], [20, 120, 220]);
}

#[test]
fn cover_shows_the_middle_of_it() {
    let (width, height, samples) = resized(50, 50, Fit::Cover);
    assert_eq!((width, height), (50, 50));
    assert!(samples.iter().all(|sample| sample.abs_diff(120) < 12), "only the middle band is seen");
}

#[test]
fn a_resize_keeps_the_average() {
    let (.., samples) = resized(31, 31, Fit::Contain);
    let average = samples.iter().map(|&sample| f64::from(sample)).sum::<f64>() / samples.len() as f64;
    assert!((average - 120.0).abs() < 1.5, "{average}");
}

/// Found by fuzzing: what a JPEG is decoded to at an eighth is no eighth of it to the last bit.
#[test]
fn a_jpeg_of_any_size_becomes_small() {
    for side in 1..200 {
        let file = jpeg(side, 200 - side, |_| {});
        for fit in [Fit::Contain, Fit::Cover] {
            let resize = Some(Resize { width: Some(3), height: Some(2), fit });
            let made = compress(&file, &Rendition { resize, ..rendition() });
            assert!(made.is_ok(), "{side} pixels wide, {fit:?}: {made:?}");
        }
    }
}
