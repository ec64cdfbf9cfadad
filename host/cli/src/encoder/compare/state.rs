//! What was measured, written down as it comes, so that the next run can go on.
//!
//! A line of JSON for each image, after one that says of what: an image costs one write, however many there are. A line that was not finished is
//! not read.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use sandpress_sandbox::Limits;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    images::{Image, Origin},
    judge::Judge,
    measure::Measured,
    row::Row,
    side::Sides,
};
use crate::Usage;

/// Readers refuse any other.
const SCHEMA: u32 = 1;

/// What is compared: two states of the same task go together.
pub(super) struct Task(Value);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    schema: u32,
    task: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    file: String,
    /// Of the image as it was then.
    version: String,
    /// None: no image.
    row: Option<Row>,
}

pub(super) struct State {
    file: Option<File>,
    known: HashMap<String, Line>,
}

impl Task {
    pub(super) fn new(sides: &Sides, judge: &Judge, origin: &Origin, limits: &Limits) -> Result<Self> {
        let side = |side: &super::side::Side| json!({ "component": side.about.digest, "rendition": side.rendition });
        let task = json!({
            "old": side(&sides.old),
            "new": side(&sides.new),
            "judge": judge.about.digest,
            "images": origin.absolute(),
            "limits": [limits.memory, u64::try_from(limits.time.as_millis())?],
        });
        Ok(Self(task))
    }
}

impl State {
    /// What was written of this task; nothing where there is no such file yet.
    pub(super) fn open(path: Option<&Path>, task: Task) -> Result<Self> {
        let Some(path) = path else { return Ok(Self { file: None, known: HashMap::new() }) };
        let name = path.display();
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = file.with_context(|| format!("{name}: cannot be opened"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("{name}: is in use by another run"),
            Err(TryLockError::Error(error)) => return Err(error).with_context(|| format!("{name}: cannot be locked")),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).with_context(|| format!("{name}: cannot be read"))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (whole, torn) = text.split_at(whole);
        let strange = || format!("{name}: is no state of a comparison; name another file");
        let mut lines = whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut known = HashMap::new();
        match lines.next() {
            Some(line) => {
                let Header { schema, task: written } = serde_json::from_slice(line).with_context(strange)?;
                if schema != SCHEMA {
                    bail!("{name}: is of schema {schema}, and this version reads {SCHEMA}");
                }
                // As it would come back: a number may be read as the one beside it.
                same(&written, &serde_json::from_str(&task.0.to_string())?)?;
                for line in lines {
                    let line: Line = serde_json::from_slice(line).with_context(strange)?;
                    known.insert(line.file.clone(), line);
                }
                file.set_len(whole.len() as u64).and_then(|()| file.seek(SeekFrom::End(0)).map(|_| ()))?;
            }
            // A header that was not finished is the beginning of one.
            None if torn.is_empty() || torn.starts_with(b"{\"schema\":") => {
                file.set_len(0).and_then(|()| file.rewind())?;
                write(&mut file, &Header { schema: SCHEMA, task: task.0 })?;
            }
            None => bail!(strange()),
        }
        Ok(Self { file: Some(file), known })
    }

    /// Whether the image was measured, as it is now.
    pub(super) fn knows(&self, image: &Image) -> bool {
        self.known.get(&image.name).is_some_and(|line| line.version == image.version)
    }

    /// What was measured of an image.
    pub(super) fn take(&mut self, image: &Image) -> Option<Measured> {
        let line = self.known.remove(&image.name)?;
        Some(line.row.map_or(Measured::Skipped, |row| Measured::Compared(Box::new(row))))
    }

    /// Writes down what was measured. What could not be read is not: it is tried again.
    pub(super) fn add(&mut self, image: &Image, measured: &Measured) -> Result<()> {
        let row = match measured {
            Measured::Compared(row) => Some(Row::clone(row)),
            Measured::Skipped => None,
            Measured::Unread { .. } => return Ok(()),
        };
        let line = Line { file: image.name.clone(), version: image.version.clone(), row };
        self.file.as_mut().map_or(Ok(()), |file| write(file, &line))
    }
}

/// # Errors
///
/// What the two differ in.
fn same(written: &Value, asked: &Value) -> Result<()> {
    let names = ["old", "new", "judge", "images", "limits"];
    let differing: Vec<_> = names.into_iter().filter(|name| written.get(name) != asked.get(name)).collect();
    if differing.is_empty() {
        return Ok(());
    }
    bail!(Usage(format!(
        "--state is of another comparison, which differs in: {}; name another file",
        differing.join(", ")
    )));
}

fn write(file: &mut File, line: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(line)? + "\n";
    file.write_all(text.as_bytes()).context("the state cannot be written")
}
