//! The metric beside another implementation of it, `fast-ssim2`.

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};

use super::*;
use crate::{Channels, Samples};

/// Slopes and stripes with noise on them, different in each channel.
#[expect(clippy::cast_possible_truncation, reason = "at most 255")]
fn samples(width: usize, height: usize, channels: usize, noise: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as usize
    };
    let places = (0..width * height * channels).map(|at| (at / channels % width, at / channels / width, at % channels));
    let value = |(x, y, channel): (usize, usize, usize)| {
        x * (channel + 1) % 170 + y / 3 % 40 + x / 8 % 2 * 20 + random() * noise / 255
    };
    places.map(value).map(|value| value.min(255) as u8).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "small sizes")]
fn image(width: usize, height: usize, channels: Channels, noise: usize) -> Image {
    let samples = samples(width, height, channels.count(), noise);
    Image::new(width as u32, height as u32, channels, Samples::Eight(samples)).unwrap()
}

/// The other implementation's score.
fn other(original: &Image, copy: &Image) -> f64 {
    let descriptor = match original.channels() {
        Channels::Grey => PixelDescriptor::GRAY8_SRGB,
        Channels::Rgb => PixelDescriptor::RGB8_SRGB,
        _ => PixelDescriptor::RGBA8_SRGB,
    };
    let bytes = [original, copy].map(Image::eight_bits);
    let slices = bytes.each_ref().map(|bytes| {
        let stride = original.width() as usize * original.channels().count();
        PixelSlice::new(bytes, original.width(), original.height(), stride, descriptor).unwrap()
    });
    compute_ssimulacra2(&slices[0], &slices[1]).unwrap()
}

#[test]
fn scores_are_those_of_another_implementation() {
    // In grey, two channels are flat. A recursive Gaussian in single precision makes some noise there, which the other counts as error.
    for (channels, tolerance) in [(Channels::Grey, 0.15), (Channels::Rgb, 0.03), (Channels::Rgba, 0.03)] {
        for (width, height) in [(8, 8), (9, 31), (40, 25), (129, 77), (256, 256), (515, 400)] {
            let original = image(width, height, channels, 10);
            for noise in [25, 60] {
                let copy = image(width, height, channels, noise);
                let (score, other) = (Reference::new(&original).score(&copy).unwrap(), other(&original, &copy));
                let message = format!("{score}, not {other}: {width} × {height} {channels:?}, noise of {noise}");
                assert!((score - other).abs() < tolerance, "{message}");
            }
        }
    }
}

#[test]
fn the_same_picture_has_the_highest_score() {
    for channels in [Channels::Grey, Channels::Rgba] {
        let original = image(100, 70, channels, 30);
        assert_eq!(Reference::new(&original).score(&original), Ok(100.0));
    }
}

#[test]
fn the_depth_of_samples_makes_no_difference() {
    let (original, copy) = (image(64, 64, Channels::Rgb, 10), image(64, 64, Channels::Rgb, 30));
    let deep = original.eight_bits().iter().map(|&sample| 257 * u16::from(sample)).collect();
    let deep = Image::new(64, 64, Channels::Rgb, Samples::Sixteen(deep)).unwrap();
    assert_eq!(Reference::new(&deep).score(&copy), Reference::new(&original).score(&copy));
}

#[test]
fn the_smallest_pictures_have_a_score() {
    let pixel = |value| Image::new(1, 1, Channels::Grey, Samples::Eight(vec![value])).unwrap();
    let reference = Reference::new(&pixel(100));
    assert_eq!(reference.score(&pixel(100)), Ok(100.0));
    assert!(reference.score(&pixel(200)).unwrap() < 90.0);
}

#[test]
fn another_size_cannot_be_compared() {
    let reference = Reference::new(&image(20, 10, Channels::Grey, 0));
    assert!(reference.score(&image(10, 20, Channels::Grey, 0)).is_err());
}
