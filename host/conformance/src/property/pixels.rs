//! What the pictures look like.

use sandpress_sandbox::{CodecError, Domain, Metadata, Quality, Setting, Value};

use crate::{
    Obstacle, Picture,
    corpus::{self, CAMERA, COPYRIGHT, PLACE, Sample, WITH_METADATA},
    subject::{Exam, ensure},
};

/// Of 255: what a good lossy encoder changes, and decoders round differently. The most is a small drawing whose colour is halved.
const SAME: f64 = 5.0;
/// Of 255: what filters for making pictures smaller differ by.
pub(super) const SIMILAR: f64 = 8.0;

/// A picture looks as another one does, made smaller to the same size.
pub(super) fn looks_like(what: &str, made: &Picture, expected: &Picture, most: f64) -> Result<(), Obstacle> {
    ensure!(
        made.width <= expected.width && made.height <= expected.height,
        "{what}: is enlarged from {:?} to {:?}",
        expected.size(),
        made.size()
    );
    let difference = if made.size() == expected.size() {
        made.difference(expected)
    } else {
        made.difference(&expected.smaller(made.width, made.height))
    };
    ensure!(difference <= most, "{what}: looks different, by {difference:.1} of 255 in the mean, {most} are the most");
    Ok(())
}

/// A picture looks as another one does, in the same size.
fn looks_the_same(what: &str, made: &Picture, expected: &Picture, most: f64) -> Result<(), Obstacle> {
    ensure!(made.size() == expected.size(), "{what}: becomes {:?}, it is {:?}", made.size(), expected.size());
    looks_like(what, made, expected, most)
}

/// Whatever the input's format, its channels and its colours: what comes out looks as what went in.
pub(super) fn makes_the_same_picture(exam: &Exam<'_>) -> Result<(), Obstacle> {
    exam.needs_a_decoder()?;
    for sample in exam.samples()? {
        let (name, file, before) = (sample.name, sample.bytes(), sample.picture());
        let good = exam.rendition().quality(Quality::Level(90.0));
        // Of the large ones one is enough in its own size.
        if sample.is_small() || name == "progressive.jpg" {
            looks_the_same(name, &exam.decoded(name, &exam.make(name, &file, &good)?)?, &before, SAME)?;
        }
        let what = format!("{name}, made smaller");
        let smaller = good.contain(before.width.min(480) / 2, before.height.min(480) / 2);
        looks_like(&what, &exam.decoded(&what, &exam.make(&what, &file, &smaller)?)?, &before, SIMILAR)?;
    }
    Ok(())
}

/// Colours that are not those of sRGB become what they look like, and need no profile; or they stay, and it does. An option `colour` with
/// the choices `srgb` and `keep`, as the project's encoders have it, chooses.
pub(super) fn converts_colours_or_keeps_them(exam: &Exam<'_>) -> Result<(), Obstacle> {
    exam.needs_a_decoder()?;
    if !exam.accepts("image/png") {
        return Err(Obstacle::NotApplicable(
            "it does not read image/png, in which the corpus has such colours".to_owned(),
        ));
    }
    let (file, srgb) = corpus::DISPLAY_P3;
    let (stored, seen) = (corpus::png(file), corpus::png(srgb));
    let plain = exam.rendition().quality(Quality::Level(90.0));
    // A rendition, and whether it must have the profile, if that is known.
    let mut renditions = vec![(plain.clone(), None)];
    for option in exam.descriptor().options.iter().filter(|option| option.name == "colour") {
        let Domain::Choice(texts) = &option.domain else { continue };
        for (text, has_profile) in [("srgb", false), ("keep", true)] {
            if texts.iter().any(|choice| choice == text) {
                let mut rendition = plain.clone();
                rendition.settings.push(Setting { name: option.name.clone(), value: Value::Text(text.to_owned()) });
                renditions.push((rendition, Some(has_profile)));
            }
        }
    }
    for (rendition, must_have_profile) in renditions {
        let what = match rendition.settings.first() {
            Some(Setting { value: Value::Text(colour), .. }) => format!("Display P3 with colour = {colour}"),
            _ => "Display P3".to_owned(),
        };
        let output = exam.make(&what, file, &rendition)?;
        let is_profile = |setting: &Setting| setting.name == "icc-profile" && setting.value == Value::Flag(true);
        let has_profile = output.info.settings.iter().any(is_profile);
        let which = if has_profile { "with" } else { "without" };
        ensure!(must_have_profile.is_none_or(|must| must == has_profile), "{what}: comes {which} its profile");
        let expected = if has_profile { &stored } else { &seen };
        looks_the_same(&format!("{what}, {which} its profile"), &exam.decoded(&what, &output)?, expected, SAME)?;
    }
    Ok(())
}

/// Each of the eight orientations is turned upright, and only once.
pub(super) fn turns_pictures_upright(exam: &Exam<'_>) -> Result<(), Obstacle> {
    if !exam.accepts("image/jpeg") {
        return Err(Obstacle::NotApplicable(
            "it does not read image/jpeg, in which the corpus has orientations".to_owned(),
        ));
    }
    exam.needs_a_decoder()?;
    for orientation in 1..=8 {
        let (file, expected) = corpus::turned(orientation);
        for metadata in [Metadata::Strip, Metadata::Keep] {
            let mut rendition = exam.rendition().quality(Quality::Level(90.0));
            rendition.metadata = metadata;
            let what = format!("orientation {orientation}, metadata {metadata:?}");
            let output = exam.make(&what, &file, &rendition)?;
            looks_the_same(&what, &exam.decoded(&what, &output)?, &expected, SAME)?;
            // What is turned and still says that it must be is turned twice by viewers.
            if exam.accepts(exam.media_type().as_str()) {
                let what = format!("{what}, made again of what was made");
                let again = exam.make(&what, &output.bytes, &rendition)?;
                looks_the_same(&what, &exam.decoded(&what, &again)?, &expected, 2.0 * SAME)?;
            }
        }
        // Boxes are in pixels as seen.
        let what = format!("orientation {orientation} in a box");
        let output = exam.make(&what, &file, &exam.rendition().contain(20, 1000))?;
        ensure!(output.info.width == 20, "{what}: of 20 × 1000 becomes {} × {}", output.info.width, output.info.height);
    }
    Ok(())
}

/// Lossless is every pixel as it was, or a refusal: of everything, or of all that is in another format.
pub(super) fn lossless_is_exact(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let lossless = exam.rendition().quality(Quality::Lossless);
    let (mut exact, mut refused) = (Vec::new(), Vec::new());
    // The largest takes long, and has nothing that the others have not.
    for sample in exam.samples()?.iter().filter(|sample| sample.name != "graphic.png") {
        match exam.compress(sample.name, &sample.bytes(), std::slice::from_ref(&lossless))? {
            Ok(mut outputs) => exact.push((sample, outputs.remove(0))),
            Err(CodecError::BadRequest(_)) => refused.push(sample),
            Err(error) => return Err(Obstacle::Failed(format!("{}: is refused as {error}", sample.name))),
        }
    }
    let is_own = |sample: &Sample| exam.media_type().as_str() == sample.media_type;
    for sample in &refused {
        let is_alone = exact.is_empty() || !is_own(sample);
        ensure!(is_alone, "{}: is refused as lossless, others in its format are not", sample.name);
    }
    for (sample, _) in &exact {
        let is_like_all = refused.is_empty() || is_own(sample);
        ensure!(is_like_all, "{}: is made losslessly, others in other formats are not", sample.name);
    }
    if exact.is_empty() {
        return Ok(());
    }
    exam.needs_a_decoder()?;
    for (sample, output) in exact {
        let most = if sample.is_lossy { 2.0 } else { 0.0 };
        looks_the_same(sample.name, &exam.decoded(sample.name, &output)?, &sample.picture(), most)?;
    }
    Ok(())
}

/// What a camera wrote is stripped, reduced to the copyright, or kept; or the notes say that it was dropped.
pub(super) fn keeps_metadata_as_the_policy_says(exam: &Exam<'_>) -> Result<(), Obstacle> {
    if !exam.accepts("image/jpeg") {
        return Err(Obstacle::NotApplicable(
            "it does not read image/jpeg, in which the corpus has metadata".to_owned(),
        ));
    }
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    for (metadata, wanted) in
        [(Metadata::Strip, [false; 3]), (Metadata::Copyright, [false, true, false]), (Metadata::Keep, [true; 3])]
    {
        let mut rendition = exam.rendition().contain(64, 64);
        rendition.metadata = metadata;
        let what = format!("metadata {metadata:?}");
        let output = exam.make(&what, WITH_METADATA, &rendition)?;
        let found = [CAMERA, COPYRIGHT, PLACE].map(|part| has(&output.bytes, part));
        // What a format cannot hold is dropped, and said to be.
        let is_right = found == wanted || found == [false; 3] && output.dropped().is_some();
        ensure!(
            is_right,
            "{what}: the camera, the copyright and the place are to be there as {wanted:?}, they are as {found:?}, dropped is {:?}",
            output.dropped()
        );
    }
    Ok(())
}
