//! Perceptual targets, scored by another implementation of the metric, on what another decoder makes of the files.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that panics says where it failed")]

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use sandpress_jpeg::Jpeg;
use sandpress_raster::{Error, Metadata, Output, Rendition, RequestedQuality, Value, compress};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

/// What another decoder makes of the source and of the file differs from ours in the last bit, here and there, and where colours of half the
/// resolution are made whole again.
const DECODERS: f64 = 0.4;

/// How far above its target a score may be where a lower level would still reach it.
const TOLERANCE: f64 = 1.0;

const PHOTO: &[u8] = include_bytes!("../../../tests/images/progressive.jpg");

fn make(quality: RequestedQuality, max_bytes: Option<u64>) -> Result<Output, Error> {
    let rendition = Rendition {
        media_type: "image/jpeg".into(),
        quality,
        resize: None,
        max_bytes,
        metadata: Metadata::Strip,
        settings: Vec::new(),
    };
    compress::<Jpeg>(PHOTO.to_vec(), &[rendition]).map(|mut outputs| outputs.remove(0))
}

fn score_of(jpeg: &[u8]) -> f64 {
    let [(original, width, height), (copy, ..)] = [PHOTO, jpeg].map(|file| {
        let mut decoder = JpegDecoder::new(ZCursor::new(file));
        let samples = decoder.decode().unwrap();
        let info = decoder.info().unwrap();
        (samples, u32::from(info.width), u32::from(info.height))
    });
    let slice =
        |samples| PixelSlice::new(samples, width, height, 3 * width as usize, PixelDescriptor::RGB8_SRGB).unwrap();
    compute_ssimulacra2(&slice(&original), &slice(&copy)).unwrap()
}

fn number(output: &Output, name: &str) -> f64 {
    match output.notes.iter().find(|note| note.name == name).map(|note| &note.value) {
        Some(Value::Number(number)) => *number,
        #[expect(clippy::cast_precision_loss, reason = "small")]
        Some(Value::Integer(number)) => *number as f64,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_file_is_the_smallest_that_has_the_score() {
    for target in [30.0, 50.0, 70.0, 80.0, 90.0] {
        let output = make(RequestedQuality::Perceptual(target), None).unwrap();
        let (level, score, tries) = (number(&output, "quality"), number(&output, "score"), number(&output, "tries"));
        assert!(score >= target && tries <= 6.0, "target {target}: {score} after {tries} tries");
        assert!((score_of(&output.bytes) - score).abs() < DECODERS, "{}, and not {score}", score_of(&output.bytes));
        #[expect(clippy::cast_possible_truncation, reason = "a level")]
        let [same, lower] = [level, level - 1.0].map(|l| make(RequestedQuality::Level(l as f32), None).unwrap());
        assert!(output.bytes == same.bytes, "another file than that of level {level}");
        let is_lowest = score_of(&lower.bytes) < target + DECODERS;
        assert!(score - target <= TOLERANCE || is_lowest, "target {target}: {score}, and a lower level is enough");
    }
}

#[test]
fn the_highest_level_is_what_there_is_for_a_score_that_no_level_has() {
    let output = make(RequestedQuality::Perceptual(100.0), None).unwrap();
    assert_eq!((number(&output, "quality"), output.bytes.len()), {
        let highest = make(RequestedQuality::Level(100.0), None).unwrap();
        (100.0, highest.bytes.len())
    });
    assert!((90.0..100.0).contains(&number(&output, "score")));
}

#[test]
fn a_budget_goes_before_a_score() {
    let free = make(RequestedQuality::Perceptual(80.0), None).unwrap();
    let size = free.bytes.len() as u64;
    assert!(make(RequestedQuality::Perceptual(80.0), Some(size)).unwrap().bytes == free.bytes);

    let tight = make(RequestedQuality::Perceptual(80.0), Some(size / 2)).unwrap();
    assert!(tight.bytes.len() as u64 <= size / 2);
    let best = make(RequestedQuality::Level(100.0), Some(size / 2)).unwrap();
    assert!(tight.bytes == best.bytes, "levels {} and {}", number(&tight, "quality"), number(&best, "quality"));
    let score = number(&tight, "score");
    assert!(score < 80.0 && (score_of(&tight.bytes) - score).abs() < DECODERS, "{score}");

    assert!(matches!(make(RequestedQuality::Perceptual(80.0), Some(100)), Err(Error::BadRequest(_))));
}
