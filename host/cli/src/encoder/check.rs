//! `sandpress encoder check`: whether an encoder keeps the contract.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};
use indicatif::{ProgressBar, ProgressStyle};
use sandpress_conformance::{
    Bounds, Decode, Finding, Nothing, Outcome, PROPERTIES, Progress, Property, Sandboxed, Suite,
};
use sandpress_sandbox::{Limits, MediaType};
use serde_json::{Value, json};

use super::Component;
use crate::{
    Done, cache,
    encoders::Folder,
    rendition::seconds,
    stdout,
    table::{Align, Table},
};

/// Check that an encoder does what is asked of any encoder
///
/// The component runs in the sandbox on pictures that are part of this command, and each property holds, fails, or cannot be judged: what
/// an encoder does not say that it reads is not asked of it. A trap, an endless loop and more memory than a call may have are failures.
///
/// What it makes is decoded in a sandbox too, by the encoder of PNGs in the folder of encoders, where that reads the format. Where nothing
/// does, pixels are not looked at, and the properties that are about them are not said to hold.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Encoder components
    #[arg(required = true, value_name = "FILE.wasm")]
    files: Vec<PathBuf>,
    /// Property to check; may be given several times [default: all]
    #[arg(long = "property", value_name = "NAME", value_parser = names())]
    properties: Vec<String>,
    /// Time that one call may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: Folder,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder check target/encoders/*.wasm
  sandpress encoder check my-encoder.wasm --property makes-the-same-picture --property is-deterministic
  sandpress encoder check my-encoder.wasm --json | jq '.[].properties[] | select(.outcome == \"failed\")'

Exits with 1 if a property fails.";

/// Names and what they mean, for `--help`.
fn names() -> PossibleValuesParser {
    let name = |property: &Property| PossibleValue::new(property.name).help(property.summary.trim_end_matches('.'));
    PossibleValuesParser::new(PROPERTIES.iter().map(name))
}

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let properties: Vec<Property> = match &arguments.properties[..] {
        [] => PROPERTIES.to_vec(),
        // The parser lets no other names through. In the order of all, and each once.
        names => PROPERTIES.into_iter().filter(|property| names.iter().any(|name| name == property.name)).collect(),
    };
    let engine = cache::engine()?;
    let decoder = decoder(&arguments.folder);
    let bounds = Bounds::default().limits(Limits::default().time(arguments.timeout));

    let (mut text, mut reports, mut done) = (String::new(), Vec::new(), Done::All);
    for path in &arguments.files {
        let component = Component::open(&engine, path)?;
        let findings = with_progress(&component, &*decoder, bounds, &properties);
        if findings.iter().any(|finding| matches!(finding.outcome, Outcome::Failed(_))) {
            done = Done::NotAll;
        }
        if arguments.json {
            reports.push(json(path, &component, &findings));
        } else {
            text.push_str(&table(&component, &findings));
        }
    }
    stdout::write(if arguments.json { format!("{:#}\n", Value::Array(reports)) } else { text })?;
    Ok(done)
}

/// Who decodes what encoders make: the encoder of PNGs in a folder, or nobody, and why.
pub(super) fn decoder(folder: &Folder) -> Box<dyn Decode> {
    let open = || -> Result<Sandboxed> {
        let encoders = folder.open()?;
        let encoder = encoders.producing(&MediaType::PNG)?;
        Ok(Sandboxed::new(encoder.codec.clone(), encoder.descriptor.clone(), Limits::default()))
    };
    match open() {
        Ok(decoder) => Box::new(decoder),
        Err(error) => Box::new(Nothing(format!("nothing decodes its output: {error:#}"))),
    }
}

/// What becomes of each property of a component, with a bar on the standard error where that is a terminal.
pub(super) fn with_progress(
    component: &Component,
    decoder: &dyn Decode,
    bounds: Bounds,
    properties: &[Property],
) -> Vec<Finding> {
    let suite = Suite { codec: &component.codec, descriptor: &component.descriptor, decoder, bounds };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(suite.findings(properties) as u64).with_style(style);
    let findings = suite.run(properties, &|progress| match progress {
        Progress::Begins(property) => bar.set_message(property.name),
        Progress::Ends(_) => bar.inc(1),
    });
    bar.finish_and_clear();
    findings
}

/// The findings, for a person.
pub(super) fn table(component: &Component, findings: &[Finding]) -> String {
    let descriptor = &component.descriptor;
    let several = descriptor.produces.len() > 1;
    let mut table = Table::new(["property", "outcome", "why"].map(|name| (name, Align::Left)));
    let mut counts = [0_usize; 3];
    for Finding { property, media_type, outcome, .. } in findings {
        let name = match several && property.is_of_format {
            true => format!("{} ({media_type})", property.name),
            false => property.name.to_owned(),
        };
        let (place, word, why) = match outcome {
            Outcome::Passed => (0, "passed", ""),
            Outcome::Failed(why) => (1, "failed", why.as_str()),
            Outcome::NotApplicable(why) => (2, "not applicable", why.as_str()),
        };
        counts[place] += 1;
        // An encoder's own words may have anything in them, and are on one line here.
        let why = why.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        table.row([name, word.to_owned(), why]);
    }
    let [passed, failed, unknown] = counts;
    format!(
        "{} {}\n\n{table}\n{passed} passed, {failed} failed, {unknown} not applicable\n",
        descriptor.name, descriptor.version
    )
}

fn json(path: &Path, component: &Component, findings: &[Finding]) -> Value {
    let properties = findings.iter().map(|Finding { property, media_type, outcome, elapsed, .. }| {
        let (outcome, why) = match outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Failed(why) => ("failed", Some(why)),
            Outcome::NotApplicable(why) => ("not-applicable", Some(why)),
        };
        json!({
            "name": property.name,
            "media_type": property.is_of_format.then_some(media_type),
            "outcome": outcome,
            "why": why,
            "seconds": elapsed.as_secs_f64(),
        })
    });
    json!({
        "file": path.display().to_string(),
        "name": component.descriptor.name,
        "version": component.descriptor.version,
        "digest": component.digest,
        "properties": properties.collect::<Vec<_>>(),
    })
}
