//! `sandpress encoder describe`: what an encoder says of itself, and what its type says.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use sandpress_sandbox::{Domain, MediaType, OptionInfo, Value};
use serde_json::json;

use super::{Component, Foreign};
use crate::{
    Done, cache, stdout,
    table::{Align, Table},
};

/// Show what an encoder is: its formats, its options, its digest
///
/// The component is compiled and run in the sandbox, so what is shown has also been checked: that it keeps the contract, and that
/// it imports nothing, unless that is allowed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Encoder component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    #[command(flatten)]
    foreign: Foreign,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder describe target/encoders/sandpress-jpeg.wasm
  sandpress encoder describe sandpress-jpeg.wasm --json | jq -r .digest";

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let engine = cache::engine()?.imports((&arguments.foreign).into());
    let component = Component::open(&engine, &arguments.file)?;
    let text = if arguments.json { json(&arguments.file, &component) } else { text(&arguments.file, &component) };
    stdout::write(text)?;
    Ok(Done::All)
}

fn json(path: &Path, component: &Component) -> String {
    let json = json!({
        "file": path.display().to_string(),
        "bytes": component.bytes.len(),
        "digest": component.digest,
        "contract": component.codec.contract(),
        "imports": component.codec.imports(),
        "descriptor": component.descriptor,
    });
    format!("{json:#}\n")
}

fn text(path: &Path, component: &Component) -> String {
    let Component { bytes, digest, codec, descriptor } = component;
    let list = |media_types: &[MediaType]| media_types.iter().map(MediaType::as_str).collect::<Vec<_>>().join(", ");
    let imports = match codec.imports() {
        none if none.is_empty() => "none".to_owned(),
        some => format!("{}: given nothing", some.join(", ")),
    };
    let mut text = format!(
        "{} {}\n  file      {}\n  size      {} bytes\n  digest    {digest}\n  contract  {}\n  imports   {imports}\n  \
         reads     {}\n  writes    {}\n",
        descriptor.name,
        descriptor.version,
        path.display(),
        bytes.len(),
        codec.contract(),
        list(&descriptor.accepts),
        list(&descriptor.produces),
    );
    if !descriptor.options.is_empty() {
        let columns = ["option", "values", "default", ""].map(|name| (name, Align::Left));
        let mut table = Table::new(columns);
        for OptionInfo { name, summary, domain, default, .. } in &descriptor.options {
            table.row([name.clone(), values(domain), value(default), summary.clone()]);
        }
        text.push_str(&format!("\n{table}"));
    }
    text
}

/// A domain, for a person.
pub(crate) fn values(domain: &Domain) -> String {
    match domain {
        Domain::Flag => "true, false".to_owned(),
        Domain::Integer(lowest, highest) => format!("{lowest} to {highest}, whole"),
        Domain::Number(lowest, highest) => format!("{lowest} to {highest}"),
        Domain::Choice(texts) => texts.join(", "),
    }
}

/// A value, for a person.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
    }
}
