//! What a box shows of an image.

use png::{ColorType, Info};
use sandpress_raster::{Fit, Rendition, Resize, Setting, Value};

use crate::support::{compress, jpeg, jpeg_of, pixels, png_of, rendition};

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

/// What becomes of rows of samples, with their width, at a third of the size in linear light.
fn blended_as_light(rows: &[u8], width: u32, color: ColorType) -> Vec<u16> {
    let height = rows.len() / (width as usize * color.samples());
    let mut info = Info::with_size(width, height as u32);
    info.color_type = color;
    let rendition = Rendition {
        resize: Some(Resize { width: Some(width / 3), height: None, fit: Fit::Contain }),
        settings: vec![Setting { name: "linear-light".into(), value: Value::Flag(true) }],
        ..rendition()
    };
    pixels(&compress(&png_of(rows, info), &rendition).unwrap().bytes).2
}

#[test]
fn as_light_fine_details_stay_as_bright_as_they_were() {
    // Lines one pixel wide: half of the light, which is a value of 188, whereas the mean of the values is 128.
    let lines: Vec<u8> = (0..90 * 90).map(|at| if at % 2 == 0 { 255 } else { 0 }).collect();
    let middle = |samples: Vec<u16>| samples[15 * 30 + 10..][..10].to_vec();
    let light = middle(blended_as_light(&lines, 90, ColorType::Grayscale));
    assert!(light.iter().all(|sample| sample.abs_diff(188) < 4), "{light:?}");

    let mut info = Info::with_size(90, 90);
    info.color_type = ColorType::Grayscale;
    let resize = Some(Resize { width: Some(30), height: None, fit: Fit::Contain });
    let values =
        middle(pixels(&compress(&png_of(&lines, info), &Rendition { resize, ..rendition() }).unwrap().bytes).2);
    assert!(values.iter().all(|sample| sample.abs_diff(128) < 4), "{values:?}");
}

#[test]
fn as_light_what_is_even_stays_what_it_is() {
    // More rows than are made narrower at once.
    let even = [200, 100, 3].repeat(300 * 3000);
    assert!(blended_as_light(&even, 300, ColorType::Rgb).chunks(3).all(|pixel| pixel == [200, 100, 3]));
}

#[test]
fn as_light_the_colours_of_transparent_pixels_do_not_bleed() {
    let pixels = (0..90 * 90).flat_map(|at| if at % 90 < 45 { [0, 255, 0, 0] } else { [200, 0, 0, 255] });
    let made = blended_as_light(&pixels.collect::<Vec<u8>>(), 90, ColorType::Rgba);
    for pixel in made.chunks(4).filter(|pixel| pixel[3] > 20) {
        assert!(pixel[0].abs_diff(200) < 12 && pixel[1] < 12, "{pixel:?}");
    }
}

/// Decoded at an eighth, as it is otherwise, its values would be blended.
#[test]
fn as_light_a_jpeg_is_decoded_whole() {
    let lines: Vec<u8> = (0..480 * 480).map(|at| if at % 2 == 0 { 255 } else { 0 }).collect();
    let file = jpeg_of(&lines, 480, 480, jpeg_encoder::ColorType::Luma, |_| {});
    let rendition = Rendition {
        resize: Some(Resize { width: Some(20), height: None, fit: Fit::Contain }),
        settings: vec![Setting { name: "linear-light".into(), value: Value::Flag(true) }],
        ..rendition()
    };
    let (.., samples) = pixels(&compress(&file, &rendition).unwrap().bytes);
    assert!(samples.iter().all(|sample| sample.abs_diff(188) < 6), "{samples:?}");
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
