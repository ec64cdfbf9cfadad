//! WebP out: what another decoder makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

use std::io::Cursor;

use image_webp::WebPDecoder;
use sandpress_raster::{
    Channels, Encoded, Encoder as _, Error, Image, Metadata, Output, Probed, Quality, Rendition, RequestedQuality,
    Samples, Setting, Value, compress, probe,
};
use sandpress_webp::{Settings, Webp};

/// A picture with gradients and edges, its left third transparent, the rest ever less opaque.
fn picture(width: u32, height: u32) -> Vec<[u8; 4]> {
    let pixel = |x: u32, y: u32| {
        let edge = if (x * 3 + y) % 97 < 40 { 60 } else { 0 };
        let wave = ((x as f32 / 9.0).sin() + (y as f32 / 7.0).cos()) * 20.0 + 40.0;
        let opacity = if x < width / 3 { 0 } else { 255 - (y * 200 / height) as u8 };
        [(x * 190 / width) as u8 + edge, (y * 190 / height) as u8, wave as u8 + edge, opacity]
    };
    (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect()
}

/// The picture in whichever channels; grey is its green.
fn image(width: u32, height: u32, channels: Channels) -> Image {
    let samples = picture(width, height).into_iter().flat_map(|[r, g, b, a]| match channels {
        Channels::Grey => vec![g],
        Channels::GreyAlpha => vec![g, a],
        Channels::Rgb => vec![r, g, b],
        Channels::Rgba => vec![r, g, b, a],
    });
    Image::new(width, height, channels, Samples::Eight(samples.collect())).unwrap()
}

const ALL_CHANNELS: [Channels; 4] = [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba];

/// Every pixel of an image as red, green, blue and opacity.
fn seen(image: &Image) -> Vec<[u8; 4]> {
    let pixels = image.eight_bits();
    let pixels = pixels.chunks_exact(image.channels().count()).map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, opacity] => [grey, grey, grey, opacity],
        [r, g, b] => [r, g, b, 255],
        [r, g, b, opacity] => [r, g, b, opacity],
        _ => panic!("{} samples", pixel.len()),
    });
    pixels.collect()
}

fn encode(image: &Image, quality: Quality) -> Encoded {
    Webp::encode(image, quality, &Settings::default()).unwrap()
}

/// Width, height and pixels.
fn decode(webp: &[u8]) -> (u32, u32, Vec<[u8; 4]>) {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    let (width, height) = decoder.dimensions();
    let mut samples = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut samples).unwrap();
    let channels = if decoder.has_alpha() { Channels::Rgba } else { Channels::Rgb };
    (width, height, seen(&Image::new(width, height, channels, Samples::Eight(samples)).unwrap()))
}

/// How alike pixels look, in decibels: a colour counts as far as it is opaque.
fn psnr(a: &[[u8; 4]], b: &[[u8; 4]]) -> f64 {
    assert_eq!(a.len(), b.len());
    let square = |a: u8, b: u8| (f64::from(a) - f64::from(b)).powi(2);
    let squares: f64 = (a.iter().zip(b))
        .map(|(a, b)| {
            let opacity = f64::from(b[3]) / 255.0;
            (0..3).map(|at| square(a[at], b[at]) * opacity).sum::<f64>() + square(a[3], b[3])
        })
        .sum();
    10.0 * (255.0 * 255.0 * 3.0 * a.len() as f64 / squares.max(1.0)).log10()
}

fn rendition() -> Rendition {
    Rendition {
        media_type: "image/webp".into(),
        quality: RequestedQuality::Default,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Keep,
        settings: Vec::new(),
    }
}

/// The photo of the tests, small, through all that a component does.
fn photo(quality: RequestedQuality, settings: &[(&str, Value)]) -> Output {
    let settings = settings.iter().map(|(name, value)| Setting { name: (*name).into(), value: value.clone() });
    let rendition = Rendition { quality, settings: settings.collect(), ..rendition() };
    let photo = include_bytes!("../../../tests/images/progressive.jpg");
    compress::<Webp>(photo.to_vec(), &[rendition]).unwrap().remove(0)
}

#[test]
fn a_higher_level_is_larger_and_nearer_to_the_source() {
    for channels in [Channels::Rgb, Channels::Rgba] {
        let source = image(200, 150, channels);
        let (mut len, mut likeness) = (0, 0.0);
        for (level, least) in [(0.0, 20.0), (50.0, 25.0), (80.0, 27.0), (95.0, 30.0), (100.0, 31.0)] {
            let encoded = encode(&source, Quality::Level(level));
            let (width, height, pixels) = decode(&encoded.bytes);
            assert_eq!((width, height), (200, 150));
            let decibels = psnr(&pixels, &seen(&source));
            assert!(decibels > least && decibels > likeness, "level {level}: {decibels:.1} dB after {likeness:.1}");
            assert!(encoded.bytes.len() > len, "level {level}: {} bytes after {len}", encoded.bytes.len());
            (len, likeness) = (encoded.bytes.len(), decibels);
        }
    }
}

#[test]
fn every_size_comes_out_as_it_went_in() {
    for (width, height) in [(1, 1), (1, 17), (7, 1), (8, 8), (9, 15), (16, 16), (17, 33), (255, 3)] {
        for channels in ALL_CHANNELS {
            for quality in [Quality::Level(80.0), Quality::Lossless] {
                let encoded = encode(&image(width, height, channels), quality);
                let (w, h, _) = decode(&encoded.bytes);
                assert_eq!((w, h), (width, height), "{channels:?}, {quality:?}");
            }
        }
    }
}

#[test]
fn lossless_is_every_pixel_the_invisible_ones_too() {
    for channels in ALL_CHANNELS {
        for effort in [0, 3, 6] {
            let source = image(61, 47, channels);
            let settings = Settings { effort, ..Settings::default() };
            let encoded = Webp::encode(&source, Quality::Lossless, &settings).unwrap();
            assert!(decode(&encoded.bytes).2 == seen(&source), "{channels:?}, effort {effort}");
        }
    }
}

#[test]
fn opacity_is_exact_unless_less_is_asked_for() {
    // Every opacity that there is, in no order.
    let samples = (0..90 * 90_u32).flat_map(|at| [90, 120, 150, (at * at / 7 % 256) as u8]).collect();
    let source = Image::new(90, 90, Channels::Rgba, Samples::Eight(samples)).unwrap();
    let opacity = |pixels: Vec<[u8; 4]>| -> Vec<u8> { pixels.into_iter().map(|pixel| pixel[3]).collect() };
    let exact = encode(&source, Quality::Level(30.0)).bytes;
    assert_eq!(opacity(decode(&exact).2), opacity(seen(&source)));
    let settings = Settings { alpha_quality: 20, ..Settings::default() };
    let coarse = Webp::encode(&source, Quality::Level(30.0), &settings).unwrap().bytes;
    assert_ne!(opacity(decode(&coarse).2), opacity(seen(&source)));
    assert!(coarse.len() < exact.len(), "{} bytes, exact {}", coarse.len(), exact.len());
}

#[test]
fn opacity_is_stored_only_where_something_shines_through() {
    let opaque = |channels| {
        let mut pixels = seen(&image(20, 20, Channels::Rgb)).concat();
        if channels == Channels::Rgb {
            pixels = pixels.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        }
        Image::new(20, 20, channels, Samples::Eight(pixels)).unwrap()
    };
    for quality in [Quality::Level(80.0), Quality::Lossless] {
        let rgba = encode(&opaque(Channels::Rgba), quality).bytes;
        assert_eq!(rgba, encode(&opaque(Channels::Rgb), quality).bytes, "{quality:?}");
        let Probed::Known(info) = probe(&rgba) else { panic!("a WebP is known") };
        assert!(!info.has_alpha, "{quality:?}");
    }
}

#[test]
fn more_effort_makes_a_photo_smaller() {
    for quality in [RequestedQuality::Level(80.0), RequestedQuality::Lossless] {
        let [least, usual, most] =
            [0, 4, 6].map(|effort| photo(quality, &[("effort", Value::Integer(effort))]).bytes.len());
        // A search that goes further finds what is smaller nearly always.
        let is_in_order = usual < least && most <= usual + usual / 100;
        assert!(is_in_order, "{quality:?}: {least}, {usual}, {most} bytes");
        assert_eq!(usual, photo(quality, &[]).bytes.len(), "{quality:?}");
    }
}

#[test]
fn near_lossless_rounds_colours_and_saves_bytes() {
    let exact = photo(RequestedQuality::Lossless, &[]);
    let near = photo(RequestedQuality::Lossless, &[("near-lossless", Value::Integer(40))]);
    assert!(near.bytes.len() < exact.bytes.len() * 4 / 5, "{} bytes, exact {}", near.bytes.len(), exact.bytes.len());
    let decibels = psnr(&decode(&near.bytes).2, &decode(&exact.bytes).2);
    assert!((36.0..60.0).contains(&decibels), "{decibels:.1} dB");
    // Of no consequence for a lossy picture.
    let lossy = |settings: &[(&str, Value)]| photo(RequestedQuality::Level(80.0), settings).bytes;
    assert_eq!(lossy(&[("near-lossless", Value::Integer(40))]), lossy(&[]));
}

/// How alike the light is that pixels give (ITU-R BT.709), in decibels.
fn likeness_of_light(a: &[[u8; 4]], b: &[[u8; 4]]) -> f64 {
    let linear = |sample: u8| (f64::from(sample) / 255.0).powf(2.2);
    let light = |[r, g, b, _]: &[u8; 4]| 0.2126 * linear(*r) + 0.7152 * linear(*g) + 0.0722 * linear(*b);
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (light(a) - light(b)).powi(2)).sum();
    10.0 * (a.len() as f64 / squares).log10()
}

#[test]
fn sharp_yuv_keeps_the_edges_of_colours() {
    // A disc on another colour: along its edge both are in the four pixels of which one colour is kept.
    let is_inside = |at: u32| (at % 64).abs_diff(32).pow(2) + (at / 64).abs_diff(32).pow(2) < 400;
    for (disc, ground) in [([255, 0, 0], [255, 255, 255]), ([255, 0, 0], [0, 0, 0]), ([200, 30, 60], [20, 30, 90])] {
        let samples = (0..64 * 64).flat_map(|at| if is_inside(at) { disc } else { ground }).collect();
        let source = Image::new(64, 64, Channels::Rgb, Samples::Eight(samples)).unwrap();
        let likeness = |sharp_yuv| {
            let settings = Settings { sharp_yuv, ..Settings::default() };
            let encoded = Webp::encode(&source, Quality::Level(95.0), &settings).unwrap();
            likeness_of_light(&decode(&encoded.bytes).2, &seen(&source))
        };
        let (sharp, plain) = (likeness(true), likeness(false));
        assert!(sharp > plain + 3.0, "{disc:?} on {ground:?}: {sharp:.2} dB, {plain:.2} without");
    }
}

#[test]
fn sixteen_bits_become_eight_and_the_notes_say_so() {
    let source = image(30, 30, Channels::Rgb);
    let wide = source.eight_bits().iter().map(|&sample| u16::from(sample) * 257).collect();
    let wide = Image::new(30, 30, Channels::Rgb, Samples::Sixteen(wide)).unwrap();
    for quality in [Quality::Level(80.0), Quality::Lossless] {
        let encoded = encode(&wide, quality);
        assert_eq!(encoded.dropped, ["16-bit"]);
        assert_eq!(encoded.bytes, encode(&source, quality).bytes);
    }
}

#[test]
fn what_is_embedded_is_found_again() {
    for channels in ALL_CHANNELS {
        for quality in [Quality::Level(80.0), Quality::Lossless] {
            for icc_len in [3000, 3001] {
                let mut source = image(33, 20, channels);
                let plain = encode(&source, quality).bytes;
                source.embedded.icc = Some((0..icc_len).map(|n: u32| (n % 253) as u8).collect());
                source.embedded.exif = Some(b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec());
                source.embedded.xmp = Some(b"<x:xmpmeta/>".to_vec());
                let encoded = encode(&source, quality);
                assert_eq!(encoded.dropped, Vec::<&str>::new());
                assert_eq!(encoded.bytes.len() % 2, 0);

                let mut decoder = WebPDecoder::new(Cursor::new(&encoded.bytes)).unwrap();
                assert_eq!(decoder.icc_profile().unwrap(), source.embedded.icc);
                assert_eq!(decoder.exif_metadata().unwrap(), source.embedded.exif);
                assert_eq!(decoder.xmp_metadata().unwrap(), source.embedded.xmp);
                assert_eq!(decoder.has_alpha(), channels.has_alpha());
                assert!(decode(&encoded.bytes) == decode(&plain), "{channels:?}, {quality:?}: another picture");
                let Probed::Known(info) = probe(&encoded.bytes) else { panic!("a WebP is known") };
                assert_eq!((info.width, info.height, info.has_alpha), (33, 20, channels.has_alpha()));
            }
        }
    }
}

#[test]
fn what_no_webp_holds_is_named() {
    let mut source = image(8, 8, Channels::Rgb);
    source.embedded.iptc = Some(b"\x1C\x02\x50\0\x03Ann".to_vec());
    assert_eq!(encode(&source, Quality::Level(80.0)).dropped, ["iptc"]);
}

#[test]
fn a_side_that_no_webp_has_is_over_the_limit() {
    let line = |len| Image::new(1, len, Channels::Grey, Samples::Eight(vec![0; len as usize])).unwrap();
    for quality in [Quality::Level(80.0), Quality::Lossless] {
        assert_eq!(decode(&encode(&line(16_383), quality).bytes).1, 16_383);
        match Webp::encode(&line(16_384), quality, &Settings::default()) {
            Err(Error::OverLimit(detail)) => assert!(detail.contains("16383"), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_budget_is_kept() {
    let free = photo(RequestedQuality::Default, &[]).bytes.len() as u64;
    let at = |quality, max_bytes| {
        let source = encode(&image(120, 120, Channels::Rgb), Quality::Lossless).bytes;
        compress::<Webp>(source, &[Rendition { quality, max_bytes: Some(max_bytes), ..rendition() }])
    };
    let tight = at(RequestedQuality::Default, 1500).unwrap().remove(0);
    assert!(tight.bytes.len() <= 1500 && free > 1500, "{} bytes", tight.bytes.len());
    assert!(tight.notes.iter().any(|note| note.name == "tries"));
    assert!(matches!(at(RequestedQuality::Default, 60), Err(Error::BadRequest(_))));
    assert!(matches!(at(RequestedQuality::Lossless, 1500), Err(Error::BadRequest(_))));
}

fn number(output: &Output, name: &str) -> Option<f64> {
    match output.notes.iter().find(|note| note.name == name)?.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

#[test]
fn a_perceptual_target_is_reached_at_the_lowest_level() {
    for target in [40.0, 70.0, 85.0] {
        let output = photo(RequestedQuality::Perceptual(target), &[]);
        let (level, score) = (number(&output, "quality").unwrap(), number(&output, "score").unwrap());
        assert!(score >= target, "{score}");
        assert!(photo(RequestedQuality::Level(level as f32), &[]).bytes == output.bytes);
        let lower = photo(RequestedQuality::Level(level as f32 - 5.0), &[]);
        assert!(lower.bytes.len() < output.bytes.len());
    }
}

#[test]
fn what_no_lossy_file_reaches_is_reached_without_loss() {
    let output = photo(RequestedQuality::Perceptual(99.9), &[]);
    assert_eq!((number(&output, "quality"), number(&output, "score")), (None, Some(100.0)));
    assert!(output.bytes == photo(RequestedQuality::Lossless, &[]).bytes);
}

#[test]
fn a_perceptual_target_is_for_translucent_pictures_too() {
    let source = encode(&image(160, 120, Channels::Rgba), Quality::Lossless).bytes;
    let at = |target| {
        let rendition = Rendition { quality: RequestedQuality::Perceptual(target), ..rendition() };
        compress::<Webp>(source.clone(), &[rendition]).unwrap().remove(0)
    };
    let (low, high) = (at(40.0), at(70.0));
    assert!(number(&low, "score").unwrap() >= 40.0 && number(&high, "score").unwrap() >= 70.0);
    assert!(low.bytes.len() < high.bytes.len());
}
