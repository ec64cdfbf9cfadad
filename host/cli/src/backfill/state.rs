//! What a backfill writes down, so that the next run can go on.

use std::{
    fs, io,
    path::Path,
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};
use sandpress_pipeline::backfill::Progress;
use serde::{Deserialize, Serialize};

use super::{Arguments, Usage};
use crate::write;

/// Readers refuse any other.
const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct State {
    schema: u32,
    /// Of this backfill and no other: given when it is begun.
    pub(super) name: String,
    pub(super) task: Task,
    pub(super) progress: Progress,
    pub(super) complete: bool,
}

/// What the backfill is to do.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Task {
    pub(super) source: String,
    pub(super) queue: Option<String>,
    outdated: bool,
}

impl State {
    /// Of a backfill that has not begun.
    pub(super) fn new(arguments: &Arguments) -> Self {
        let source = match (&arguments.source, &arguments.manifest) {
            (Some(source), _) => source.to_string(),
            (None, manifest) => manifest.iter().map(|path| path.display().to_string()).collect(),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            schema: SCHEMA,
            name: format!("{}-{}", now.as_nanos(), process::id()),
            task: Task { source, queue: arguments.queue.clone(), outdated: arguments.outdated },
            progress: Progress::default(),
            complete: false,
        }
    }

    /// What was written; none if there is no such file.
    pub(super) fn read(file: &Path) -> Result<Option<Self>> {
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", file.display())),
        };
        let state: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{}: is no state of a backfill; name another file", file.display()))?;
        if state.schema != SCHEMA {
            bail!("{}: is of schema {}, and this version reads {SCHEMA}", file.display(), state.schema);
        }
        Ok(Some(state))
    }

    /// This one, if it is of what was asked for.
    pub(super) fn of_the_same(self, asked: &Self) -> Result<Self> {
        if self.task != asked.task {
            let Task { source, queue, outdated } = &self.task;
            bail!(Usage(format!(
                "--state is of another backfill: of {source} to {}{}; name another file",
                queue.as_deref().unwrap_or("no queue"),
                if *outdated { " with --outdated" } else { "" }
            )));
        }
        Ok(self)
    }

    pub(super) fn write(&self, file: &Path) -> Result<()> {
        write::atomically(file, format!("{}\n", serde_json::to_string_pretty(self)?).as_bytes())
    }
}
