//! `sandpress encoder component`: from what a compiler makes to an encoder that says what it is.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use sandpress_component::{About, describe, encode};

use super::{Component, Foreign};
use crate::{Done, cache, stdout, write};

/// Make an encoder component of a module that a compiler has made
///
/// The module has the contract in it, as wit-bindgen leaves it there. The component is run in the sandbox to ask for its name and its version, and these are written into
/// its metadata with its licence, where they are read without running it. What is a component already only gets its metadata.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Module, as a compiler for wasm32 leaves it; or a component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// File to write; one that is there is replaced
    #[arg(short, long, value_name = "FILE.wasm")]
    output: PathBuf,
    /// Licence of the encoder with all that is in it, as SPDX writes it
    #[arg(long, value_name = "SPDX")]
    licence: String,
    /// Address of its source code
    #[arg(long, value_name = "URL")]
    source: Option<String>,
    #[command(flatten)]
    foreign: Foreign,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder component target/wasm32-unknown-unknown/release/my_encoder.wasm --licence MIT -o my-encoder.wasm
  sandpress encoder component made-by-jco.wasm --licence \"MIT OR Apache-2.0\" -o my-encoder.wasm";

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let Arguments { file, output, licence, source, foreign } = arguments;
    let make = || -> Result<_> {
        let engine = cache::engine()?.imports(foreign.into());
        let Component { bytes, descriptor, .. } = Component::of(&engine, encode(&fs::read(file)?)?)?;
        let about = About { name: &descriptor.name, version: &descriptor.version, licence, source: source.as_deref() };
        Ok((describe(&bytes, about)?, descriptor))
    };
    let (component, descriptor) = make().with_context(|| file.display().to_string())?;
    write::atomically(output, &component)?;
    stdout::write(format!(
        "{} {}: {} bytes in {}\n",
        descriptor.name,
        descriptor.version,
        component.len(),
        output.display()
    ))?;
    Ok(Done::All)
}
