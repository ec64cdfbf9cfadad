//! `sandpress encoder describe`: what an encoder says of itself, and what its type says.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use sandpress_sandbox::{Domain, Engine, OptionInfo, Value};
use serde_json::json;

use super::Component;
use crate::{
    Done,
    table::{Align, Table},
};

/// Show what an encoder is: its formats, its options, its digest
///
/// The component is compiled and run in the sandbox, so what is shown has also been checked: that it keeps the contract, and that
/// it imports nothing.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Encoder component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder describe target/encoders/sandpress-jpeg.wasm
  sandpress encoder describe sandpress-jpeg.wasm --json | jq -r .digest";

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let component = Component::open(&Engine::new()?, &arguments.file)?;
    if arguments.json {
        let json = json!({
            "file": arguments.file.display().to_string(),
            "bytes": component.bytes.len(),
            "digest": component.digest,
            "contract": component.contract,
            // The sandbox refuses a component that has any.
            "imports": [],
            "descriptor": component.descriptor,
        });
        println!("{json:#}");
    } else {
        print(&arguments.file, &component);
    }
    Ok(Done::All)
}

fn print(path: &Path, component: &Component) {
    let Component { bytes, digest, contract, descriptor } = component;
    println!("{} {}", descriptor.name, descriptor.version);
    println!("  file      {}", path.display());
    println!("  size      {} bytes", bytes.len());
    println!("  digest    {digest}");
    println!("  contract  {contract}");
    println!("  imports   none");
    let list = |media_types: &[sandpress_sandbox::MediaType]| {
        media_types.iter().map(|media_type| media_type.as_str()).collect::<Vec<_>>().join(", ")
    };
    println!("  reads     {}", list(&descriptor.accepts));
    println!("  writes    {}", list(&descriptor.produces));
    if descriptor.options.is_empty() {
        return;
    }
    let mut table =
        Table::new([("option", Align::Left), ("values", Align::Left), ("default", Align::Left), ("", Align::Left)]);
    for OptionInfo { name, summary, domain, default, .. } in &descriptor.options {
        table.row([name.clone(), values(domain), value(default), summary.clone()]);
    }
    print!("\n{table}");
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

fn value(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
    }
}
