//! What came out: a table for people, JSON for programs.

use indicatif::{DecimalBytes, HumanCount};
use serde::Serialize;

use super::{
    images::Origin,
    judge::{self, Judge},
    measure::Measured,
    row::Row,
    side::{About, Sides},
    summary::{self, Spread, Summary, Totals},
};
use crate::{
    printable::{acts, printable},
    table::{Align, Table},
};

/// Of the worst, so many are named.
const WORST: usize = 5;

/// All that is known. As JSON it is what `--json` prints, and what the page has in it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Report {
    schema: u32,
    pub(super) images: String,
    /// Whether all images were compared.
    complete: bool,
    pub(super) old: About,
    pub(super) new: About,
    pub(super) judge: judge::About,
    /// Files that are no image, and do not say that they are.
    pub(super) skipped: usize,
    unread: Vec<Unread>,
    pub(super) summary: Summary,
    /// In the order of their names.
    #[serde(rename = "files")]
    pub(super) rows: Vec<Row>,
}

#[derive(Serialize)]
struct Unread {
    file: String,
    error: String,
}

impl Report {
    pub(super) fn new(
        sides: &Sides,
        judge: &Judge,
        origin: &Origin,
        measured: impl Iterator<Item = Measured>,
        complete: bool,
    ) -> Self {
        let (mut rows, mut unread, mut skipped) = (Vec::new(), Vec::new(), 0);
        for measured in measured {
            match measured {
                Measured::Compared(row) => rows.push(*row),
                Measured::Skipped => skipped += 1,
                Measured::Unread { file, error } => unread.push(Unread { file, error }),
            }
        }
        rows.sort_by(|a, b| a.file.cmp(&b.file));
        unread.sort_by(|a, b| a.file.cmp(&b.file));
        Self {
            schema: 1,
            images: origin.to_string(),
            complete,
            old: sides.old.about.clone(),
            new: sides.new.about.clone(),
            judge: judge.about.clone(),
            skipped,
            unread,
            summary: Summary::of(&rows),
            rows,
        }
    }

    pub(super) fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Says what could not be read, on the standard error.
    pub(super) fn complain(&self) {
        for Unread { file, error } in &self.unread {
            eprintln!("error: {}: {}", printable(file), printable(error));
        }
    }

    /// JSON that may stand in a page and in a terminal: what would act there is escaped.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let text = serde_json::to_string_pretty(self)?;
        let mut out = String::with_capacity(text.len() + 1);
        for character in text.chars() {
            // Outside of texts there are none of these, but line breaks.
            if matches!(character, '<' | '>' | '&') || (acts(character) && character != '\n') {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            } else {
                out.push(character);
            }
        }
        out.push('\n');
        Ok(out)
    }

    pub(super) fn text(&self) -> String {
        let Self { summary, .. } = self;
        let mut table = Table::new([
            ("", Align::Left),
            ("old", Align::Right),
            ("new", Align::Right),
            ("change: median (p5 to p95)", Align::Right),
        ]);
        for [name, old, new, change] in lines(self) {
            table.row([name, printable(&old), printable(&new), change]);
        }
        let mut text = format!("{}\n{table}", self.counts());
        for (side, about) in [("old", &self.old), ("new", &self.new)] {
            text.push_str(&format!("{side}: {}, {}\n", printable(&about.component), printable(&about.asked())));
        }
        let worst = summary::worst(&self.rows, WORST);
        if !worst.is_empty() {
            let mut table = Table::new([
                ("worst", Align::Left),
                ("size", Align::Right),
                ("score, old", Align::Right),
                ("new", Align::Right),
            ]);
            for row in worst {
                let score = |score: Option<f64>| score.map_or("none".to_owned(), |score| format!("{score:.1}"));
                let (old, new) = (row.old.made(), row.new.made());
                table.row([
                    printable(&row.file),
                    row.size_ratio().map(percent).unwrap_or_default(),
                    score(old.and_then(|made| made.score)),
                    score(new.and_then(|made| made.score)),
                ]);
            }
            text.push_str(&format!("\n{table}"));
        }
        if summary.failed_old_only + summary.failed_new_only > 0 {
            let mut table = Table::new([("fails on one side", Align::Left), ("", Align::Left), ("", Align::Left)]);
            for row in &self.rows {
                match (row.old.error(), row.new.error()) {
                    (Some(error), None) => table.row([printable(&row.file), "old".to_owned(), printable(error)]),
                    (None, Some(error)) => table.row([printable(&row.file), "new".to_owned(), printable(error)]),
                    _ => {}
                }
            }
            text.push_str(&format!("\n{table}"));
        }
        text
    }

    /// How many images there are, and what became of them.
    pub(super) fn counts(&self) -> String {
        let Self { summary, skipped, .. } = self;
        let s = if summary.compared == 1 { "" } else { "s" };
        let mut parts = vec![format!("{} image{s}, {} made by both", count(summary.compared), count(summary.both))];
        let mut part = |number: usize, told: &str| {
            if number > 0 {
                parts.push(format!("{} {told}", count(number)));
            }
        };
        part(summary.failed_old_only, "failed on the old side only");
        part(summary.failed_new_only, "failed on the new side only");
        part(summary.failed_both, "failed on both");
        part(summary.identical, "identical");
        part(self.unread.len(), "could not be read");
        part(*skipped, "skipped as no images");
        parts.join(", ")
    }
}

/// What is told of all images: a name, the old one, the new one, and the change.
pub(super) fn lines(report: &Report) -> Vec<[String; 4]> {
    let Summary { source_bytes, old, new, size_ratio, time_ratio, score_difference, larger, .. } = &report.summary;
    let encoder = |about: &About| format!("{} {}", about.name, about.version);
    let mut lines = vec![["encoder".to_owned(), encoder(&report.old), encoder(&report.new), String::new()]];
    let mut line = |name: &str, old: String, new: String, change: Option<String>| {
        lines.push([name.to_owned(), old, new, change.unwrap_or_default()]);
    };
    #[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
    let ratio = |new: u64, old: u64| (old > 0).then(|| percent(new as f64 / old as f64));
    line("bytes", bytes(old.bytes), bytes(new.bytes), ratio(new.bytes, old.bytes));
    line("  of the sources'", share(old.bytes, *source_bytes), share(new.bytes, *source_bytes), None);
    line("  of each image", String::new(), String::new(), size_ratio.map(|spread| of_each(spread, percent)));
    line("  larger than the old one", String::new(), count(*larger), None);
    line("  no smaller than the source", count(old.grown), count(new.grown), None);

    let mut part = |name: &str, of: fn(&Totals) -> Option<f64>, text: fn(f64) -> String, change: Option<String>| {
        line(name, of(old).map(text).unwrap_or_default(), of(new).map(text).unwrap_or_default(), change);
    };
    let change = time_ratio.map(|spread| of_each(spread, percent));
    part("time, median", |side| Some(side.milliseconds?.median), milliseconds, change);
    part("  p95", |side| Some(side.milliseconds?.p95), milliseconds, None);
    part("  longest", |side| Some(side.milliseconds?.most), milliseconds, None);
    part("peak memory, median", |side| Some(side.peak_memory?.median), mebibytes, None);
    part("  most", |side| Some(side.peak_memory?.most), mebibytes, None);
    let change = score_difference.map(|spread| of_each(spread, signed));
    part("score, median", |side| Some(side.score?.median), points, change);
    part("  p5", |side| Some(side.score?.p5), points, None);
    part("  worst", |side| Some(side.score?.least), points, None);
    if old.unscored + new.unscored > 0 {
        line("  without one", count(old.unscored), count(new.unscored), None);
    }
    lines
}

/// The middle, and what nine tenths are between.
fn of_each(spread: Spread, text: impl Fn(f64) -> String) -> String {
    format!("{} ({} to {})", text(spread.median), text(spread.p5), text(spread.p95))
}

/// A ratio as a change.
pub(super) fn percent(ratio: f64) -> String {
    format!("{} %", minus(format!("{:+.1}", 100.0 * (ratio - 1.0))))
}

pub(super) fn signed(difference: f64) -> String {
    minus(format!("{difference:+.2}"))
}

/// With the sign that is as wide as a plus.
fn minus(number: String) -> String {
    number.replace('-', "\u{2212}")
}

pub(super) fn points(score: f64) -> String {
    format!("{score:.1}")
}

pub(super) fn milliseconds(milliseconds: f64) -> String {
    format!("{milliseconds:.1} ms")
}

pub(super) fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}

pub(super) fn bytes(bytes: u64) -> String {
    DecimalBytes(bytes).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
fn share(bytes: u64, of: u64) -> String {
    if of == 0 { String::new() } else { format!("{:.1} %", 100.0 * bytes as f64 / of as f64) }
}

fn count(number: usize) -> String {
    HumanCount(number as u64).to_string()
}
