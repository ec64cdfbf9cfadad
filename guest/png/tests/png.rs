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
            for effort in 1..=4 {
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

/// What a note of an output says, as a number.
fn number(output: &Output, name: &str) -> Option<f64> {
    output.notes.iter().find(|note| note.name == name).map(|note| match note.value {
        Value::Integer(number) => number as f64,
        Value::Number(number) => number,
        _ => panic!("{note:?}"),
    })
}

/// Red, green and blue as they are seen, opacity, each with its weight.
fn point(pixel: [u16; 4]) -> [f64; 4] {
    let [r, g, b, alpha] = pixel.map(|sample| f64::from(sample) / 257.0);
    let seen = alpha / 255.0;
    [0.7 * r * seen, g * seen, 0.5 * b * seen, alpha]
}

fn distance(one: [u16; 4], other: [u16; 4]) -> f64 {
    point(one).iter().zip(point(other)).map(|(a, b)| (a - b).powi(2)).sum()
}

#[test]
fn a_higher_level_is_larger_and_more_faithful() {
    let image = photo();
    let at = |level: u8| encode(&image, RequestedQuality::Level(level.into()), Vec::new());
    let made: Vec<Output> = (0..=8).map(|step| at(step * 10)).collect();
    for pair in made.windows(2) {
        let [low, high] =
            [0, 1].map(|at| (pair[at].bytes.len(), number(&pair[at], "psnr"), number(&pair[at], "colours")));
        assert!(low.0 <= high.0 && low.1 <= high.1 && low.2 <= high.2, "{low:?}, {high:?}");
    }
}

#[test]
fn the_notes_say_how_many_colours_there_are_and_how_faithful_they_are() {
    let image = photo();
    for (level, setting) in [(80.0, 0.0), (40.0, 0.0), (40.0, 1.0)] {
        let dither = vec![Setting { name: "dither".into(), value: Value::Number(setting) }];
        let output = encode(&image, RequestedQuality::Level(level), dither);
        let pixels = seen(&output.bytes);
        let error: f64 = pixels.iter().zip(seen_in(&image)).map(|(&a, b)| distance(a, b)).sum();
        let peak = 255.0 * 255.0 * (0.49 + 1.0 + 0.25);
        let psnr = 10.0 * (peak * pixels.len() as f64 / error).log10();
        assert!((number(&output, "psnr").unwrap() - psnr).abs() < 0.06, "{psnr}: {:?}", output.notes);
        let mut distinct = pixels;
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(number(&output, "colours").unwrap() as usize, distinct.len());
    }
}

#[test]
fn every_pixel_gets_the_nearest_colour() {
    let image = photo();
    for level in [80.0, 25.0] {
        let output = encode(&image, RequestedQuality::Level(level), Vec::new());
        let pixels = seen(&output.bytes);
        let mut palette = pixels.clone();
        palette.sort_unstable();
        palette.dedup();
        for (&stored, source) in pixels.iter().zip(seen_in(&image)) {
            let nearest = palette.iter().map(|&colour| distance(source, colour)).fold(f64::MAX, f64::min);
            assert!(distance(source, stored) <= nearest + 0.01, "{source:?} as {stored:?}");
        }
    }
}

#[test]
fn below_its_floor_a_picture_keeps_all_of_its_colours() {
    let image = photo();
    let at = |floor: f64| {
        let floor = vec![Setting { name: "quality-floor".into(), value: Value::Number(floor) }];
        encode(&image, RequestedQuality::Level(40.0), floor)
    };
    let psnr = number(&at(0.0), "psnr").unwrap();
    assert_eq!(at(psnr - 0.1).bytes, at(0.0).bytes);

    let kept = at(psnr + 0.1);
    assert!(seen(&kept.bytes) == seen_in(&image));
    assert_eq!(number(&kept, "colours"), None);
    let note = kept.notes.iter().find(|note| note.name == "full-colour").unwrap();
    let Value::Text(told) = &note.value else { panic!("{note:?}") };
    assert!(told.contains("a palette of 64 colours") && told.contains(&format!("{psnr:.1} dB")), "{told}");
}

#[test]
fn what_cannot_be_seen_is_kept_where_nothing_may_be_lost_and_costs_no_colour_elsewhere() {
    let mut dice = Dice(9);
    let mut pixel = |at: u64| {
        let alpha = if at.is_multiple_of(2) { 0 } else { 255 };
        [dice.roll(256), dice.roll(256), if alpha == 0 { dice.roll(256) } else { 9 }, alpha].map(|sample| sample as u8)
    };
    let samples = (0..60 * 60).flat_map(&mut pixel).collect();
    let image = Image::new(60, 60, Channels::Rgba, Samples::Eight(samples)).unwrap();
    assert!(seen(&encode(&image, RequestedQuality::Lossless, Vec::new()).bytes) == seen_in(&image));

    let output = encode(&image, RequestedQuality::Level(60.0), Vec::new());
    let mut invisible: Vec<_> = seen(&output.bytes).into_iter().filter(|pixel| pixel[3] == 0).collect();
    assert_eq!(invisible.len(), 60 * 60 / 2);
    invisible.dedup();
    assert_eq!(invisible, [[0; 4]]);
}

#[test]
fn grey_with_as_many_colours_as_allowed_stays_grey() {
    let samples: Vec<u8> = (0..64 * 64_u32).map(|at| (at * 7 % 251) as u8).collect();
    let image = Image::new(64, 64, Channels::Grey, Samples::Eight(samples)).unwrap();
    let output = encode(&image, RequestedQuality::Level(80.0), Vec::new());
    assert_eq!(output.bytes[25], 0, "colour type");
    assert!(seen(&output.bytes) == seen_in(&image));
}

#[test]
fn dithered_a_few_colours_are_right_from_afar() {
    // With grain: without, a ramp is smaller with all of its colours.
    let mut dice = Dice(11);
    let mut pixel = |at: u64| [at % 128 + 60, 120, at / 128 + 50].map(|sample| (sample + dice.roll(8)) as u8);
    let samples = (0..128 * 128).flat_map(&mut pixel).collect();
    let image = Image::new(128, 128, Channels::Rgb, Samples::Eight(samples)).unwrap();
    // How far the mean of eight times eight pixels is off, on average: where there is no brighter colour, dithering cannot help.
    let off = |dither: f64| {
        let dither = vec![Setting { name: "dither".into(), value: Value::Number(dither) }];
        let output = encode(&image, RequestedQuality::Level(25.0), dither);
        assert_eq!(output.bytes[25], 3, "colour type");
        let (stored, source) = (seen(&output.bytes), seen_in(&image));
        let mean = |pixels: &[[u16; 4]], block: usize, channel: usize| {
            let (x, y) = (block % 16 * 8, block / 16 * 8);
            let sum: u32 = (0..64).map(|at| u32::from(pixels[(y + at / 8) * 128 + x + at % 8][channel])).sum();
            f64::from(sum) / 64.0 / 257.0
        };
        (0..256)
            .flat_map(|block| {
                [0, 2].map(|channel| (mean(&stored, block, channel) - mean(&source, block, channel)).abs())
            })
            .sum::<f64>()
            / 512.0
    };
    let (with, without) = (off(1.0), off(0.0));
    assert!(with < without / 2.0, "{with} with dithering, {without} without");
}

#[test]
fn images_of_one_row_or_one_column_are_stored() {
    let mut dice = Dice(10);
    for (width, height) in [(1, 1), (1, 301), (301, 1), (3, 5)] {
        for channels in ALL_CHANNELS {
            for values in [&[0, 255][..], &(0..=255).collect::<Vec<u8>>()] {
                let len = (width * height) as usize * channels.count();
                let samples = (0..len).map(|_| values[dice.roll(values.len() as u64) as usize]).collect();
                let image = Image::new(width, height, channels, Samples::Eight(samples)).unwrap();
                for effort in 1..=4 {
                    let exact = encode(&image, RequestedQuality::Lossless, settings(effort));
                    assert!(seen(&exact.bytes) == seen_in(&image), "{width} × {height}, {channels:?}, effort {effort}");
                    let output = encode(&image, RequestedQuality::Level(30.0), settings(effort));
                    assert_eq!(seen(&output.bytes).len(), (width * height) as usize);
                }
            }
        }
    }
}

#[test]
fn the_same_image_gives_the_same_bytes() {
    for level in [RequestedQuality::Lossless, RequestedQuality::Level(50.0)] {
        let made = || encode(&photo(), level, Vec::new()).bytes;
        assert_eq!(made(), made());
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
    for quality in [RequestedQuality::Lossless, RequestedQuality::Level(80.0)] {
        let sizes = [1, 2, 3, 4].map(|effort| encode(&image, quality, settings(effort)).bytes.len());
        assert!(sizes.iter().all(|&size| size <= sizes[0]), "{quality:?}: {sizes:?}");
    }
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

#[test]
fn a_perceptual_target_takes_as_few_colours_as_are_enough() {
    let image = photo();
    let mut len = 0;
    for target in [10.0, 40.0, 70.0, 100.0] {
        let output = encode(&image, RequestedQuality::Perceptual(target), Vec::new());
        let score = output.notes.iter().find(|note| note.name == "score").map(|note| &note.value);
        assert!(matches!(score, Some(Value::Number(score)) if *score >= target), "target {target}: {:?}", output.notes);
        assert!(output.bytes.len() >= len, "target {target}");
        len = output.bytes.len();
    }
    // Nothing is lost at 100.
    assert_eq!(
        seen(&encode(&image, RequestedQuality::Perceptual(100.0), Vec::new()).bytes).len(),
        seen(&encode(&image, RequestedQuality::Lossless, Vec::new()).bytes).len()
    );
}
