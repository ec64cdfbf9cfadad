//! How large pictures are, in pixels and in bytes.

use sandpress_sandbox::{CodecError, Fit, Quality, Resize};

use super::pixels::{SIMILAR, looks_like};
use crate::{
    Obstacle, corpus,
    subject::{Exam, ensure},
};

/// The box asked for, and the picture that is to come of 53 × 39 pixels.
type Row = (Option<u32>, Option<u32>, Fit, (u32, u32));

const BOXES: [Row; 14] = [
    (Some(27), None, Fit::Contain, (27, 20)),
    (None, Some(17), Fit::Contain, (23, 17)),
    (Some(20), Some(20), Fit::Contain, (20, 15)),
    (Some(40), Some(5), Fit::Contain, (7, 5)),
    (Some(1), Some(1), Fit::Contain, (1, 1)),
    (Some(52), Some(u32::MAX), Fit::Contain, (52, 38)),
    // Never enlarged.
    (Some(54), None, Fit::Contain, corpus::PHOTO_SIZE),
    (Some(10_000), Some(10_000), Fit::Contain, corpus::PHOTO_SIZE),
    (Some(15), Some(15), Fit::Cover, (15, 15)),
    (Some(40), Some(4), Fit::Cover, (40, 4)),
    (Some(53), Some(39), Fit::Cover, corpus::PHOTO_SIZE),
    (Some(1), Some(39), Fit::Cover, (1, 39)),
    // A box that could only be covered by enlarging keeps its proportions.
    (Some(90), Some(90), Fit::Cover, (39, 39)),
    (Some(106), Some(39), Fit::Cover, (53, 20)),
];

/// Boxes are filled as their fit says, proportions are kept, what is cropped is cropped evenly, and nothing is ever enlarged.
pub(super) fn fills_boxes_and_never_enlarges(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let Some((file, source)) = corpus::photo(&exam.descriptor().accepts) else {
        return Err(Obstacle::NotApplicable(
            "it reads neither image/jpeg nor image/png nor image/x-portable-pixmap".into(),
        ));
    };
    let mut outputs = Vec::new();
    for (width, height, fit, expected) in BOXES {
        let mut rendition = exam.rendition().quality(Quality::Level(90.0));
        rendition.resize = Some(Resize { width, height, fit });
        let side = |side: Option<u32>| side.map_or_else(|| "any".to_owned(), |side| side.to_string());
        let what =
            format!("{} × {} in a box of {} × {}, {fit:?}", source.width, source.height, side(width), side(height));
        let output = exam.make(&what, &file, &rendition)?;
        // The side that the box decides is exact; the other one may be rounded either way.
        let near = |made: u32, expected: u32| made.abs_diff(expected) <= u32::from(fit == Fit::Contain);
        let (across, down) = (output.info.width, output.info.height);
        ensure!(near(across, expected.0) && near(down, expected.1), "{what}: becomes {across} × {down}");
        let most = |side: u32, limit: Option<u32>| side.min(limit.unwrap_or(side));
        ensure!(
            across <= most(source.width, width) && down <= most(source.height, height),
            "{what}: becomes {across} × {down}"
        );
        outputs.push((what, fit, output));
    }
    exam.needs_a_decoder()?;
    for (what, fit, output) in outputs {
        let made = exam.decoded(&what, &output)?;
        let shown = if fit == Fit::Cover { source.middle(made.width, made.height) } else { source.clone() };
        looks_like(&what, &made, &shown, SIMILAR)?;
    }
    Ok(())
}

/// Within `max-bytes`, or a refusal that names the smallest size possible.
pub(super) fn keeps_to_the_most_bytes(exam: &Exam<'_>) -> Result<(), Obstacle> {
    // The search makes the same picture many times, which takes some encoders long.
    let small = exam.rendition().contain(96, 96);
    for sample in exam.few_samples()? {
        let (name, file) = (sample.name, sample.bytes());
        let with = |max_bytes| {
            let mut rendition = small.clone();
            rendition.max_bytes = Some(max_bytes);
            rendition
        };
        let free = exam.make(name, &file, &small)?.bytes;
        let size = free.len() as u64;
        let enough = exam.make(&format!("{name} with its own size"), &file, &with(size))?.bytes;
        ensure!(enough == free, "{name}: with {size} bytes, which it has, it becomes another file");

        let refusal = exam.refusal(&format!("{name} with one byte"), &file, &with(1))?;
        let CodecError::BadRequest(detail) = &refusal else {
            return Err(Obstacle::Failed(format!("{name} with one byte is refused as {refusal}")));
        };
        let numbers = detail.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u64>().ok());
        // There may be others in the text, as the picture's sides.
        let mut smallest = None;
        for number in numbers.filter(|number| (2..=size).contains(number)) {
            if let Ok(outputs) = exam.compress(name, &file, &[with(number)])? {
                smallest = Some((number, outputs));
                break;
            }
        }
        let Some((smallest, mut outputs)) = smallest else {
            return Err(Obstacle::Failed(format!("{name} with one byte: `{detail}` does not name the smallest size")));
        };
        outputs.push(exam.make(name, &file, &with(smallest.midpoint(size)))?);
        // That an output is no larger than allowed is checked by the sandbox.
        if exam.needs_a_decoder().is_ok() {
            for output in outputs {
                exam.decoded(name, &output)?;
            }
        }
    }
    Ok(())
}
