//! The same input gives the same bytes.

use std::thread;

use sandpress_sandbox::{Quality, Rendition};

use super::Subject;

/// Of the size of the source, and down to a tenth of it: what is decoded at several scales as well.
fn renditions(subject: &Subject) -> Vec<Rendition> {
    let good = subject.rendition().quality(Quality::Level(90.0));
    vec![
        good.clone().contain(50, 50),
        subject.rendition().quality(Quality::Level(40.0)),
        subject.rendition().contain(320, 320),
        subject.rendition(),
        good.clone().contain(200, 200),
        subject.rendition().quality(Quality::Level(95.0)).contain(400, 300),
        good.contain(120, 60),
    ]
}

/// Twice, on two threads at once.
pub fn is_deterministic(subject: &Subject) {
    for sample in subject.small_samples() {
        let file = sample.bytes();
        let make = || subject.compress(&file, &renditions(subject)).expect("it can be made").outputs;
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(make);
            (make(), other.join().expect("it does not panic"))
        });
        assert!(one == other, "{}: two calls give different outputs", sample.file);
    }
}

/// What is made beside a rendition does not change it.
pub fn makes_several_renditions_as_it_makes_each(subject: &Subject) {
    let renditions = renditions(subject);
    for sample in subject.small_samples() {
        let file = sample.bytes();
        let together = subject.compress(&file, &renditions).expect("they can be made").outputs;
        for (rendition, output) in renditions.iter().zip(together) {
            let alone = subject.make(&file, rendition);
            assert_eq!(output.info, alone.info, "{}, {rendition:?}", sample.file);
            assert!(output.bytes == alone.bytes, "{}: another file beside others, {rendition:?}", sample.file);
        }
    }
}

/// No rendition is no error.
pub fn makes_nothing_of_no_renditions(subject: &Subject) {
    let sample = subject.small_samples().next().expect("a picture");
    let made = subject.compress(&sample.bytes(), &[]).expect("nothing is asked for");
    assert!(made.outputs.is_empty());
}
