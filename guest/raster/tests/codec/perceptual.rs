//! Perceptual targets of an encoder that keeps every pixel.

use sandpress_raster::{Error, Rendition, RequestedQuality, Value};

use crate::support::{compress, contain, jpeg, rendition};

#[test]
fn where_every_level_is_perfect_the_lowest_is_taken() {
    let file = jpeg(64, 48, |_| ());
    for resize in [None, contain(20, 20), contain(1, 1)] {
        for target in [-50.0, 0.0, 80.0, 100.0] {
            let quality = RequestedQuality::Perceptual(target);
            let output = compress(&file, &Rendition { quality, resize, ..rendition() }).unwrap();
            let note = |name| output.notes.iter().find(|note| note.name == name).map(|note| note.value.clone());
            assert_eq!(note("score"), Some(Value::Number(100.0)));
            assert!(matches!(note("tries"), Some(Value::Integer(1..=14))), "{:?}", output.notes);
            if target < 100.0 {
                assert_eq!(note("quality"), Some(Value::Number(0.0)), "target {target}");
            }
        }
    }
}

#[test]
fn a_score_that_nothing_has_makes_no_sense() {
    for score in [100.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let request = Rendition { quality: RequestedQuality::Perceptual(score), ..rendition() };
        match compress(b"no image", &request) {
            Err(Error::BadRequest(detail)) => assert!(detail.contains("score"), "{detail}"),
            other => panic!("{score}: {other:?}"),
        }
    }
}
