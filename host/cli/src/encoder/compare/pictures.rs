//! Pictures of the worst images: made once more at the end, when it is known which they are, so that nothing has to be kept of the others.

use anyhow::{Context as _, Result};

use super::{
    images::Image,
    judge::Pieces,
    measure::{Bench, copy},
    report::Report,
    row::{Outcome, Row},
    summary,
};
use crate::parallel;

/// An image of the page.
pub(super) struct Picture<'a> {
    pub(super) row: &'a Row,
    /// Why there is nothing to see, where there is not.
    pub(super) pieces: Result<Pieces, String>,
    /// Whether a side has made another file this time: its encoder does not make the same of the same.
    pub(super) is_another: bool,
}

/// So many at most.
pub(super) fn of_the_worst<'a>(
    bench: &Bench,
    found: &[Image],
    report: &'a Report,
    threads: usize,
    most: usize,
    side: u32,
) -> Vec<Picture<'a>> {
    let worst = summary::worst(&report.rows, most);
    parallel::all(
        &worst,
        threads,
        |row| row.file.clone(),
        |at, row| {
            let image = found.iter().find(|image| image.name == row.file);
            match image.context("it is gone").and_then(|image| picture(bench, image, row, at, side)) {
                Ok((pieces, is_another)) => Picture { row, pieces: Ok(pieces), is_another },
                Err(error) => Picture { row, pieces: Err(format!("{error:#}")), is_another: false },
            }
        },
    )
}

fn picture(bench: &Bench, image: &Image, row: &Row, at: usize, side: u32) -> Result<(Pieces, bool)> {
    let source = bench.images.read(image, bench.limits.memory)?;
    let (old, new) = bench.both(at, &source);
    let pieces = bench.judge.pieces(&source, copy(&bench.sides.old, &old), copy(&bench.sides.new, &new), side)?;
    let is_same = |outcome: &Outcome, made: &super::measure::Result| {
        let (before, now) = (outcome.made(), made.as_ref().ok());
        before.map(|made| made.digest) == now.map(|(output, _)| sandpress_sandbox::Digest::of(&output.bytes))
    };
    Ok((pieces, !(is_same(&row.old, &old) && is_same(&row.new, &new))))
}
