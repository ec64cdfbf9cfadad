//! The same input gives the same bytes.

use std::thread;

use sandpress_sandbox::{Quality, Rendition};

use crate::{
    Obstacle,
    corpus::Sample,
    subject::{Exam, ensure},
};

/// Of the size of the source where that is small, and down to a tenth of it: what is decoded at several scales as well.
fn renditions(exam: &Exam<'_>, sample: &Sample) -> Vec<Rendition> {
    let good = exam.rendition().quality(Quality::Level(90.0));
    let mut renditions =
        vec![good.clone().contain(50, 50), good.clone().contain(120, 60), exam.rendition().contain(16, 16)];
    if sample.is_small() {
        renditions.push(exam.rendition().quality(Quality::Level(40.0)));
        renditions.push(exam.rendition());
    } else {
        renditions.push(good.contain(200, 200));
    }
    renditions
}

/// Twice, on two threads at once.
pub(super) fn is_deterministic(exam: &Exam<'_>) -> Result<(), Obstacle> {
    for sample in exam.few_samples()? {
        let file = sample.bytes();
        let make = || exam.compress(sample.name, &file, &renditions(exam, sample));
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(make);
            (make(), other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        ensure!(one? == other?, "{}: two calls give different outputs", sample.name);
    }
    Ok(())
}

/// What is made beside a rendition does not change it.
pub(super) fn makes_several_renditions_as_it_makes_each(exam: &Exam<'_>) -> Result<(), Obstacle> {
    for sample in exam.samples()? {
        let file = sample.bytes();
        let renditions = renditions(exam, sample);
        let together = match exam.compress(sample.name, &file, &renditions)? {
            Ok(outputs) => outputs,
            Err(error) => return Err(Obstacle::Failed(format!("{}, several at once: {error}", sample.name))),
        };
        for (rendition, output) in renditions.iter().zip(together) {
            let alone = exam.make(sample.name, &file, rendition)?;
            ensure!(output.info == alone.info, "{}: another picture beside others, {rendition:?}", sample.name);
            ensure!(output.bytes == alone.bytes, "{}: another file beside others, {rendition:?}", sample.name);
        }
    }
    Ok(())
}

/// No rendition is no error.
pub(super) fn makes_nothing_of_no_renditions(exam: &Exam<'_>) -> Result<(), Obstacle> {
    // That there is no output is checked by the sandbox.
    match exam.compress("no rendition", &exam.sample()?.bytes(), &[])? {
        Ok(_) => Ok(()),
        Err(error) => Err(Obstacle::Failed(format!("no rendition is refused as {error}"))),
    }
}
