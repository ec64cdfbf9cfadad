//! The files of `tests/events`: events as AWS's documentation shows them, with values of our own, and as local stacks send them.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::workspace;

/// A file, and what is to be read in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file's name, without its extension.
    pub name: String,
    /// What the function is invoked with.
    pub event: Value,
    /// The name of the `Source`.
    pub source: String,
    /// By the message's identifier, or `*` if it has none: pairs of bucket and key, or a part of the error.
    pub messages: BTreeMap<String, Value>,
}

/// All of them, by name.
pub fn corpus() -> Vec<Case> {
    let folder = workspace().join("tests/events");
    let mut cases: Vec<_> = fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a file");
            let mut file: BTreeMap<String, Value> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut take = |name: &str| file.remove(name).unwrap_or_else(|| panic!("{}: no {name}", path.display()));
            Case {
                event: take("event"),
                source: take("source").as_str().unwrap_or_default().to_owned(),
                messages: serde_json::from_value(take("messages")).expect("messages by identifier"),
                name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}
