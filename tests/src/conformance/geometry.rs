//! How large pictures are, in pixels and in bytes.

use sandpress_sandbox::{CodecError, Fit, Quality, Resize};

use super::{Subject, pixels::decoded};
use crate::{images, picture::decode};

/// The box asked for, and the picture that is to come of 451 × 300 pixels.
type Row = (Option<u32>, Option<u32>, Fit, (u32, u32));

const BOXES: [Row; 14] = [
    (Some(200), None, Fit::Contain, (200, 133)),
    (None, Some(150), Fit::Contain, (226, 150)),
    (Some(200), Some(200), Fit::Contain, (200, 133)),
    (Some(400), Some(30), Fit::Contain, (45, 30)),
    (Some(1), Some(1), Fit::Contain, (1, 1)),
    (Some(450), Some(u32::MAX), Fit::Contain, (450, 299)),
    // Never enlarged.
    (Some(452), None, Fit::Contain, (451, 300)),
    (Some(10_000), Some(10_000), Fit::Contain, (451, 300)),
    (Some(100), Some(100), Fit::Cover, (100, 100)),
    (Some(300), Some(10), Fit::Cover, (300, 10)),
    (Some(451), Some(300), Fit::Cover, (451, 300)),
    (Some(1), Some(300), Fit::Cover, (1, 300)),
    // A box that could only be covered by enlarging keeps its proportions.
    (Some(900), Some(900), Fit::Cover, (300, 300)),
    (Some(902), Some(300), Fit::Cover, (451, 150)),
];

/// Boxes are filled as their fit says, proportions are kept, what is cropped is cropped evenly, and nothing is ever enlarged.
pub fn fills_boxes_and_never_enlarges(subject: &Subject) {
    let file = images::image("progressive.jpg");
    let source = decode(&sandpress_sandbox::MediaType::JPEG, &file);
    for (width, height, fit, expected) in BOXES {
        let mut rendition = subject.rendition().quality(Quality::Level(90.0));
        rendition.resize = Some(Resize { width, height, fit });
        let context = format!("{width:?} × {height:?}, {fit:?}");
        let made = decoded(&subject.make(&file, &rendition));
        // The side that the box decides is exact; the other one may be rounded either way.
        let near = |made: u32, expected: u32| made.abs_diff(expected) <= u32::from(fit == Fit::Contain);
        assert!(near(made.width, expected.0) && near(made.height, expected.1), "{context}: {:?}", made.size());
        assert!(
            made.width <= 451.min(width.unwrap_or(451)) && made.height <= 300.min(height.unwrap_or(300)),
            "{context}"
        );

        let shown = if fit == Fit::Cover { source.middle(made.width, made.height) } else { source.clone() };
        let difference = made.difference(&shown.smaller(made.width, made.height));
        assert!(difference < 12.0, "{context}: differs by {difference:.1} from the middle of the picture");
    }
}

/// Within `max-bytes`, or a refusal that names the smallest size possible.
pub fn keeps_to_the_most_bytes(subject: &Subject) {
    // The search makes the same picture many times, which takes some encoders long.
    let small = subject.rendition().contain(320, 320);
    for sample in subject.small_samples() {
        let file = sample.bytes();
        let with = |max_bytes| {
            let mut rendition = small.clone();
            rendition.max_bytes = Some(max_bytes);
            rendition
        };
        let free = subject.make(&file, &small).bytes;
        let size = free.len() as u64;
        assert!(subject.make(&file, &with(size)).bytes == free, "{}: its own size is enough", sample.file);

        let refusal = subject.refusal("one byte", &file, &with(1));
        let CodecError::BadRequest(detail) = &refusal else { panic!("{}, one byte: {refusal}", sample.file) };
        let smallest = detail
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse::<u64>().ok())
            .find(|&number| (2..=size).contains(&number))
            .unwrap_or_else(|| panic!("`{detail}` does not name the smallest size"));

        // That the output is no larger than allowed is checked by the sandbox.
        for max_bytes in [smallest, smallest.midpoint(size)] {
            let output = subject.make(&file, &with(max_bytes));
            assert!(output.bytes.len() as u64 <= max_bytes, "{}", sample.file);
            decoded(&output);
        }
    }
}
