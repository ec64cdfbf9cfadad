//! AVIF out: what a decoder makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

use sandpress_avif::{Avif, Settings, Subsampling, speed};
use sandpress_png::Png;
use sandpress_raster::{
    Channels, Encoder as _, Error, Image, ImageInfo, Metadata, Probed, Quality, Rendition, RequestedQuality, Samples,
    compress, probe,
};
use zune_png::PngDecoder;
use zune_png::zune_core::bytestream::ZCursor;

const ALL_CHANNELS: [Channels; 4] = [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba];

/// A picture with gradients in whichever channels, ever less opaque.
fn image(width: u32, height: u32, channels: Channels) -> Image {
    let sample = |x: u32, y: u32| {
        let (red, green) = ((x * 200 / width) as u8, (y * 200 / height) as u8);
        let (blue, opacity) = (((x + y) * 100 / (width + height)) as u8, 255 - (y * 200 / height) as u8);
        match channels {
            Channels::Grey => vec![green],
            Channels::GreyAlpha => vec![green, opacity],
            Channels::Rgb => vec![red, green, blue],
            Channels::Rgba => vec![red, green, blue, opacity],
        }
    };
    let samples = (0..height).flat_map(|y| (0..width).flat_map(move |x| sample(x, y))).collect();
    Image::new(width, height, channels, Samples::Eight(samples)).unwrap()
}

fn encode(image: &Image, level: f32) -> Vec<u8> {
    Avif::encode(image, Quality::Level(level), &Settings::default()).unwrap().bytes
}

fn info(avif: &[u8]) -> ImageInfo {
    match probe(avif) {
        Probed::Known(info) => info,
        other => panic!("{other:?}"),
    }
}

/// The pixels in 8 bits, by rav1d, through a PNG without loss.
fn decode(avif: &[u8]) -> Vec<u8> {
    let rendition = Rendition {
        media_type: "image/png".into(),
        quality: RequestedQuality::Lossless,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Strip,
        settings: Vec::new(),
    };
    let png = compress::<Png>(avif.to_vec(), &[rendition]).unwrap().remove(0).bytes;
    PngDecoder::new(ZCursor::new(png)).decode().unwrap().u8().unwrap()
}

fn decibels(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares.max(1.0)).log10()
}

#[test]
fn a_higher_level_is_larger_and_nearer_to_the_source() {
    let source = image(200, 150, Channels::Rgb);
    let (mut len, mut likeness) = (0, 25.0);
    for level in [10.0, 60.0, 95.0] {
        let avif = encode(&source, level);
        let now = decibels(&decode(&avif), &source.eight_bits());
        assert!(now > likeness && avif.len() > len, "level {level}: {now:.1} dB, {} bytes", avif.len());
        (len, likeness) = (avif.len(), now);
    }
}

#[test]
fn every_size_comes_out_as_it_went_in() {
    for (width, height) in [(1, 1), (1, 17), (7, 1), (9, 15), (16, 16), (17, 33), (65, 3)] {
        for channels in ALL_CHANNELS {
            for level in [60.0, 100.0] {
                let source = image(width, height, channels);
                let avif = encode(&source, level);
                let info = info(&avif);
                assert_eq!((info.width, info.height), (width, height), "{channels:?}");
                assert_eq!(info.has_alpha, source.is_translucent(), "{channels:?}");
                assert!(!decode(&avif).is_empty(), "{channels:?}, level {level}");
            }
        }
    }
}

#[test]
fn grey_stays_grey_and_opacity_stays() {
    for channels in [Channels::Grey, Channels::GreyAlpha, Channels::Rgba] {
        let source = image(90, 70, channels);
        let mut pixels = decode(&encode(&source, 95.0));
        if channels == Channels::GreyAlpha && pixels.len() == 90 * 70 * 4 {
            // The decoder has made colours of it, which must be grey.
            assert!(pixels.chunks(4).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
            pixels = pixels.chunks(4).flat_map(|pixel| [pixel[0], pixel[3]]).collect();
        }
        let likeness = decibels(&pixels, &source.eight_bits());
        assert!(likeness > 38.0, "{channels:?}: {likeness:.1} dB");
    }
}

#[test]
fn of_sixteen_bits_ten_are_kept() {
    let samples = image(40, 30, Channels::Rgb).eight_bits().iter().map(|&sample| u16::from(sample) * 257).collect();
    let source = Image::new(40, 30, Channels::Rgb, Samples::Sixteen(samples)).unwrap();
    let encoded = Avif::encode(&source, Quality::Level(60.0), &Settings::default()).unwrap();
    assert_eq!(encoded.dropped, ["16-bit"]);
    assert_eq!(info(&encoded.bytes).bits_per_channel, 10);
}

#[test]
fn what_is_embedded_is_found_again() {
    let mut source = image(33, 20, Channels::Rgba);
    let plain = decode(&encode(&source, 60.0));
    source.embedded.exif = Some(b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec());
    source.embedded.xmp = Some(b"<x:xmpmeta/>".to_vec());
    let avif = encode(&source, 60.0);
    assert_eq!(decode(&avif), plain);
    source.embedded.icc = Some((0..3001).map(|n: u32| (n % 253) as u8).collect());
    let avif = encode(&source, 60.0);
    let info = info(&avif);
    for name in ["icc-profile", "exif", "xmp"] {
        assert!(info.settings.iter().any(|setting| setting.name == name), "{name}");
    }
    assert!(avif.windows(3001).any(|window| Some(window) == source.embedded.icc.as_deref()));
}

#[test]
fn colour_of_full_resolution_is_nearer_to_the_source() {
    let samples = (0..64 * 64).flat_map(|at| if at % 2 == 0 { [200, 30, 60] } else { [20, 30, 90] }).collect();
    let source = Image::new(64, 64, Channels::Rgb, Samples::Eight(samples)).unwrap();
    let likeness = |subsampling| {
        let settings = Settings { subsampling: Some(subsampling), ..Settings::default() };
        let avif = Avif::encode(&source, Quality::Level(95.0), &settings).unwrap().bytes;
        decibels(&decode(&avif), &source.eight_bits())
    };
    assert!(likeness(Subsampling::Full) > likeness(Subsampling::Halved) + 6.0);
}

#[test]
fn colour_has_full_resolution_where_its_detail_is_slight_beside_that_of_the_brightness() {
    // Stripes of brightness, of which the colours have some part.
    let striped = |brightness: u8, colour: u8| {
        let bright = 100 + brightness;
        let pixel = |at: usize| if at.is_multiple_of(2) { [bright, bright - colour, bright] } else { [100; 3] };
        Image::new(96, 96, Channels::Rgb, Samples::Eight((0..96 * 96).flat_map(pixel).collect())).unwrap()
    };
    let table = [("grey stripes", striped(40, 0), true), ("violet stripes", striped(12, 12), false)];
    for (name, source, expected) in table {
        assert_eq!(is_full(&encode(&source, 60.0)), expected, "{name}");
    }
    // In a drawing's strong colours it is seen, whatever the brightness has.
    assert!(is_full(&encode(&striped(150, 150), 60.0)));
    assert!(!is_full(&encode(&image(96, 96, Channels::Rgb), 60.0)), "a gradient");
}

/// Whether colours have the resolution of the brightness, as `av1C` says it.
fn is_full(avif: &[u8]) -> bool {
    let place = avif.windows(4).position(|name| name == b"av1C").unwrap();
    avif[place + 6] >> 2 & 0b11 == 0
}

#[test]
fn each_level_of_a_search_is_of_another_quantiser() {
    // Bright noise, of which each quantiser makes another file.
    let noise = (0..64 * 64_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let source = Image::new(64, 64, Channels::Grey, Samples::Eight(noise)).unwrap();
    let levels = Avif::levels();
    assert_eq!(levels.len(), 63);
    let mut files: Vec<Vec<u8>> = levels.iter().map(|&level| encode(&source, level)).collect();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), 63);
    // And there are no others.
    for level in 0..=100_u8 {
        assert!(files.contains(&encode(&source, level.into())), "level {level}");
    }
}

#[test]
fn what_would_take_too_long_is_refused_at_once() {
    let source = Image::new(10_000, 10_000, Channels::Grey, Samples::Eight(vec![0; 100_000_000])).unwrap();
    match Avif::encode(&source, Quality::Level(60.0), &Settings::default()) {
        Err(Error::OverLimit(detail)) => assert!(detail.contains("40 megapixels"), "{detail}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn large_pictures_get_less_effort() {
    let samples = |megapixels: u64| megapixels * 1_500_000;
    let speeds = |effort| [1, 4, 12, 100].map(|megapixels| speed(effort, samples(megapixels)));
    assert_eq!(speeds(0), [9, 9, 9, 9]);
    assert_eq!(speeds(1), [8, 8, 8, 9]);
    assert_eq!(speeds(6), [6, 6, 8, 9]);
}
