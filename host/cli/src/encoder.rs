//! `sandpress encoder`: makes encoder components, looks at them, checks and compares them, and releases them.

mod change;
mod check;
mod compare;
mod compile;
mod component;
mod describe;
mod key;
mod list;
mod native;
mod publish;

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use sandpress_sandbox::{Codec, Descriptor, Digest, Engine, Imports, Limits};

pub(crate) use describe::values;

use crate::Done;

/// Make encoders, look at them, check and compare them, and release them: publish, try on a part of the traffic, promote, take back
#[derive(Subcommand)]
pub(crate) enum Command {
    Component(component::Arguments),
    Describe(describe::Arguments),
    Check(check::Arguments),
    Compile(compile::Arguments),
    Compare(Box<compare::Arguments>),
    Key(key::Arguments),
    Publish(publish::Arguments),
    List(list::List),
    Promote(change::Promote),
    Rollback(change::Rollback),
    Retire(change::Retire),
    History(list::History),
    Fetch(list::Fetch),
    #[command(hide = true)]
    Native(native::Arguments),
}

pub(crate) fn run(command: &Command) -> Result<Done> {
    match command {
        Command::Component(arguments) => component::run(arguments),
        Command::Describe(arguments) => describe::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Compile(arguments) => compile::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Key(arguments) => key::run(arguments),
        Command::Publish(arguments) => publish::run(arguments),
        Command::List(arguments) => list::list(arguments),
        Command::Promote(arguments) => change::promote(arguments),
        Command::Rollback(arguments) => change::rollback(arguments),
        Command::Retire(arguments) => change::retire(arguments),
        Command::History(arguments) => list::history(arguments),
        Command::Fetch(arguments) => list::fetch(arguments),
        Command::Native(arguments) => native::run(arguments),
    }
}

/// Whose encoders are let in.
#[derive(Args)]
pub(crate) struct Foreign {
    /// Let an encoder in that imports anything, as those of other languages' tools often do, and give it nothing: a call of what it
    /// imports ends with an error
    #[arg(long)]
    allow_imports: bool,
}

impl From<&Foreign> for Imports {
    fn from(foreign: &Foreign) -> Self {
        if foreign.allow_imports { Self::Trap } else { Self::Refuse }
    }
}

/// A component that is known to be an encoder: it keeps the contract, imports only what the operator lets it, and has told what it is.
struct Component {
    bytes: Vec<u8>,
    digest: Digest,
    codec: Codec,
    descriptor: Descriptor,
}

impl Component {
    fn open(engine: &Engine, path: &Path) -> Result<Self> {
        let read = fs::read(path).map_err(Into::into);
        read.and_then(|bytes| Self::of(engine, bytes)).with_context(|| path.display().to_string())
    }

    fn of(engine: &Engine, bytes: Vec<u8>) -> Result<Self> {
        let codec = Codec::compile(engine, &bytes)?;
        let descriptor = codec.describe(&Limits::default())?.descriptor;
        Ok(Self { digest: Digest::of(&bytes), bytes, codec, descriptor })
    }
}
