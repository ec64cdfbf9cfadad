//! Renditions that make no sense, and those with a budget.

use sandpress_raster::{
    Error, Metadata, Output, Rendition, RequestedQuality, Setting, Value, compress as compress_all,
};

use crate::support::{Plain, compress, contain, jpeg, rendition};

fn setting(name: &str, value: Value) -> Setting {
    Setting { name: name.into(), value }
}

#[test]
fn what_makes_no_sense_is_the_callers_fault() {
    let quality = |quality| Rendition { quality, ..rendition() };
    let settings = |settings| Rendition { settings, ..rendition() };
    let table = [
        (Rendition { media_type: "image/webp".into(), ..rendition() }, "image/webp"),
        (quality(RequestedQuality::Level(-1.0)), "0 to 100"),
        (quality(RequestedQuality::Level(100.5)), "0 to 100"),
        (quality(RequestedQuality::Level(f32::NAN)), "0 to 100"),
        (Rendition { resize: contain(0, 5), ..rendition() }, "is 0"),
        (Rendition { max_bytes: Some(0), ..rendition() }, "max-bytes"),
        (settings(vec![setting("speed", Value::Integer(1))]), "unknown setting `speed`"),
        (settings(vec![setting("colours", Value::Integer(1))]), "from 2 to 256"),
        (settings(vec![setting("colours", Value::Integer(257))]), "from 2 to 256"),
        (settings(vec![setting("colours", Value::Text("2".into()))]), "an integer"),
        (settings(vec![setting("mode", Value::Text("Fast".into()))]), "slow, fast"),
        (settings(vec![setting("share", Value::Number(1.5))]), "from 0 to 1"),
        (settings(vec![setting("share", Value::Number(f64::NAN))]), "from 0 to 1"),
        (settings(vec![setting("odd", Value::Integer(1))]), "a flag"),
        (settings(vec![setting("colours", Value::Integer(9)); 2]), "twice"),
    ];
    // Not even an image: a request is refused before anything is decoded.
    for (request, reason) in table {
        match compress(b"no image", &request) {
            Err(Error::BadRequest(detail)) => assert!(detail.contains(reason), "{reason}: {detail}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn one_bad_rendition_fails_all() {
    let renditions = [rendition(), Rendition { media_type: "image/gif".into(), ..rendition() }];
    assert!(matches!(compress_all::<Plain>(jpeg(8, 8, |_| ()), &renditions), Err(Error::BadRequest(_))));
}

#[test]
fn no_renditions_are_no_outputs() {
    assert_eq!(compress_all::<Plain>(jpeg(8, 8, |_| ()), &[]), Ok(Vec::new()));
}

#[test]
fn renditions_come_out_in_their_order() {
    let sides = [40, 10, 64, 25];
    let renditions = sides.map(|side| Rendition { resize: contain(side, side), ..rendition() });
    let outputs = compress_all::<Plain>(jpeg(64, 64, |_| ()), &renditions).unwrap();
    assert_eq!(outputs.iter().map(|output| output.info.width).collect::<Vec<_>>(), sides);
    // Each as if it were alone.
    for (output, rendition) in outputs.iter().zip(&renditions) {
        let alone = compress(&jpeg(64, 64, |_| ()), rendition).unwrap();
        assert_eq!(alone.info, output.info);
    }
}

fn note(output: &Output, name: &str) -> Option<Value> {
    output.notes.iter().find(|note| note.name == name).map(|note| note.value.clone())
}

#[test]
fn a_budget_takes_the_best_level_that_fits() {
    let file = jpeg(24, 24, |_| ());
    let at = |quality, max_bytes| compress(&file, &Rendition { quality, max_bytes, ..rendition() });
    // The encoder of these tests makes files of a fixed part and one byte for each level.
    let fixed = at(RequestedQuality::Level(0.0), None).unwrap().bytes.len() as u64;
    let table = [
        (RequestedQuality::Level(80.0), 80, 80.0),
        (RequestedQuality::Level(80.0), 200, 80.0),
        (RequestedQuality::Level(80.0), 79, 79.0),
        (RequestedQuality::Level(80.0), 37, 37.0),
        (RequestedQuality::Level(80.0), 0, 0.0),
        (RequestedQuality::Level(62.5), 61, 61.0),
        (RequestedQuality::Default, 12, 12.0),
    ];
    for (quality, room, level) in table {
        let output = at(quality, Some(fixed + room)).unwrap();
        assert_eq!(note(&output, "quality"), Some(Value::Number(level)), "{quality:?} in {room}");
        assert!(matches!(note(&output, "tries"), Some(Value::Integer(1..=8))), "{quality:?} in {room}");
        assert!(output.bytes.len() as u64 <= fixed + room);
    }
    for quality in [RequestedQuality::Default, RequestedQuality::Level(80.0), RequestedQuality::Lossless] {
        match at(quality, Some(fixed - 1)) {
            Err(Error::BadRequest(detail)) => assert!(detail.ends_with(&format!("is {fixed}")), "{detail}"),
            other => panic!("{quality:?}: {other:?}"),
        }
    }
}

#[test]
fn the_policy_is_no_matter_of_the_image() {
    // A file without any metadata, under every policy.
    for metadata in [Metadata::Strip, Metadata::Copyright, Metadata::Keep] {
        assert!(compress(&jpeg(8, 8, |_| ()), &Rendition { metadata, ..rendition() }).is_ok());
    }
}
