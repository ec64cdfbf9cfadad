//! PNG out: what another decoder makes of it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

use sandpress_png::Png;
use sandpress_raster::{
    Channels, Encoder as _, Image, Metadata, Output, Rendition, RequestedQuality, Samples, Setting, Value, compress,
};
use zune_png::PngDecoder;
use zune_png::zune_core::bytestream::ZCursor;
use zune_png::zune_core::result::DecodingResult;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

const ALL_CHANNELS: [Channels; 4] = [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba];
const WIDTH: u32 = 19;
const HEIGHT: u32 = 11;

/// An image whose samples are taken at random from a list.
fn random(channels: Channels, values: &[u8], dice: &mut Dice) -> Image {
    let len = (WIDTH * HEIGHT) as usize * channels.count();
    let samples = (0..len).map(|_| values[dice.roll(values.len() as u64) as usize]).collect();
    Image::new(WIDTH, HEIGHT, channels, Samples::Eight(samples)).unwrap()
}

fn settings(effort: i64) -> Vec<Setting> {
    vec![Setting { name: "effort".into(), value: Value::Integer(effort) }]
}

fn encode(image: &Image, quality: RequestedQuality, settings: Vec<Setting>) -> Output {
    // In by the shortest way that the contract has: as a PNG that is already lossless.
    let source = Png::encode(image, sandpress_raster::Quality::Lossless, &default_settings()).unwrap().bytes;
    let rendition = Rendition {
        media_type: "image/png".into(),
        quality,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Keep,
        settings,
    };
    compress::<Png>(source, &[rendition]).unwrap().remove(0)
}

fn default_settings() -> sandpress_png::Settings {
    sandpress_png::Settings::default()
}

/// The pixels as red, green, blue and opacity of 16 bits: what is seen, however it is stored.
fn seen(png: &[u8]) -> Vec<[u16; 4]> {
    let mut decoder = PngDecoder::new(ZCursor::new(png));
    let decoded = decoder.decode().unwrap();
    let channels = decoder.colorspace().unwrap().num_components();
    match decoded {
        DecodingResult::U8(samples) => samples.chunks_exact(channels).map(|p| widen(p, 257)).collect(),
        DecodingResult::U16(samples) => samples.chunks_exact(channels).map(|p| widen(p, 1)).collect(),
        _ => panic!("a PNG has 8 or 16 bits"),
    }
}

fn seen_in(image: &Image) -> Vec<[u16; 4]> {
    let channels = image.channels().count();
    match image.samples() {
        Samples::Eight(samples) => samples.chunks_exact(channels).map(|p| widen(p, 257)).collect(),
        Samples::Sixteen(samples) => samples.chunks_exact(channels).map(|p| widen(p, 1)).collect(),
    }
}

fn widen<T: Copy + Into<u16>>(pixel: &[T], factor: u16) -> [u16; 4] {
    let at = |index: usize| pixel[index].into() * factor;
    match pixel.len() {
        1 => [at(0), at(0), at(0), u16::MAX],
        2 => [at(0), at(0), at(0), at(1)],
        3 => [at(0), at(1), at(2), u16::MAX],
        _ => [at(0), at(1), at(2), at(3)],
    }
}

#[test]
fn lossless_is_lossless_for_every_kind_of_image() {
    let mut dice = Dice(5);
    let all: Vec<u8> = (0..=255).collect();
    let values: [&[u8]; 6] = [&[0], &[0, 255], &[0, 85, 255], &[17, 34, 255], &[1, 2, 254, 255], &all];
    for channels in ALL_CHANNELS {
        for values in values {
            let image = random(channels, values, &mut dice);
            for effort in 1..=3 {
                let output = encode(&image, RequestedQuality::Lossless, settings(effort));
                assert!(seen(&output.bytes) == seen_in(&image), "{channels:?} of {values:?}, effort {effort}");
            }
        }
    }
}

#[test]
fn sixteen_bits_are_lossless_too() {
    let mut dice = Dice(6);
    for channels in ALL_CHANNELS {
        for exact in [false, true] {
            let len = (WIDTH * HEIGHT) as usize * channels.count();
            let sample = |dice: &mut Dice| if exact { dice.roll(256) as u16 * 257 } else { dice.roll(65_536) as u16 };
            let samples = Samples::Sixteen((0..len).map(|_| sample(&mut dice)).collect());
            let image = Image::new(WIDTH, HEIGHT, channels, samples).unwrap();
            let output = encode(&image, RequestedQuality::Default, Vec::new());
            assert!(seen(&output.bytes) == seen_in(&image), "{channels:?}, exact {exact}");
            assert_eq!(output.info.bits_per_channel, if exact { 8 } else { 16 }, "{channels:?}");
        }
    }
}

#[test]
fn an_image_is_stored_as_small_as_it_can_be() {
    // Samples of pixels, of which each image has 19 × 11; colour type and depth as IHDR says them.
    let many_greys: Vec<Vec<u8>> = (0..209).map(|n| vec![n, n, n, 255]).collect();
    let sixteen_greys: Vec<Vec<u8>> = (0..209).map(|n| vec![n % 16 * 7, n % 16 * 7, n % 16 * 7, 255]).collect();
    let many_colours: Vec<Vec<u8>> = (0..209).map(|n| vec![n, 255 - n, 7, 255]).collect();
    let cycle = |pixels: &[[u8; 4]]| -> Vec<Vec<u8>> { (0..209).map(|n| pixels[n % pixels.len()].to_vec()).collect() };
    let table = [
        (cycle(&[[0, 0, 0, 255], [255, 255, 255, 255]]), 0, 1, "black and white"),
        (cycle(&[[0, 0, 0, 255], [85, 85, 85, 255]]), 0, 2, "four greys"),
        (cycle(&[[0, 0, 0, 255], [34, 34, 34, 255]]), 0, 4, "sixteen even greys"),
        (sixteen_greys, 3, 4, "sixteen odd greys"),
        (many_greys, 0, 8, "many greys"),
        (cycle(&[[1, 2, 3, 255], [4, 5, 6, 255]]), 3, 1, "two colours"),
        (cycle(&[[1, 2, 3, 255], [4, 5, 6, 255], [1, 2, 3, 0]]), 3, 2, "three colours, one of them transparent"),
        (many_colours, 3, 8, "209 colours"),
    ];
    for (pixels, colour, bits, what) in table {
        let image = Image::new(WIDTH, HEIGHT, Channels::Rgba, Samples::Eight(pixels.concat())).unwrap();
        let output = encode(&image, RequestedQuality::Lossless, Vec::new());
        assert_eq!((output.bytes[25], output.bytes[24]), (colour, bits), "{what}");
        assert!(seen(&output.bytes) == seen_in(&image), "{what}");
    }
}

/// A grainy picture of thousands of colours, a part of it translucent.
fn photo() -> Image {
    let mut dice = Dice(8);
    let mut pixel = |at: u64| {
        let (x, y) = (at % 120, at / 120);
        let alpha = if x < 20 { 100 } else { 255 };
        [x * 2 + dice.roll(12), y * 2 + dice.roll(12), x + y + dice.roll(12), alpha].map(|sample| sample as u8)
    };
    let samples = (0..120 * 120).flat_map(&mut pixel).collect();
    Image::new(120, 120, Channels::Rgba, Samples::Eight(samples)).unwrap()
}

#[test]
fn a_level_reduces_the_colours_and_keeps_the_picture() {
    let image = photo();
    let lossless = encode(&image, RequestedQuality::Lossless, Vec::new()).bytes.len();
    for (level, colours, allowed) in [(99.0, 256, 10), (80.0, 256, 10), (50.0, 100, 16), (25.0, 25, 30), (0.0, 2, 130)]
    {
        let output = encode(&image, RequestedQuality::Level(level), Vec::new());
        let pixels = seen(&output.bytes);
        let mut distinct = pixels.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() <= colours, "level {level}: {} colours", distinct.len());
        assert!(output.bytes.len() < lossless, "level {level}: {} bytes, lossless {lossless}", output.bytes.len());
        let differences: u64 = pixels
            .iter()
            .flatten()
            .zip(seen_in(&image).iter().flatten())
            .map(|(a, b)| u64::from(a.abs_diff(*b) / 257))
            .sum();
        let mean = differences / (4 * pixels.len() as u64);
        assert!(mean <= allowed, "level {level}: off by {mean} on average");
    }
}

#[test]
fn fewer_colours_are_not_taken_where_all_of_them_are_smaller() {
    // Thousands of colours in ramps: filtered, next to nothing.
    let samples = (0..120_u8).flat_map(|y| (0..240_u8).flat_map(move |x| [x, 255 - x, y])).collect();
    let ramp = Image::new(240, 120, Channels::Rgb, Samples::Eight(samples)).unwrap();
    let output = encode(&ramp, RequestedQuality::Level(30.0), Vec::new());
    assert!(seen(&output.bytes) == seen_in(&ramp));
}

#[test]
fn level_100_is_lossless() {
    let image = photo();
    assert!(seen(&encode(&image, RequestedQuality::Level(100.0), Vec::new()).bytes) == seen_in(&image));
}

#[test]
fn more_effort_is_never_larger_than_the_least() {
    let image = photo();
    let sizes = [1, 2, 3].map(|effort| encode(&image, RequestedQuality::Lossless, settings(effort)).bytes.len());
    assert!(sizes[1] <= sizes[0] && sizes[2] <= sizes[0], "{sizes:?}");
}

#[test]
fn what_is_embedded_is_found_again() {
    let mut image = photo();
    image.embedded.icc = Some((0..3000_u32).map(|n| (n % 253) as u8).collect());
    image.embedded.exif = Some(b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec());
    image.embedded.xmp = Some(b"<x:xmpmeta/>".to_vec());
    for level in [RequestedQuality::Lossless, RequestedQuality::Level(80.0)] {
        let output = encode(&image, level, Vec::new());
        let decoder = png::Decoder::new(std::io::Cursor::new(&output.bytes));
        let reader = decoder.read_info().unwrap();
        let info = reader.info();
        assert_eq!(info.icc_profile.as_deref(), image.embedded.icc.as_deref());
        assert_eq!(info.exif_metadata.as_deref(), image.embedded.exif.as_deref());
        assert_eq!(info.utf8_text[0].get_text().unwrap(), "<x:xmpmeta/>");
    }
}

#[test]
fn a_budget_turns_to_fewer_colours_only_where_that_is_allowed() {
    let image = photo();
    let source = Png::encode(&image, sandpress_raster::Quality::Lossless, &default_settings()).unwrap().bytes;
    let max_bytes = source.len() as u64 * 2 / 3;
    let at = |quality| {
        let rendition = Rendition {
            media_type: "image/png".into(),
            quality,
            resize: None,
            max_bytes: Some(max_bytes),
            metadata: Metadata::Strip,
            settings: Vec::new(),
        };
        compress::<Png>(source.clone(), &[rendition])
    };
    assert!(at(RequestedQuality::Default).unwrap()[0].bytes.len() as u64 <= max_bytes);
    assert!(at(RequestedQuality::Lossless).is_err());
}
