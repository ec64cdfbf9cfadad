//! JPEGs of JPEGs, without a change of any pixel.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that panics says where it failed")]

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use sandpress_jpeg::Jpeg;
use sandpress_raster::{
    Descriptor, Embedded, Encoded, Encoder, Error, Fit, Image, JpegCoefficients, Metadata, Options, Original, Output,
    Quality, Rendition, RequestedQuality, Resize, compress,
};

/// Files of every structure: see `tests/images/jpeg.py`; and some of everyday.
fn files() -> Vec<(String, Vec<u8>)> {
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images");
    let everyday = ["photo.jpg", "rotated.jpg", "greyscale.jpg", "progressive.jpg"].map(|name| images.join(name));
    let structures = std::fs::read_dir(images.join("jpeg")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = structures.chain(everyday).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
    assert_eq!(paths.len(), 20);
    paths.into_iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

fn file(name: &str) -> Vec<u8> {
    files().into_iter().find(|(path, _)| path.ends_with(name)).unwrap().1
}

fn rendition(metadata: Metadata) -> Rendition {
    Rendition {
        media_type: "image/jpeg".into(),
        quality: RequestedQuality::Lossless,
        resize: None,
        max_bytes: None,
        metadata,
        settings: Vec::new(),
    }
}

fn lossless(input: &[u8], metadata: Metadata) -> Output {
    compress::<Jpeg>(input.to_vec(), &[rendition(metadata)]).unwrap().remove(0)
}

/// What decoders see of a file: everything that pixels are computed from.
fn coefficients(input: &[u8]) -> JpegCoefficients {
    thread_local!(static SEEN: RefCell<Option<JpegCoefficients>> = const { RefCell::new(None) });
    /// Makes nothing, and keeps what it sees.
    struct Witness;
    impl Encoder for Witness {
        type Settings = ();
        const DEFAULT_QUALITY: Quality = Quality::Lossless;
        const LOSSLESS: bool = false;
        const REWRITES: bool = true;
        fn describe() -> Descriptor {
            Jpeg::describe()
        }
        fn settings(_: &Options) -> Result<(), Error> {
            Ok(())
        }
        fn working_bytes(_: &Image, _: Quality, (): &()) -> u64 {
            0
        }
        fn encode(_: &Image, _: Quality, (): &()) -> Result<Encoded, Error> {
            unreachable!("nothing is decoded")
        }
        fn rewrite(original: &Original, _: &Embedded) -> Result<Option<Encoded>, Error> {
            let Original::Jpeg(original) = original else { return Ok(None) };
            SEEN.set(Some(original.coefficients()?));
            Ok(Some(Encoded { bytes: original.with_segments(&[])?, dropped: Vec::new(), notes: Vec::new() }))
        }
    }
    compress::<Witness>(input.to_vec(), &[rendition(Metadata::Strip)]).unwrap();
    SEEN.take().unwrap()
}

#[test]
fn no_coefficient_changes_and_no_file_grows() {
    for (name, input) in files() {
        let (mut before, mut after) = (coefficients(&input), coefficients(&lossless(&input, Metadata::Keep).bytes));
        for (before, after) in before.components.iter_mut().zip(&mut after.components) {
            assert_eq!((before.factors, before.all, before.shown), (after.factors, after.all, after.shown), "{name}");
            assert_eq!(before.steps, after.steps, "{name}");
            // Blocks that only fill up units show nothing; scans of one component leave out all but the first coefficient.
            for blocks in [&mut before.blocks, &mut after.blocks] {
                for (at, block) in blocks.iter_mut().enumerate() {
                    if at % after.all.0 >= after.shown.0 || at / after.all.0 >= after.shown.1 {
                        block.fill(0);
                    }
                }
            }
            assert!(before.blocks == after.blocks, "{name}");
        }
        assert_eq!((before.width, before.height, before.colour), (after.width, after.height, after.colour), "{name}");
        let made = lossless(&input, Metadata::Strip);
        assert!(made.bytes.len() <= input.len(), "{name}: {} bytes of {}", made.bytes.len(), input.len());
    }
}

#[test]
fn what_a_camera_writes_becomes_smaller() {
    let photo = file("photo.jpg");
    let made = lossless(&photo, Metadata::Strip);
    assert!(made.bytes.len() * 100 < photo.len() * 97, "{} bytes of {}", made.bytes.len(), photo.len());
}

#[test]
fn a_second_time_changes_nothing() {
    for (name, input) in files() {
        let once = lossless(&input, Metadata::Strip).bytes;
        assert!(lossless(&once, Metadata::Strip).bytes == once, "{name}");
    }
}

#[test]
fn metadata_go_and_the_orientation_stays() {
    let rotated = file("rotated.jpg");
    let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(has(&rotated, b"Exif"));
    let stripped = lossless(&rotated, Metadata::Strip);
    assert_eq!(stripped.info.orientation, orientation(&rotated));
    assert_ne!(stripped.info.orientation, 1);
    // TIFF's header, one entry, and no second directory: nothing but the orientation.
    let exif = stripped.bytes.windows(6).position(|window| window == b"Exif\0\0").unwrap();
    assert_eq!(stripped.bytes[exif - 2..exif], [0, 2 + 6 + 26]);
    let kept = lossless(&rotated, Metadata::Keep);
    assert_eq!(kept.info.orientation, stripped.info.orientation);
    assert!(kept.bytes.len() > stripped.bytes.len());
}

fn orientation(input: &[u8]) -> u8 {
    match sandpress_raster::probe(input) {
        sandpress_raster::Probed::Known(info) => info.orientation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_would_be_decoded_is_refused() {
    let photo = file("420.jpg");
    let smaller = Some(Resize { width: Some(20), height: None, fit: Fit::Contain });
    let png = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/graphic.png")).unwrap();
    for (input, resize) in [(photo.clone(), smaller), (png, None)] {
        let result = compress::<Jpeg>(input, &[Rendition { resize, ..rendition(Metadata::Strip) }]);
        match result {
            Err(Error::BadRequest(detail)) => assert!(detail.contains("image/jpeg"), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
    // A box that the picture is within already changes nothing.
    let resize = Some(Resize { width: Some(2000), height: None, fit: Fit::Contain });
    compress::<Jpeg>(photo.clone(), &[Rendition { resize, ..rendition(Metadata::Strip) }]).unwrap();
    let result = compress::<Jpeg>(photo, &[Rendition { max_bytes: Some(100), ..rendition(Metadata::Strip) }]);
    assert!(matches!(result, Err(Error::BadRequest(_))), "{result:?}");
}

#[test]
fn damage_is_found_without_decoding() {
    let photo = file("420.jpg");
    let sos = photo.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let mut cut = photo[..photo.len() - 400].to_vec();
    cut.extend([0xFF, 0xD9]);
    assert!(cut.len() > sos + 100);
    let result = compress::<Jpeg>(cut, &[rendition(Metadata::Strip)]);
    assert!(matches!(result, Err(Error::Malformed(_))), "{result:?}");
}
