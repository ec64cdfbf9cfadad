//! `sandpress encoder compare`: what another encoder, or another rendition, would change of images that are there.
//!
//! ```text
//! images ─▶ measure: both sides, then the judge ─▶ state ─▶ summary ─▶ report: table or JSON
//!                                                        └─▶ pictures of the worst ─▶ page
//! ```
//!
//! Neither a source nor what is made of it is parsed outside of the sandbox: scores and pictures come from a component of their own, the
//! [`judge`].

mod images;
mod judge;
mod measure;
mod page;
mod pictures;
mod report;
mod row;
mod side;
mod state;
mod summary;

use std::{
    num::NonZeroUsize,
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, value_parser};
use tokio::runtime::Runtime;

use self::{
    images::{Images, Origin},
    judge::{Judge, JudgeFile},
    measure::Bench,
    report::Report,
    side::{NewSide, OldSide, Sides},
    state::{State, Task},
};
use crate::{
    Done, cache,
    catalog::Catalog,
    parallel,
    rendition::{self, Bounds, Wanted},
    signals::Signals,
    stdout, write,
};

/// Compare what two encoders, or two settings of one, make of images
///
/// Each image is made into a rendition by both, in the sandbox. A third component, which belongs to neither, decodes the results and says by
/// SSIMULACRA2 how much is left of the source. What fails is counted and shown, and stops nothing.
///
/// With --state it can be interrupted, and the same command goes on where it was; images that have changed in between are compared again. Ctrl-C or
/// SIGTERM: finishes the images that were begun, and ends; the second one ends at once.
///
/// Exits with 0 if every image was compared, whatever came out; 1 if one could not be read, or if it was interrupted.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What is in service: an encoder component, or a release of a catalog as JPEG@1.0.0
    #[arg(value_name = "OLD")]
    old: String,
    /// What is to be: an encoder component, or a release of a catalog
    #[arg(value_name = "NEW")]
    new: String,
    /// Images: a folder, with what lies below it, or s3://BUCKET/PREFIX
    ///
    /// Files that are no image are skipped, unless their names say that they are.
    #[arg(long, value_name = "FOLDER|S3-URL")]
    images: Origin,
    #[command(flatten)]
    catalog: Catalog,

    /// Write a page that shows it, one HTML file that needs no other
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Pictures on the page, the worst ones
    #[arg(long, value_name = "N", default_value = "8", requires = "page", value_parser = value_parser!(u16).range(..=1000))]
    pictures: u16,
    /// Pixels of a side of these pictures: of larger images a piece is shown where the new one differs most from its source
    #[arg(long, value_name = "PIXELS", default_value = "480", requires = "page", value_parser = value_parser!(u32).range(1..=4096))]
    piece: u32,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Write down what was measured, and go on from there if it was written before
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Format to make: jpeg, png, webp, avif, or another media type; default: the one that the encoder makes
    #[arg(long, value_name = "FORMAT", value_parser = rendition::format)]
    format: Option<sandpress_sandbox::MediaType>,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    bounds: Bounds,
    /// Images at a time; default: one for each processor
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    judge: JudgeFile,
    #[command(flatten, next_help_heading = "Of the old one only")]
    old_side: OldSide,
    #[command(flatten, next_help_heading = "Of the new one only")]
    new_side: NewSide,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder compare old.wasm new.wasm --images photos/ --page compared.html
  sandpress encoder compare JPEG@1.0.0 JPEG@2.0.0 --catalog s3://encoders/catalog --catalog-key RW… --images photos/
  sandpress encoder compare sandpress-jpeg.wasm sandpress-jpeg.wasm --images photos/ --old-quality 80 --new-quality 75
  sandpress encoder compare old.wasm new.wasm --images s3://uploads/2026/ --max-width 2048 --state compared.state
  sandpress encoder compare old.wasm new.wasm --images photos/ --json | jq '.summary.\"size-ratio\".median'";

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let engine = cache::engine()?;
    let sides = Sides::open(&engine, arguments)?;
    let judge = Judge::open(&engine, &arguments.judge)?;
    let limits = arguments.bounds.limits();

    let runtime = Runtime::new().context("the asynchronous runtime")?;
    let stop = stop(&runtime)?;
    let images = Images::open(&arguments.images, &runtime)?;
    let found = images.list()?;
    ensure!(!found.is_empty(), "{}: there is no image in it", arguments.images);

    let task = Task::new(&sides, &judge, &arguments.images, &limits)?;
    let mut state = State::open(arguments.state.as_deref(), task)?;
    let (known, due): (Vec<_>, Vec<_>) = found.iter().partition(|image| state.knows(image));
    let bench = Bench { sides: &sides, judge: &judge, images: &images, limits };

    let threads = parallel::threads(arguments.jobs);
    let resumed = known.len();
    let (writer, failure) = (Mutex::new(&mut state), Mutex::new(None));
    let measured = parallel::all(
        &due,
        threads,
        |image| image.name.clone(),
        |at, image| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let measured = bench.measure(at, image);
            let mut state = writer.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = state.add(image, &measured) {
                stop.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
            Some(measured)
        },
    );
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let is_complete = measured.iter().all(Option::is_some);

    let measured = known.into_iter().map(|image| state.take(image)).chain(measured);
    let report = Report::new(&sides, &judge, &arguments.images, measured.flatten(), is_complete);
    if resumed > 0 {
        eprintln!("{resumed} images were measured before, as the state says");
    }
    if let Some(file) = arguments.page.as_ref().filter(|_| is_complete) {
        let most = arguments.pictures.into();
        let pictures = pictures::of_the_worst(&bench, &found, &report, threads, most, arguments.piece);
        write::atomically(file, page::page(&report, &pictures)?.as_bytes())?;
    }
    stdout::write(if arguments.json { report.json()? } else { report.text() })?;
    report.complain();
    if !is_complete {
        let how = match &arguments.state {
            Some(_) => "the same command goes on from there",
            None => "with --state, the same command would go on from there",
        };
        eprintln!("it ended before all images were compared; {how}");
    }
    Ok(if is_complete && report.unread() == 0 { Done::All } else { Done::NotAll })
}

/// Becomes true when the process is asked to end. Asked once more, it ends at once: what the state has of an image by then is whole, or is not read.
fn stop(runtime: &Runtime) -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let guard = runtime.enter();
    let mut signals = Signals::new()?;
    drop(guard);
    runtime.spawn(async move {
        signals.next().await;
        told.store(true, Ordering::Relaxed);
        signals.next().await;
        process::exit(1);
    });
    Ok(stop)
}
