//! Medians, and how they are printed.

use std::time::{Duration, Instant};

/// Times something once.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let began = Instant::now();
    let result = work();
    (began.elapsed(), result)
}

/// The median, lowest and highest of some durations.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: Duration,
    lowest: Duration,
    highest: Duration,
}

impl Spread {
    pub(crate) fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        let at = |index: usize| samples.get(index).copied().unwrap_or_default();
        Self { median: at(samples.len() / 2), lowest: at(0), highest: at(samples.len().saturating_sub(1)) }
    }

    /// The median of `runs` runs.
    pub(crate) fn measure(runs: usize, mut work: impl FnMut() -> Duration) -> Self {
        Self::of((0..runs).map(|_| work()).collect())
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>10} ({} to {})", millis(self.median), millis(self.lowest), millis(self.highest))
    }
}

pub(crate) fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1e3;
    if millis < 10.0 { format!("{millis:.3} ms") } else { format!("{millis:.1} ms") }
}

/// One line of the report: what, how much, and what is promised.
pub(crate) fn line(what: &str, value: impl std::fmt::Display, promise: &str) {
    println!("  {what:<58} {value:<40} {promise}");
}
