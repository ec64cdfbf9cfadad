//! `sandpress encoder`: looks at encoder components and makes catalogs of them.

mod compile;
mod describe;

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use sandpress_sandbox::{Codec, Descriptor, Digest, Engine, Limits};

pub(crate) use describe::values;

use crate::Done;

/// Look at encoders, and compile them into catalogs
#[derive(Subcommand)]
pub(crate) enum Command {
    Describe(describe::Arguments),
    Compile(compile::Arguments),
}

pub(crate) fn run(command: &Command) -> Result<Done> {
    match command {
        Command::Describe(arguments) => describe::run(arguments),
        Command::Compile(arguments) => compile::run(arguments),
    }
}

/// A component that is known to be an encoder: it keeps the contract, imports nothing, and has told what it is.
struct Component {
    bytes: Vec<u8>,
    digest: Digest,
    codec: Codec,
    descriptor: Descriptor,
}

impl Component {
    fn open(engine: &Engine, path: &Path) -> Result<Self> {
        let open = || -> Result<_> {
            let bytes = fs::read(path)?;
            let codec = Codec::compile(engine, &bytes)?;
            let descriptor = codec.describe(&Limits::default())?.descriptor;
            Ok(Self { digest: Digest::of(&bytes), bytes, codec, descriptor })
        };
        open().with_context(|| path.display().to_string())
    }
}
