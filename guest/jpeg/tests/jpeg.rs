//! JPEG out: what another decoder makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

use sandpress_jpeg::{Jpeg, Subsampling};
use sandpress_raster::{
    Channels, Encoded, Encoder as _, Error, Image, Metadata, Probed, Quality, Rendition, RequestedQuality, Samples,
    Setting, Value, compress, probe,
};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A picture with gradients and edges.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let edge = if (x * 3 + y) % 97 < 40 { 60 } else { 0 };
        let wave = ((x as f32 / 9.0).sin() + (y as f32 / 7.0).cos()) * 20.0 + 40.0;
        [(x * 190 / width) as u8 + edge, (y * 250 / height) as u8, wave as u8 + edge]
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

fn image(width: u32, height: u32) -> Image {
    Image::new(width, height, Channels::Rgb, Samples::Eight(picture(width, height))).unwrap()
}

fn encode(image: &Image, level: f32) -> Encoded {
    Jpeg::encode(image, Quality::Level(level), &None).unwrap()
}

/// Width, height and samples, as many for each pixel as the file has components.
fn decode(jpeg: &[u8], colour: ColorSpace) -> (usize, usize, Vec<u8>) {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(colour);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let samples = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    (info.width.into(), info.height.into(), samples)
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares.max(1.0)).log10()
}

#[test]
fn a_higher_level_is_larger_and_nearer_to_the_source() {
    let source = image(200, 150);
    let Samples::Eight(original) = source.samples() else { panic!("8 bits") };
    let (mut len, mut likeness) = (0, 0.0);
    for (level, least) in [(10.0, 20.0), (50.0, 22.0), (80.0, 23.0), (95.0, 34.0), (100.0, 40.0)] {
        let encoded = encode(&source, level);
        let (width, height, samples) = decode(&encoded.bytes, ColorSpace::RGB);
        assert_eq!((width, height), (200, 150));
        let decibels = psnr(&samples, original);
        assert!(decibels > least && decibels > likeness, "level {level}: {decibels:.1} dB after {likeness:.1}");
        assert!(encoded.bytes.len() > len, "level {level}: {} bytes after {len}", encoded.bytes.len());
        (len, likeness) = (encoded.bytes.len(), decibels);
    }
}

#[test]
fn every_size_comes_out_as_it_went_in() {
    for (width, height) in [(1, 1), (1, 17), (7, 1), (8, 8), (9, 15), (16, 16), (17, 33), (255, 3)] {
        for level in [80.0, 95.0] {
            let encoded = encode(&image(width, height), level);
            let (w, h, samples) = decode(&encoded.bytes, ColorSpace::RGB);
            assert_eq!((w as u32, h as u32), (width, height), "level {level}");
            assert_eq!(samples.len() as u32, width * height * 3, "level {level}");
        }
    }
}

#[test]
fn grey_has_one_component() {
    let grey: Vec<u8> = picture(64, 48).chunks_exact(3).map(|pixel| pixel[1]).collect();
    let with_alpha = grey.iter().flat_map(|&sample| [sample, 255]).collect();
    let plain = encode(&Image::new(64, 48, Channels::Grey, Samples::Eight(grey.clone())).unwrap(), 80.0);
    let opaque = encode(&Image::new(64, 48, Channels::GreyAlpha, Samples::Eight(with_alpha)).unwrap(), 80.0);
    let (.., samples) = decode(&plain.bytes, ColorSpace::Luma);
    assert!(psnr(&samples, &grey) > 35.0);
    assert_eq!(plain.bytes, opaque.bytes);
    let Probed::Known(info) = probe(&plain.bytes) else { panic!("a JPEG is known") };
    assert!(info.settings.contains(&Setting { name: "colour".into(), value: Value::Text("grey".into()) }));
}

#[test]
fn opacity_is_dropped_only_where_nothing_shines_through() {
    let rgba = |alpha: u8| {
        let samples = picture(20, 20).chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], alpha]).collect();
        Image::new(20, 20, Channels::Rgba, Samples::Eight(samples)).unwrap()
    };
    assert_eq!(encode(&rgba(255), 80.0).bytes, encode(&image(20, 20), 80.0).bytes);
    match Jpeg::encode(&rgba(254), Quality::Level(80.0), &None) {
        Err(Error::Unsupported(detail)) => assert!(detail.contains("transparency"), "{detail}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn sixteen_bits_become_eight_and_the_notes_say_so() {
    let wide = picture(30, 30).into_iter().map(|sample| u16::from(sample) * 257).collect();
    let encoded = encode(&Image::new(30, 30, Channels::Rgb, Samples::Sixteen(wide)).unwrap(), 80.0);
    assert_eq!(encoded.dropped, ["16-bit"]);
    assert_eq!(encoded.bytes, encode(&image(30, 30), 80.0).bytes);
}

/// The sampling factors of the first component.
fn sampling(jpeg: &[u8]) -> u8 {
    let sof = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC2]).expect("the file is progressive");
    jpeg[sof + 11]
}

#[test]
fn colour_is_subsampled_as_the_setting_says() {
    let smooth = image(40, 40);
    // As thin as the letters of a text.
    let strokes = (0..40 * 40).flat_map(|at| if at % 5 == 0 { [200, 0, 0] } else { [255; 3] }).collect();
    let strokes = Image::new(40, 40, Channels::Rgb, Samples::Eight(strokes)).unwrap();
    let file = |image: &Image| Jpeg::encode(image, Quality::Level(98.0), &Some(Subsampling::Full)).unwrap().bytes;
    let (smooth, strokes) = (file(&smooth), file(&strokes));
    let table = [
        (&smooth, "auto", 80.0, 0x22),
        (&smooth, "auto", 90.0, 0x22),
        (&smooth, "auto", 100.0, 0x11),
        (&smooth, "4:4:4", 10.0, 0x11),
        (&strokes, "auto", 10.0, 0x11),
        (&strokes, "auto", 80.0, 0x11),
        (&strokes, "4:2:0", 99.0, 0x22),
    ];
    for (source, value, level, expected) in table {
        let rendition = Rendition {
            quality: RequestedQuality::Level(level),
            settings: vec![Setting { name: "subsampling".into(), value: Value::Text(value.into()) }],
            ..rendition()
        };
        let outputs = compress::<Jpeg>(source.clone(), &[rendition]).unwrap();
        assert_eq!(sampling(&outputs[0].bytes), expected, "{value} at level {level}");
    }
}

fn rendition() -> Rendition {
    Rendition {
        media_type: "image/jpeg".into(),
        quality: RequestedQuality::Default,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Keep,
        settings: Vec::new(),
    }
}

#[test]
fn what_is_embedded_is_found_again() {
    let mut source = image(32, 32);
    source.embedded.icc = Some((0..150_000_u32).map(|n| (n % 253) as u8).collect());
    source.embedded.exif = Some(b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec());
    source.embedded.xmp = Some(b"<x:xmpmeta/>".to_vec());
    source.embedded.iptc = Some(b"\x1C\x02\x50\0\x03Ann".to_vec());
    let encoded = encode(&source, 80.0);
    assert_eq!(encoded.dropped, Vec::<&str>::new());
    // And again: through the decoder that finds it.
    let again = compress::<Jpeg>(encoded.bytes.clone(), &[rendition()]).unwrap().remove(0);
    for file in [&encoded.bytes, &again.bytes] {
        assert_eq!(file.windows(8).filter(|window| window == b"\x1C\x02\x50\0\x03Ann").count(), 1);
    }
    let mut decoder = JpegDecoder::new(ZCursor::new(&encoded.bytes));
    decoder.decode_headers().unwrap();
    assert_eq!(decoder.icc_profile(), source.embedded.icc);
    assert_eq!(decoder.exif(), source.embedded.exif.as_ref());
    assert_eq!(decoder.xmp(), source.embedded.xmp.as_ref());
}

#[test]
fn metadata_that_no_segment_can_hold_is_named() {
    let mut source = image(32, 32);
    source.embedded.exif = Some(vec![0; 65_528]);
    source.embedded.xmp = Some(vec![b' '; 65_505]);
    let encoded = encode(&source, 80.0);
    assert_eq!(encoded.dropped, ["exif", "xmp"]);
    // One byte less of each fits.
    source.embedded.exif = Some(vec![0; 65_527]);
    source.embedded.xmp = Some(vec![b' '; 65_504]);
    let encoded = encode(&source, 80.0);
    assert_eq!(encoded.dropped, Vec::<&str>::new());
    assert_eq!(decode(&encoded.bytes, ColorSpace::RGB).0, 32);
}

#[test]
fn a_side_that_no_jpeg_has_is_over_the_limit() {
    let tall = Image::new(1, 65_501, Channels::Grey, Samples::Eight(vec![0; 65_501])).unwrap();
    assert!(matches!(Jpeg::encode(&tall, Quality::Level(80.0), &None), Err(Error::OverLimit(_))));
}

#[test]
fn a_budget_is_kept() {
    let source = encode(&image(120, 120), 95.0).bytes;
    let at = |max_bytes| compress::<Jpeg>(source.clone(), &[Rendition { max_bytes, ..rendition() }]);
    let free = at(None).unwrap()[0].bytes.len() as u64;
    let tight = at(Some(free * 2 / 3)).unwrap();
    assert!(tight[0].bytes.len() as u64 <= free * 2 / 3);
    assert!(tight[0].notes.iter().any(|note| note.name == "tries"));
    assert!(matches!(at(Some(100)), Err(Error::BadRequest(_))));
}
