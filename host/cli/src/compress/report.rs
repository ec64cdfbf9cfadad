//! What became of the images: a table for people, JSON for programs.

use std::path::PathBuf;

use anyhow::Error;
use indicatif::DecimalBytes;
use sandpress_sandbox::{MediaType, Setting, Usage};
use serde_json::{Value, json};

use super::Job;
use crate::{
    advice, probe,
    table::{Align, Table},
};

/// What became of an image.
pub(super) enum Outcome {
    Made(Made),
    Failed {
        before: Option<u64>,
        error: Error,
    },
    /// No image, and nobody said that it was one.
    Skipped,
}

/// An image that is done.
pub(super) struct Made {
    /// None: the standard output.
    pub(super) output: Option<PathBuf>,
    pub(super) media_type: MediaType,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) kept_original: bool,
    pub(super) note: String,
    /// What the encoder says of the output.
    pub(super) settings: Vec<Setting>,
    pub(super) usage: Usage,
}

/// What became of all of them, in the order of the command line.
pub(super) struct Report(Vec<(String, Outcome)>);

impl Report {
    pub(super) fn new(jobs: &[Job], outcomes: Vec<Outcome>) -> Self {
        Self(jobs.iter().map(Job::name).zip(outcomes).collect())
    }

    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Failed { .. })).count()
    }

    /// Says what failed, on the standard error.
    pub(super) fn complain(&self) {
        for (file, outcome) in &self.0 {
            if let Outcome::Failed { error, .. } = outcome {
                eprintln!("error: {file}: {}", advice::explain(error));
            }
        }
    }

    pub(super) fn table(&self) -> String {
        let mut table = Table::new([
            ("file", Align::Left),
            ("before", Align::Right),
            ("after", Align::Right),
            ("saved", Align::Right),
            ("note", Align::Left),
        ]);
        for (file, outcome) in &self.0 {
            let cells = match outcome {
                Outcome::Made(made) => [
                    size(made.before),
                    size(made.after),
                    format!("{:.1} %", saved(made.before, made.after)),
                    made.note.clone(),
                ],
                Outcome::Failed { before, .. } => {
                    [before.map(size).unwrap_or_default(), String::new(), String::new(), "failed".to_owned()]
                }
                Outcome::Skipped => continue,
            };
            let [before, after, saved, note] = cells;
            table.row([file.clone(), before, after, saved, note]);
        }
        let (count, before, after) = self.total();
        if count > 1 {
            let saved = format!("{:.1} %", saved(before, after));
            table.row([format!("{count} images"), size(before), size(after), saved, String::new()]);
        }
        table.to_string()
    }

    pub(super) fn json(&self) -> String {
        let files: Vec<Value> = self.0.iter().filter_map(|(file, outcome)| json(file, outcome)).collect();
        let (count, before, after) = self.total();
        let failed = self.failed();
        let skipped = self.0.len() - count - failed;
        let total = json!({ "done": count, "failed": failed, "skipped": skipped, "before": before, "after": after });
        format!("{:#}\n", json!({ "files": files, "total": total }))
    }

    /// How many are done, and their bytes before and after.
    fn total(&self) -> (usize, u64, u64) {
        self.0.iter().fold((0, 0, 0), |(count, before, after), (_, outcome)| match outcome {
            Outcome::Made(made) => (count + 1, before + made.before, after + made.after),
            Outcome::Failed { .. } | Outcome::Skipped => (count, before, after),
        })
    }
}

fn json(file: &str, outcome: &Outcome) -> Option<Value> {
    match outcome {
        Outcome::Made(made) => Some(json!({
            "file": file,
            "output": made.output.as_ref().map(|path| path.display().to_string()),
            "media-type": made.media_type,
            "width": made.width,
            "height": made.height,
            "before": made.before,
            "after": made.after,
            "saved-percent": saved(made.before, made.after),
            "kept-original": made.kept_original,
            "note": made.note,
            "notes": probe::settings(&made.settings),
            "milliseconds": u64::try_from(made.usage.elapsed.as_millis()).unwrap_or(u64::MAX),
            "peak-memory": made.usage.peak_memory,
        })),
        Outcome::Failed { before, error } => {
            Some(json!({ "file": file, "before": before, "error": advice::explain(error) }))
        }
        Outcome::Skipped => None,
    }
}

fn size(bytes: u64) -> String {
    DecimalBytes(bytes).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
fn saved(before: u64, after: u64) -> f64 {
    if before == 0 { 0.0 } else { 100.0 * (1.0 - after as f64 / before as f64) }
}
