//! The same input gives the same bytes.

use std::thread;

use sandpress_sandbox::{Quality, Rendition};

use super::{Subject, pixels::decoded};

/// Large enough that sources are decoded in full.
fn large(subject: &Subject) -> Vec<Rendition> {
    vec![
        subject.rendition().quality(Quality::Level(40.0)),
        subject.rendition().contain(320, 320),
        subject.rendition(),
        subject.rendition().quality(Quality::Level(95.0)).contain(400, 300),
    ]
}

fn small(subject: &Subject) -> Vec<Rendition> {
    let good = subject.rendition().quality(Quality::Level(90.0));
    vec![good.clone().contain(200, 200), good.clone().contain(50, 50), good.contain(120, 60)]
}

/// Twice, on two threads at once.
pub fn is_deterministic(subject: &Subject) {
    for sample in subject.small_samples() {
        let file = sample.bytes();
        let make = || subject.compress(&file, &large(subject)).expect("it can be made").outputs;
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(make);
            (make(), other.join().expect("it does not panic"))
        });
        assert!(one == other, "{}: two calls give different outputs", sample.file);
    }
}

/// What is made beside a rendition does not change it, but for what is not seen.
///
/// The source is decoded once, at the scale that the largest rendition needs, so a small one that is made beside it comes from more
/// pixels than alone: it is not the same file then.
pub fn makes_several_renditions_as_it_makes_each(subject: &Subject) {
    for sample in subject.small_samples() {
        let file = sample.bytes();
        let together =
            |renditions: &[Rendition]| subject.compress(&file, renditions).expect("they can be made").outputs;

        let renditions: Vec<_> =
            large(subject).into_iter().filter(|rendition| fits_half(rendition, sample.size)).collect();
        for (rendition, output) in renditions.iter().zip(together(&renditions)) {
            let alone = subject.make(&file, rendition);
            assert_eq!(output.info, alone.info, "{}, {rendition:?}", sample.file);
            assert!(output.bytes == alone.bytes, "{}: another file beside others, {rendition:?}", sample.file);
        }

        let renditions = [large(subject), small(subject)].concat();
        for (rendition, output) in renditions.iter().zip(together(&renditions)) {
            let alone = subject.make(&file, rendition);
            assert_eq!(output.info, alone.info, "{}, {rendition:?}", sample.file);
            let difference = decoded(&output).difference(&decoded(&alone));
            assert!(difference < 4.0, "{}: differs by {difference:.1} beside others, {rendition:?}", sample.file);
        }
    }
}

/// Whether what is made is at least half as large as its source.
fn fits_half(rendition: &Rendition, (width, height): (u32, u32)) -> bool {
    rendition.resize.is_none_or(|resize| {
        let at_least = |side: u32, limit: Option<u32>| limit.is_none_or(|limit| 2 * limit >= side);
        at_least(width, resize.width) && at_least(height, resize.height)
    })
}

/// No rendition is no error.
pub fn makes_nothing_of_no_renditions(subject: &Subject) {
    let sample = subject.small_samples().next().expect("a picture");
    let made = subject.compress(&sample.bytes(), &[]).expect("nothing is asked for");
    assert!(made.outputs.is_empty());
}
