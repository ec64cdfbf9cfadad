//! `sandpress worker`: the pipeline in a container or on a machine of one's own.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use clap::{Args, value_parser};
use sandpress_pipeline::{Tally, Until, Worker};
use sandpress_service::Configuration;
use tokio::runtime::Runtime;

use crate::{
    Done,
    catalog::{Catalog, Reading},
    encoder::Foreign,
    signals::Signals,
};

/// Work off a queue of upload notifications, as the function does on AWS Lambda
///
/// Writes one line of JSON for each object. A message that is done is deleted, one that is rejected becomes a dead letter, and one that
/// has failed comes back after the queue's visibility timeout. While a message is under way, that is extended again and again.
///
/// SIGTERM or Ctrl-C: begins nothing more, finishes what is under way, and gives back the rest at once. An answer of the queue is waited for
/// too, 20 seconds at most, so that no message gets lost in it until its visibility timeout. The second signal ends everything at once.
///
/// Exits with 0 if it was stopped, 1 if it cannot work, or if a message failed with --until-empty.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The queue to work off, standard or FIFO
    #[arg(long, value_name = "URL")]
    queue: String,
    /// The policy: which renditions an upload has, and where they go
    #[arg(long, value_name = "FILE", env = "SANDPRESS_POLICY")]
    policy: PathBuf,
    /// Folder of a catalog of one's own, as `sandpress encoder compile` writes it: with --catalog, what serves where that cannot be used
    #[arg(long, value_name = "FOLDER", env = "SANDPRESS_ENCODERS", required_unless_present = "catalog")]
    encoders: Option<PathBuf>,
    #[command(flatten)]
    catalog: Catalog,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    foreign: Foreign,
    /// Memory that the process may take, in MiB
    #[arg(long, value_name = "MIB", default_value = "2048", value_parser = value_parser!(u32).range(1..))]
    memory: u32,
    /// Images that are encoded at a time; twice as many are under way, if memory allows. Default: one for each processor
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    lanes: Option<u16>,
    /// Seconds to finish what is under way, when it is stopped
    #[arg(long, value_name = "SECONDS", default_value = "25")]
    grace: u32,
    /// End when no message is visible in the queue and none is under way
    #[arg(long)]
    until_empty: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress worker --queue \"$QUEUE_URL\" --policy sandpress.toml --encoders catalog/
  sandpress worker --queue \"$QUEUE_URL\" --policy sandpress.toml --encoders catalog/ --lanes 2 --until-empty

Credentials and region come from the environment, as for every AWS tool. SANDPRESS_LOG says what is logged; default: info.";

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    sandpress_service::log();
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    let ended = runtime.block_on(work(arguments));
    // A guest that was given up is still on its thread, and would be waited for.
    runtime.shutdown_background();
    let tally = ended?;
    tracing::info!(done = tally.done, failed = tally.failed, released = tally.released, "ended");
    Ok(if arguments.until_empty && tally.failed > 0 { Done::NotAll } else { Done::All })
}

async fn work(arguments: &Arguments) -> Result<Tally> {
    let mut configuration = Configuration::new(&arguments.policy);
    configuration.encoders.clone_from(&arguments.encoders);
    configuration.catalog = arguments.catalog.read(&arguments.reading);
    configuration.imports = (&arguments.foreign).into();
    configuration.memory = u64::from(arguments.memory) << 20;
    if let Some(lanes) = arguments.lanes {
        configuration.lanes = lanes.into();
    }
    let (mut stop, mut again) = (Signals::new()?, Signals::new()?);
    let service = configuration.start().await?;
    let worker = Worker::new(sandpress_service::queue(&service.aws, &arguments.queue), service.batch);
    let until = if arguments.until_empty { Until::Empty } else { Until::Stopped };
    let second = async {
        again.next().await;
        again.next().await;
    };
    tokio::select! {
        ended = worker.run(until, stop.next(), Duration::from_secs(arguments.grace.into())) => Ok(ended?),
        () = second => bail!("stopped at once: what was under way comes back after its visibility timeout"),
    }
}
