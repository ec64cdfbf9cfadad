//! `sandpress compress`: files in, smaller files out.

mod arguments;
mod job;
mod plan;
mod report;
mod settings;

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};

pub(crate) use arguments::{Arguments, seconds};
use job::Job;
use report::{Outcome, Report};

use crate::{Done, stdout};

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    let request = arguments.request();
    let jobs = plan::plan(arguments)?;
    ensure!(!jobs.is_empty(), "no file to compress: the folders given are empty");
    let encoders = arguments.folder.open()?;
    let threads = arguments.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);

    let outcomes = all(&jobs, threads, |job| job.run(&encoders, &request));
    let report = Report::new(&jobs, outcomes);
    let text = if arguments.json { report.json() } else { report.table() };
    if plan::to_stdout(&jobs) {
        // The image is on the standard output.
        eprint!("{text}");
    } else {
        stdout::write(text)?;
    }
    report.complain();
    Ok(if report.failed() == 0 { Done::All } else { Done::NotAll })
}

/// Does all jobs, a few at a time, and shows how far it is. The outcomes are in the jobs' order.
fn all(jobs: &[Job], threads: usize, work: impl Fn(&Job) -> Outcome + Sync) -> Vec<Outcome> {
    // Draws on the standard error, and only where that is a terminal.
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let progress = ProgressBar::new(jobs.len() as u64).with_style(style);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return done };
            progress.set_message(job.name());
            done.push((at, work(job)));
            progress.inc(1);
        }
    };
    let mut outcomes: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(jobs.len())).map(|_| scope.spawn(worker)).collect();
        // A panic of a worker goes on in the thread that waits for it.
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    progress.finish_and_clear();
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
