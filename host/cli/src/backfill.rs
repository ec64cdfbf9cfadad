//! `sandpress backfill`: announces what was uploaded before there was anybody to hear of it, or before the policy changed.

mod estimate;
mod objects;
mod state;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use clap::{Args, value_parser};
use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressStyle};
use sandpress_pipeline::{Backfill, Comparison, backfill::Progress};
use serde_json::json;
use tokio::runtime::Runtime;

pub(crate) use self::objects::Bucketful;
use self::{estimate::Estimate, state::State};
use crate::{
    Done, Usage,
    catalog::Catalog,
    signals::Signals,
    stdout,
    table::{Align, Table},
};

/// Enqueue objects that are there already, as if each had just been uploaded
///
/// Goes through a bucket in the order of its keys, or through a manifest, and sends a message for each object that the policy wants. That is
/// always safe: what has been done already is not done again. The objects themselves are not read, and memory does not grow with their number.
///
/// With --state it can be interrupted, and goes on where it was: the file says up to which object everything has been enqueued, after each batch
/// of ten. Ctrl-C or SIGTERM: sends what was begun, and ends; the second one ends at once.
///
/// Exits with 0 if all is enqueued, 1 if it failed or was interrupted.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to go through: s3://BUCKET/PREFIX
    #[arg(value_name = "S3-URL", required_unless_present = "manifest")]
    source: Option<Bucketful>,
    /// Go through the objects that a file names, as S3 Inventory and S3 Batch Operations have it: CSV of bucket, key and more, with encoded keys;
    /// plain or gzip
    #[arg(long, value_name = "FILE", conflicts_with = "source")]
    manifest: Option<PathBuf>,
    /// The queue that uploads are announced on, standard or FIFO
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    queue: Option<String>,
    /// The policy: it says which objects have renditions
    #[arg(long, value_name = "FILE", env = "SANDPRESS_POLICY")]
    policy: PathBuf,
    /// Only objects whose renditions are missing, of another version of the object, or made by another recipe than the policy and the encoders
    /// now give: looks at each
    #[arg(long)]
    outdated: bool,
    /// Folder of the catalog that comes with the function or the worker
    #[arg(long, value_name = "FOLDER", env = "SANDPRESS_ENCODERS")]
    encoders: Option<PathBuf>,
    #[command(flatten)]
    catalog: Catalog,
    /// Write down how far it is, and go on from there if it was written before
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    state: Option<PathBuf>,
    /// Requests of a kind that are under way at the same time
    #[arg(long, value_name = "N", default_value = "16", value_parser = value_parser!(u16).range(1..=1000))]
    concurrency: u16,
    /// Send nothing; count what would be sent, and estimate its requests
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    prices: estimate::Prices,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress backfill s3://uploads/2026/ --queue \"$QUEUE_URL\" --policy sandpress.toml --dry-run
  sandpress backfill s3://uploads/2026/ --queue \"$QUEUE_URL\" --policy sandpress.toml --state backfill.json
  sandpress backfill --manifest inventory.csv.gz --queue \"$QUEUE_URL\" --policy sandpress.toml
  sandpress backfill s3://uploads/ --queue \"$QUEUE_URL\" --policy sandpress.toml --outdated --encoders catalog/";

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    runtime.block_on(backfill(arguments))
}

async fn backfill(arguments: &Arguments) -> Result<Done> {
    let (mut stop, mut again) = (Signals::new()?, Signals::new()?);
    let second = async {
        again.next().await;
        again.next().await;
    };
    tokio::select! {
        done = fill(arguments, stop.next()) => done,
        () = second => bail!("stopped at once: batches that were under way may be sent again"),
    }
}

async fn fill(arguments: &Arguments, stop: impl Future<Output = ()>) -> Result<Done> {
    let policy = sandpress_service::policy(&arguments.policy)?;
    let aws = sandpress_service::aws().await;
    let store = sandpress_service::store(&aws);
    let mut backfill = Backfill::new(policy.clone());
    if arguments.outdated {
        let document = arguments.catalog.document_or(&aws, arguments.encoders.as_deref()).await?;
        let document = document
            .ok_or_else(|| Usage("--outdated compares with a catalog: give --catalog or --encoders".to_owned()))?;
        let (policy, document) = (Arc::new(policy.clone()), Arc::new(document));
        backfill.outdated = Some(Comparison::new(policy, store.clone(), document).context("the policy")?);
    }
    let queue = arguments.queue.as_ref().filter(|_| !arguments.dry_run);
    backfill.queue = queue.map(|url| sandpress_service::queue(&aws, url));
    backfill.concurrency = arguments.concurrency.into();

    let mut state = State::new(arguments);
    if let Some(written) = arguments.state.as_deref().map(State::read).transpose()?.flatten() {
        state = written.of_the_same(&state)?;
    }
    if state.complete {
        eprintln!("all of it has been enqueued already; without the state, it is enqueued again");
        return report(arguments, &state, &policy).map(|()| Done::All);
    }
    backfill.name.clone_from(&state.name);

    let mut is_stopped = false;
    let stop = async {
        stop.await;
        is_stopped = true;
    };
    let progress = progress_bar(arguments.manifest.as_deref())?;
    let candidates = objects::candidates(arguments, &policy, &store, &state.progress, &progress)?;
    let file = arguments.state.as_deref();
    let from = state.progress.clone();
    let record = |further: &Progress| {
        state.progress = further.clone();
        let (seen, announced) = (HumanCount(further.seen), HumanCount(further.announced));
        progress.set_message(format!("{seen} seen, {announced} enqueued"));
        Ok(file.map_or(Ok(()), |file| state.write(file))?)
    };
    let ended = backfill.run(candidates, from, stop, record).await;
    progress.finish_and_clear();
    let done = match ended {
        Ok(_) if is_stopped => Done::NotAll,
        Ok(_) => {
            state.complete = true;
            file.map_or(Ok(()), |file| state.write(file))?;
            Done::All
        }
        Err(error) => return Err(error).context(stopped(arguments, &state)),
    };
    if done == Done::NotAll {
        eprintln!("{}", stopped(arguments, &state));
    }
    report(arguments, &state, &policy)?;
    Ok(done)
}

/// Where it ended, and how to go on.
fn stopped(arguments: &Arguments, state: &State) -> String {
    let place = match &state.progress.last {
        Some(last) => format!("after {}/{}", last.bucket, last.key.as_str().escape_debug()),
        None => "before the first object".to_owned(),
    };
    let how = match &arguments.state {
        _ if arguments.dry_run => "nothing was sent",
        Some(_) => "the same command goes on from there",
        None => "with --state, the same command would go on from there",
    };
    format!("it ended {place}; {how}")
}

/// Drawn on the standard error, and only where that is a terminal. How much of a manifest was read is known, and how much of a bucket is not.
fn progress_bar(manifest: Option<&Path>) -> Result<ProgressBar> {
    let (bar, template) = match manifest {
        Some(path) => {
            let file = path.metadata().with_context(|| format!("{}: cannot be read", path.display()))?;
            (ProgressBar::new(file.len()), "{bar:30} {percent} %  {wide_msg}")
        }
        None => (ProgressBar::no_length(), "{spinner} {elapsed}  {wide_msg}"),
    };
    Ok(bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())))
}

fn report(arguments: &Arguments, state: &State, policy: &sandpress_pipeline::Policy) -> Result<()> {
    let progress = &state.progress;
    let estimate = arguments.dry_run.then(|| Estimate::new(arguments, progress, policy.renditions.len()));
    let bytes = arguments.manifest.is_none().then_some(progress.bytes);
    if arguments.json {
        let value = json!({
            "source": state.task.source,
            "queue": state.task.queue,
            "dry-run": arguments.dry_run,
            "complete": state.complete,
            "seen": progress.seen,
            "wanted": progress.wanted,
            "up-to-date": arguments.outdated.then_some(progress.current),
            "enqueued": progress.announced,
            "bytes": bytes,
            "last": progress.last,
            "estimate": estimate.as_ref().map(Estimate::json),
        });
        return stdout::write(format!("{value:#}\n"));
    }
    let mut table = Table::new([("objects", Align::Left), ("", Align::Right), ("bytes", Align::Right)]);
    let mut row = |name: &str, count, bytes: Option<u64>| {
        let bytes = bytes.map(|bytes| DecimalBytes(bytes).to_string());
        table.row([name.to_owned(), HumanCount(count).to_string(), bytes.unwrap_or_default()]);
    };
    row("seen", progress.seen, None);
    row("wanted by the policy", progress.wanted, None);
    if arguments.outdated {
        row("up to date", progress.current, None);
    }
    row(if arguments.dry_run { "would be enqueued" } else { "enqueued" }, progress.announced, bytes);
    stdout::write(format!("{table}{}", estimate.map(|estimate| format!("\n{estimate}")).unwrap_or_default()))
}
