//! `sandpress` makes image files small, with codecs that can do nothing but compute.
//!
//! Every command is a module; what they share is where encoders are found ([`encoders`]) and kept compiled ([`cache`]), how a file is read ([`source`])
//! and written ([`write`](mod@write)), what is wanted of a picture ([`rendition`]), how many are worked on at once ([`parallel`]), and how results are
//! shown ([`table`], [`stdout`], [`printable`], [`advice`]).

mod advice;
mod backfill;
mod cache;
mod catalog;
mod check;
mod compress;
mod dead_letters;
mod encoder;
mod encoders;
mod parallel;
mod printable;
mod probe;
mod rendition;
mod signals;
mod source;
mod stdout;
mod table;
mod worker;
mod write;

use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

/// Make image files small, with codecs that can do nothing but compute
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  sandpress compress photo.jpg -o small.jpg
  sandpress compress photos/ --out-dir small/
  sandpress probe photo.jpg
  sandpress encoder describe target/encoders/sandpress-jpeg.wasm
  sandpress encoder compare old.wasm new.wasm --images photos/ --page compared.html
  sandpress worker --queue \"$QUEUE_URL\" --policy sandpress.toml --encoders catalog/
  sandpress dead-letters list --queue \"$DEAD_LETTER_QUEUE_URL\"
  sandpress backfill s3://uploads/2026/ --queue \"$QUEUE_URL\" --policy sandpress.toml
  sandpress check --policy sandpress.toml --key 2026/photo.jpg

Environment:
  SANDPRESS_ENCODERS  folder of encoder components (*.wasm); for `worker`,
                      `backfill` and `check`, of a catalog
  SANDPRESS_CACHE     folder where compiled encoders are kept; empty: none
                      [default: sandpress in $XDG_CACHE_HOME or ~/.cache]
  SANDPRESS_JUDGE     the component by which `encoder compare` compares
                      pictures";

#[derive(Subcommand)]
enum Command {
    Compress(compress::Arguments),
    Probe(probe::Arguments),
    #[command(subcommand)]
    Encoder(encoder::Command),
    Worker(worker::Arguments),
    #[command(subcommand)]
    DeadLetters(dead_letters::Command),
    Backfill(backfill::Arguments),
    Check(check::Arguments),
}

/// Whether all that was asked for was done; what was not has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    All,
    NotAll,
}

/// A request that makes no sense: nothing has been done.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Exits with 0 if all is well, 1 if something failed, 2 if the request makes no sense.
fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Compress(arguments) => compress::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Encoder(command) => encoder::run(&command),
        Command::Worker(arguments) => worker::run(&arguments),
        Command::DeadLetters(command) => dead_letters::run(&command),
        Command::Backfill(arguments) => backfill::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
    };
    match done {
        Ok(Done::All) => ExitCode::SUCCESS,
        Ok(Done::NotAll) => ExitCode::FAILURE,
        Err(error) => match error.downcast::<Usage>() {
            // In clap's words and with its exit code, as for what clap itself refuses.
            Ok(usage) => clap::Error::raw(ErrorKind::ArgumentConflict, format!("{usage}\n")).exit(),
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}
