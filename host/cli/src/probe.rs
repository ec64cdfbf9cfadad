//! `sandpress probe`: what an image is.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use sandpress_sandbox::{ImageInfo, Limits, Setting, Value};
use serde_json::{Map, json};

use crate::{
    Done, advice,
    encoders::{Encoders, Folder},
    source::Source,
    stdout,
    table::{Align, Table},
};

/// Show what images are, from the beginning of their files
///
/// Reads the first 4 KiB, and more only where a header goes on.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Image files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON: a list with an object for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: Folder,
}

const EXAMPLES: &str = "Examples:
  sandpress probe photo.jpg
  sandpress probe *.png --json | jq '.[] | select(.\"has-alpha\") | .file'
  curl -s https://example.com/photo.jpg | sandpress probe -";

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    let encoders = arguments.folder.open()?;
    let probed: Vec<_> =
        arguments.files.iter().map(|path| (path.display().to_string(), probe(&encoders, path))).collect();
    if arguments.json {
        let list: Vec<_> = probed
            .iter()
            .map(|(file, result)| match result {
                Ok(info) => json(file, info),
                Err(error) => json!({ "file": file, "error": advice::explain(error) }),
            })
            .collect();
        stdout::write(format!("{:#}\n", json!(list)))?;
    } else {
        stdout::write(table(&probed).to_string())?;
        for (file, error) in probed.iter().filter_map(|(file, result)| result.as_ref().err().map(|error| (file, error)))
        {
            eprintln!("error: {file}: {}", advice::explain(error));
        }
    }
    Ok(if probed.iter().all(|(_, result)| result.is_ok()) { Done::All } else { Done::NotAll })
}

fn probe(encoders: &Encoders, path: &Path) -> Result<ImageInfo> {
    let mut source = Source::open(path)?;
    let likely = source.promised.clone();
    match encoders.probe(&mut source, likely.as_ref(), &Limits::default())? {
        Some(info) => Ok(info),
        None => Err(encoders.stranger(&mut source)?),
    }
}

fn table(probed: &[(String, Result<ImageInfo>)]) -> Table<6> {
    let mut table = Table::new([
        ("file", Align::Left),
        ("format", Align::Left),
        ("pixels", Align::Right),
        ("bits", Align::Right),
        ("alpha", Align::Left),
        ("note", Align::Left),
    ]);
    for (file, result) in probed {
        let Ok(info) = result else { continue };
        let mut notes: Vec<_> = info.settings.iter().filter_map(note).collect();
        if info.orientation != 1 {
            notes.insert(0, format!("orientation {}", info.orientation));
        }
        if info.frames > 1 {
            notes.insert(0, format!("{} frames", info.frames));
        }
        table.row([
            file.clone(),
            info.media_type.to_string(),
            format!("{} × {}", info.width, info.height),
            info.bits_per_channel.to_string(),
            if info.has_alpha { "yes" } else { "no" }.to_owned(),
            notes.join(", "),
        ]);
    }
    table
}

/// A flag that is not set is not worth a word.
fn note(setting: &Setting) -> Option<String> {
    match &setting.value {
        Value::Flag(set) => set.then(|| setting.name.clone()),
        Value::Text(text) => Some(text.clone()),
        Value::Integer(integer) => Some(format!("{} {integer}", setting.name)),
        Value::Number(number) => Some(format!("{} {number}", setting.name)),
        Value::Bytes(_) => Some(setting.name.clone()),
    }
}

/// Named as in the contract.
fn json(file: &str, info: &ImageInfo) -> serde_json::Value {
    json!({
        "file": file,
        "media-type": info.media_type,
        "width": info.width,
        "height": info.height,
        "frames": info.frames,
        "bits-per-channel": info.bits_per_channel,
        "has-alpha": info.has_alpha,
        "orientation": info.orientation,
        "settings": settings(&info.settings),
    })
}

/// Settings as an object, by name.
pub(crate) fn settings(settings: &[Setting]) -> Map<String, serde_json::Value> {
    settings.iter().map(|setting| (setting.name.clone(), json!(setting.value))).collect()
}
