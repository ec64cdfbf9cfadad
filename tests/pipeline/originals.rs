//! Pictures that get no smaller: what is stored is theirs to the pixel, and tells no more than the policy allows.

use sandpress_sandbox::{Limits, MediaType, Metadata, Probe, Quality, Rendition, Setting, Value};
use sandpress_tests::{components, images, picture};

use crate::{Pipeline, WEB, photos::contains, pictures, policy};

/// Where the test photo was taken: 51° 28′ 40″, as its EXIF has it.
const PLACE: &[u8] = b"\0\0\0\x33\0\0\0\x01\0\0\0\x1c\0\0\0\x01\0\0\0\x28\0\0\0\x01";
/// Who has the rights.
const COPYRIGHT: &[u8] = b"CC0-1.0";

/// The test photo in a format, with its EXIF, as small as this quality and this effort make it.
fn small(media_type: &MediaType, quality: Quality, effort: Option<i64>) -> Vec<u8> {
    let mut rendition = Rendition::new(media_type.clone()).quality(quality).contain(160, 160);
    rendition.metadata = Metadata::Keep;
    rendition.settings.extend(effort.map(|effort| Setting { name: "effort".into(), value: Value::Integer(effort) }));
    let photo = images::image("photo.jpg");
    let made = components::encoder(media_type).codec.compress(&photo, &[rendition], &Limits::default());
    made.expect("a picture").outputs.remove(0).bytes
}

/// An animation with the EXIF of the test photo.
fn animation() -> Vec<u8> {
    let mut file = images::image("formats/animation.webp");
    let photo = small(&MediaType::WEBP, Quality::Level(0.0), None);
    let exif = photo.windows(4).position(|name| name == b"EXIF").expect("a chunk");
    let len = u32::from_le_bytes(photo[exif + 4..exif + 8].try_into().expect("4 bytes")) as usize;
    file.extend_from_slice(&photo[exif..exif + 8 + len.next_multiple_of(2)]);
    // The header says that there is EXIF, and how long the file is.
    file[20] |= 8;
    let len = u32::try_from(file.len() - 8).expect("a small file").to_le_bytes();
    file[4..8].copy_from_slice(&len);
    file
}

#[tokio::test]
async fn what_gets_no_smaller_keeps_its_pixels_and_loses_its_place() {
    let sources = [
        ("low.jpg", MediaType::JPEG, small(&MediaType::JPEG, Quality::Level(10.0), None)),
        ("low.webp", MediaType::WEBP, small(&MediaType::WEBP, Quality::Level(5.0), None)),
        ("animation.webp", MediaType::WEBP, animation()),
        ("low.avif", MediaType::AVIF, small(&MediaType::AVIF, Quality::Level(10.0), None)),
        ("lossless.png", MediaType::PNG, small(&MediaType::PNG, Quality::Lossless, Some(4))),
    ];
    for (metadata, has_copyright) in [("strip", false), ("copyright", true)] {
        let rendition = format!("{WEB}metadata = \"{metadata}\"\nquality = 100\nmin-savings = 0.5\n");
        let pipeline = Pipeline::new(&policy(&rendition)).await;
        for (key, _, source) in &sources {
            assert!(contains(source, PLACE) && contains(source, COPYRIGHT), "{key}");
            pipeline.site.upload(key, source.clone()).await;
        }
        pipeline.complete(sources.len()).await;

        for (key, media_type, source) in &sources {
            let rendition = pipeline.site.rendition(key).await.unwrap_or_else(|| panic!("{key} has no rendition"));
            assert_eq!(rendition.content_type, media_type.as_str());
            assert!(!contains(&rendition.bytes, PLACE), "{key}, {metadata}: the place is still there");
            assert_eq!(contains(&rendition.bytes, COPYRIGHT), has_copyright, "{key}, {metadata}");
            assert!(rendition.bytes.len() <= source.len(), "{key}: {} of {}", rendition.bytes.len(), source.len());
            match source.windows(4).position(|name| name == b"ANIM") {
                None => {
                    let seen = pictures::decode(&rendition);
                    assert_eq!(seen.difference(&picture::decode(media_type, source)), 0.0, "{key}: other pixels");
                }
                Some(frames) => {
                    let end = source.windows(4).rposition(|name| name == b"EXIF").expect("a chunk");
                    assert!(contains(&rendition.bytes, &source[frames..end]), "{key}: other frames");
                }
            }
        }
        let lines = pipeline.function.outcomes("made");
        assert_eq!(lines.len(), sources.len());
        for line in lines {
            assert_eq!(line["renditions"][0]["original"], true, "{line}");
        }
    }
}

/// In an AVIF, turns and mirrors stand beside the picture, and are no metadata.
#[tokio::test]
async fn an_avif_that_gets_no_smaller_stays_turned() {
    let pipeline = Pipeline::new(&policy(&format!("{WEB}quality = 100\nmin-savings = 0.5\n"))).await;
    let sources: Vec<_> = (1..=8).map(|turn| images::image(&format!("formats/turned-{turn}.avif"))).collect();
    for (turn, source) in (1..).zip(&sources) {
        assert!(contains(source, b"Ann"), "an artist");
        pipeline.site.upload(&format!("{turn}.avif"), source.clone()).await;
    }
    pipeline.complete(sources.len()).await;
    let codec = &components::encoder(&MediaType::AVIF).codec;
    for (turn, source) in (1_u8..).zip(&sources) {
        let made = pipeline.site.rendition(&format!("{turn}.avif")).await.expect("a rendition").bytes;
        assert!(made.len() == source.len() && !contains(&made, b"Ann"), "orientation {turn}");
        match codec.probe(&made, &Limits::default()).map(|probed| probed.probe) {
            Ok(Probe::Known(info)) => assert_eq!((info.orientation, info.width, info.height), (turn, 47, 35)),
            other => panic!("orientation {turn}: {other:?}"),
        }
    }
}
