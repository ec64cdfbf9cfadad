//! `sandpress compress`: files in, smaller files out.

mod arguments;
mod job;
pub(crate) mod plan;
mod report;

use anyhow::{Result, ensure};

pub(crate) use arguments::Arguments;
use job::Job;
use report::Report;

use crate::{Done, parallel, stdout};

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    let jobs = plan::plan(arguments)?;
    ensure!(!jobs.is_empty(), "no file to compress: the folders given are empty");
    let encoders = arguments.folder.open()?;

    let threads = parallel::threads(arguments.jobs);
    let outcomes = parallel::all(&jobs, threads, Job::name, |_, job| job.run(&encoders, arguments));
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
