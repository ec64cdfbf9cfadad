//! All images together: totals, distributions, and which are the worst.

use std::cmp::Ordering;

use serde::Serialize;

use super::row::{Made, Row};

/// All images together. Sizes, times, memory and scores are of those that both sides made: else who fails on large images would look small.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Summary {
    /// Images that were tried.
    pub(super) compared: usize,
    /// Images of those that both made.
    pub(super) both: usize,
    pub(super) failed_old_only: usize,
    pub(super) failed_new_only: usize,
    pub(super) failed_both: usize,
    /// Images of which both made the same file.
    pub(super) identical: usize,
    /// Images of which the new file is larger than the old one.
    pub(super) larger: usize,
    /// Bytes of the sources.
    pub(super) source_bytes: u64,
    pub(super) old: Totals,
    pub(super) new: Totals,
    /// New to old.
    pub(super) size_ratio: Option<Spread>,
    /// New to old.
    pub(super) time_ratio: Option<Spread>,
    /// New less old.
    pub(super) score_difference: Option<Spread>,
}

/// One side.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Totals {
    pub(super) bytes: u64,
    /// Files that are no smaller than their source, in its format: a service keeps the source's picture then.
    pub(super) grown: usize,
    /// Of all calls together.
    pub(super) total_milliseconds: f64,
    pub(super) milliseconds: Option<Spread>,
    /// Bytes.
    pub(super) peak_memory: Option<Spread>,
    pub(super) score: Option<Spread>,
    /// Files that could not be compared with their source.
    pub(super) unscored: usize,
}

/// A distribution: of the values in their order, those that are at these parts of them, by the nearest rank.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) p5: f64,
    pub(super) median: f64,
    pub(super) p95: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Nothing of no values.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100).max(1);
            values.get(rank - 1).copied()
        };
        Some(Self { least: at(0)?, p5: at(5)?, median: at(50)?, p95: at(95)?, most: at(100)? })
    }
}

impl Summary {
    pub(super) fn of(rows: &[Row]) -> Self {
        let failed = |old: bool, new: bool| {
            rows.iter().filter(|row| (row.old.made().is_none(), row.new.made().is_none()) == (old, new)).count()
        };
        let both: Vec<_> = rows.iter().filter_map(|row| row.both().map(|(old, new)| (row, old, new))).collect();
        Self {
            compared: rows.len(),
            both: both.len(),
            failed_old_only: failed(true, false),
            failed_new_only: failed(false, true),
            failed_both: failed(true, true),
            identical: both.iter().filter(|(_, old, new)| old.digest == new.digest).count(),
            larger: both.iter().filter(|(_, old, new)| new.bytes > old.bytes).count(),
            source_bytes: both.iter().map(|(row, ..)| row.bytes).sum(),
            old: Totals::of(both.iter().map(|(row, old, _)| (*row, *old))),
            new: Totals::of(both.iter().map(|(row, _, new)| (*row, *new))),
            size_ratio: Spread::of(rows.iter().filter_map(Row::size_ratio)),
            time_ratio: Spread::of(rows.iter().filter_map(Row::time_ratio)),
            score_difference: Spread::of(rows.iter().filter_map(Row::score_difference)),
        }
    }
}

impl Totals {
    fn of<'a>(made: impl Iterator<Item = (&'a Row, &'a Made)>) -> Self {
        let made: Vec<_> = made.collect();
        let is_grown =
            |row: &Row, made: &Made| row.media_type.as_ref() == Some(&made.media_type) && made.bytes >= row.bytes;
        #[expect(clippy::cast_precision_loss, reason = "at most 4 GiB")]
        let memory = |made: &Made| made.peak_memory as f64;
        Self {
            bytes: made.iter().map(|(_, made)| made.bytes).sum(),
            grown: made.iter().filter(|(row, made)| is_grown(row, made)).count(),
            // To a microsecond, as they are.
            total_milliseconds: (made.iter().map(|(_, made)| made.milliseconds).sum::<f64>() * 1e3).round() / 1e3,
            milliseconds: Spread::of(made.iter().map(|(_, made)| made.milliseconds)),
            peak_memory: Spread::of(made.iter().map(|(_, made)| memory(made))),
            score: Spread::of(made.iter().filter_map(|(_, made)| made.score)),
            unscored: made.iter().filter(|(_, made)| made.score.is_none()).count(),
        }
    }
}

/// Those whose score falls most first; at the end those that have none.
pub(super) fn by_score(rows: &[Row]) -> Vec<&Row> {
    let mut rows: Vec<_> = rows.iter().filter(|row| row.both().is_some()).collect();
    rows.sort_by(|a, b| match (a.score_difference(), b.score_difference()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    rows
}

/// Those whose size grows most first.
pub(super) fn by_size(rows: &[Row]) -> Vec<&Row> {
    let mut rows: Vec<_> = rows.iter().filter(|row| row.size_ratio().is_some()).collect();
    rows.sort_by(|a, b| b.size_ratio().partial_cmp(&a.size_ratio()).unwrap_or(Ordering::Equal));
    rows
}

/// The worst by either, in turn.
pub(super) fn worst(rows: &[Row], most: usize) -> Vec<&Row> {
    let mut worst: Vec<&Row> = Vec::new();
    for (by_score, by_size) in by_score(rows).into_iter().zip(by_size(rows)) {
        for row in [by_score, by_size] {
            if worst.len() < most && worst.iter().all(|other| other.file != row.file) {
                worst.push(row);
            }
        }
    }
    worst
}
