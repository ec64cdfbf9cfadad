//! What the pictures look like.

use sandpress_sandbox::{CallError, CodecError, ImageInfo, MediaType, Metadata, Output, Quality, Setting, Value};

use super::Subject;
use crate::{
    images::{self, SAMPLES, Sample},
    picture::{Picture, decode},
};

/// Of 255: what a good lossy encoder changes, and decoders round differently. The most is a small drawing whose colour is halved.
const SAME: f64 = 5.0;
/// Of 255: what filters for making pictures smaller differ by.
const SIMILAR: f64 = 8.0;

/// Decodes an output, after a look at what is claimed of it.
pub(super) fn decoded(output: &Output) -> Picture {
    assert_eq!(output.info.orientation, 1, "claimed");
    as_stored(output)
}

/// The same, not turned: only what is made losslessly may say that it is to be turned.
fn as_stored(output: &Output) -> Picture {
    let picture = decode(&output.info.media_type, &output.bytes);
    let ImageInfo { width, height, frames, .. } = output.info;
    assert_eq!((width, height, frames), (picture.width, picture.height, 1), "claimed");
    picture
}

/// Whatever the input's format, its channels and its colours: what comes out looks as what went in.
pub fn makes_the_same_picture(subject: &Subject) {
    for sample in subject.samples() {
        let file = sample.bytes();
        let before = sample.picture();
        let good = subject.rendition().quality(Quality::Level(90.0));

        if sample.size.0 * sample.size.1 < 1 << 20 {
            let after = decoded(&subject.make(&file, &good));
            let difference = after.difference(&before);
            assert!(difference < SAME, "{}: differs by {difference:.1}", sample.file);
        }
        let after = decoded(&subject.make(&file, &good.contain(240, 240)));
        let difference = after.difference(&before.smaller(after.width, after.height));
        assert!(difference < SIMILAR, "{}: made smaller, differs by {difference:.1}", sample.file);
    }
}

/// Colours that are not those of sRGB become what they look like, and need no profile; or they stay, and it does.
pub fn converts_colours_or_keeps_them(subject: &Subject) {
    let file = images::image("colours/display-p3.png");
    let stored = decode(&MediaType::PNG, &file);
    let seen = decode(&MediaType::PNG, &images::image("colours/srgb/display-p3.png.png"));
    assert!(stored.difference(&seen) > 2.0 * SAME, "the file's colours are those of sRGB");
    for (colour, expected, has_profile) in [("srgb", seen, false), ("keep", stored, true)] {
        let mut rendition = subject.rendition().quality(Quality::Level(90.0));
        rendition.settings.push(Setting { name: "colour".to_owned(), value: Value::Text(colour.to_owned()) });
        let output = subject.make(&file, &rendition);
        let difference = decoded(&output).difference(&expected);
        assert!(difference < SAME, "{colour}: differs by {difference:.1}");
        let profile = output.info.settings.iter().any(|setting| setting.name == "icc-profile");
        assert_eq!(profile, has_profile, "{colour}: the profile");
    }
}

/// Each of the eight orientations is turned upright, and only once.
pub fn turns_pictures_upright(subject: &Subject) {
    // Not a square, and EXIF of its own has none.
    let stored = images::image("progressive.jpg");
    let seen = decode(&MediaType::JPEG, &stored);
    for orientation in 1..=8 {
        let file = images::with_orientation(&stored, orientation);
        let expected = seen.upright(orientation);
        for metadata in [Metadata::Strip, Metadata::Keep] {
            let mut rendition = subject.rendition().quality(Quality::Level(90.0));
            rendition.metadata = metadata;
            let output = subject.make(&file, &rendition);
            let difference = decoded(&output).difference(&expected);
            assert!(difference < SAME, "orientation {orientation}, {metadata:?}: differs by {difference:.1}");
            // What is turned and still says that it must be is turned twice by viewers.
            let again = subject.make(&output.bytes, &rendition);
            let difference = decoded(&again).difference(&expected);
            assert!(difference < 2.0 * SAME, "orientation {orientation}, {metadata:?}: turned again");
        }
        // Boxes are in pixels as seen.
        let (width, _) = decoded(&subject.make(&file, &subject.rendition().contain(100, 1000))).size();
        assert_eq!(width, 100, "orientation {orientation}");
    }
}

/// Lossless is every pixel as it was, or a refusal: of everything, or of all that is in another format.
pub fn lossless_is_exact(subject: &Subject) {
    let lossless = subject.rendition().quality(Quality::Lossless);
    let (mut exact, mut refused) = (Vec::new(), Vec::new());
    let samples: Vec<_> = subject.small_samples().collect();
    for sample in &samples {
        let file = sample.bytes();
        match subject.compress(&file, std::slice::from_ref(&lossless)) {
            Ok(made) => {
                let output = &made.outputs[0];
                let difference = as_stored(output).upright(output.info.orientation).difference(&sample.picture());
                let most = if sample.is_lossy { 2.0 } else { 0.0 };
                assert!(difference <= most, "{}: differs by {difference:.3}", sample.file);
                exact.push(sample);
            }
            Err(CallError::Codec(CodecError::BadRequest(_))) => refused.push(sample),
            Err(error) => panic!("{}: {error}", sample.file),
        }
    }
    let is_own = |sample: &&Sample| subject.descriptor.produces.iter().any(|own| own.as_str() == sample.media_type);
    for sample in &refused {
        assert!(exact.is_empty() || !is_own(sample), "{}: refused, others in its format are not", sample.file);
    }
    assert!(refused.is_empty() || exact.iter().all(is_own), "lossless for some formats of others");
}

/// What a camera wrote is stripped, reduced to the copyright, or kept; or the notes say that it was dropped.
pub fn keeps_metadata_as_the_policy_says(subject: &Subject) {
    const CAMERA: &[u8] = b"Test camera";
    const COPYRIGHT: &[u8] = b"CC0-1.0";
    // 51° 28′ 40″ as the EXIF of the test photo has it.
    const PLACE: &[u8] = b"\0\0\0\x33\0\0\0\x01\0\0\0\x1c\0\0\0\x01\0\0\0\x28\0\0\0\x01";

    let sample = SAMPLES.last().expect("a photo");
    if !sample.is_in(&subject.descriptor.accepts) {
        return;
    }
    let photo = sample.bytes();
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert_eq!([CAMERA, COPYRIGHT, PLACE].map(|part| has(&photo, part)), [true; 3], "the photo has lost its metadata");

    for (metadata, expected) in
        [(Metadata::Strip, [false; 3]), (Metadata::Copyright, [false, true, false]), (Metadata::Keep, [true; 3])]
    {
        let mut rendition = subject.rendition().contain(64, 64);
        rendition.metadata = metadata;
        let output = subject.make(&photo, &rendition);
        let found = [CAMERA, COPYRIGHT, PLACE].map(|part| has(&output.bytes, part));
        let dropped = output.notes.iter().any(|note| {
            note.name == "dropped"
                && matches!(&note.value, Value::Text(names) if names.split(", ").any(|n| n == "exif"))
        });
        assert!(found == expected || dropped && found == [false; 3], "{metadata:?}: {found:?}, dropped: {dropped}");
        assert_eq!(dropped, metadata != Metadata::Keep || found == [false; 3], "{metadata:?}: the notes are not true");
    }
}
