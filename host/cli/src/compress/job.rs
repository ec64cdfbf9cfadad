//! One image: read, compressed, and written where it is worth it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use sandpress_sandbox::{ImageInfo, MediaType, Metadata, Output, Rendition, Usage, Value};

use super::{
    arguments::Request,
    report::{Made, Outcome},
    settings,
};
use crate::{
    advice::Conversion,
    encoders::Encoders,
    source::{Source, is_stdin},
    stdout, write,
};

/// One image to compress.
pub(super) struct Job {
    pub(super) path: PathBuf,
    pub(super) destination: Destination,
    /// None: the image's own.
    pub(super) format: Option<MediaType>,
    /// Whether the file may turn out to be no image.
    pub(super) optional: bool,
    /// Whether another file may be replaced.
    pub(super) force: bool,
}

/// Where the result goes.
pub(super) enum Destination {
    File(PathBuf),
    Stdout,
    InPlace,
}

impl Job {
    /// The file's name, for a person.
    pub(super) fn name(&self) -> String {
        if is_stdin(&self.path) { "standard input".to_owned() } else { self.path.display().to_string() }
    }

    pub(super) fn run(&self, encoders: &Encoders, request: &Request) -> Outcome {
        self.compress(encoders, request).unwrap_or_else(|error| Outcome::Failed {
            before: fs::metadata(&self.path).ok().map(|file| file.len()),
            error,
        })
    }

    fn compress(&self, encoders: &Encoders, request: &Request) -> Result<Outcome> {
        let mut source = Source::open(&self.path)?;
        let likely = self.format.clone().or_else(|| source.promised.clone());
        let Some(info) = encoders.probe(&mut source, likely.as_ref(), &request.limits)? else {
            if self.optional {
                return Ok(Outcome::Skipped);
            }
            return Err(encoders.stranger(&mut source)?);
        };
        let format = self.format.clone().unwrap_or_else(|| info.media_type.clone());
        if matches!(self.destination, Destination::InPlace) && format != info.media_type {
            bail!("{} would become {format} under the same name; use --out-dir", info.media_type);
        }
        let encoder = encoders.producing(&format)?;
        let mut rendition = request.rendition(format.clone());
        rendition.settings = settings::typed(&encoder.descriptor, &request.settings)?;

        let bytes = source.all(request.limits.memory)?;
        let compressed = encoder.codec.compress(&bytes, &[rendition.clone()], &request.limits);
        let compressed = match compressed {
            Err(error) if format != info.media_type => {
                let conversion = Conversion { from: info.media_type, to: format };
                return Err(anyhow::Error::new(error).context(conversion));
            }
            compressed => compressed?,
        };
        let usage = compressed.usage;
        // The sandbox has checked that there are as many outputs as renditions.
        let output = compressed.outputs.into_iter().next().context("no output")?;
        self.deliver(bytes, &info, output, &rendition, usage)
    }

    fn deliver(
        &self,
        source: Vec<u8>,
        info: &ImageInfo,
        output: Output,
        rendition: &Rendition,
        usage: Usage,
    ) -> Result<Outcome> {
        let before = source.len();
        let kept_original = output.info.media_type == info.media_type && output.bytes.len() >= before;
        let notes = notes(info, &output, rendition, kept_original);
        let (bytes, made) = if kept_original { (source, info) } else { (output.bytes, &output.info) };
        match &self.destination {
            Destination::File(path) => self.create(path, &bytes)?,
            Destination::Stdout => stdout::write(&bytes)?,
            Destination::InPlace if kept_original => {}
            Destination::InPlace => write::atomically(&self.path, &bytes)?,
        }
        Ok(Outcome::Made(Made {
            output: match &self.destination {
                Destination::File(path) => Some(path.clone()),
                Destination::InPlace => Some(self.path.clone()),
                Destination::Stdout => None,
            },
            media_type: made.media_type.clone(),
            width: made.width,
            height: made.height,
            before: before as u64,
            after: bytes.len() as u64,
            kept_original,
            note: notes.join(", "),
            settings: if kept_original { Vec::new() } else { output.notes },
            usage,
        }))
    }

    /// Writes a new file. The same run twice is no error: what is there already, as it should be, stays.
    fn create(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        if !self.force && path.exists() {
            let same = fs::metadata(path)?.len() == bytes.len() as u64 && fs::read(path)? == bytes;
            if !same {
                bail!("{} exists already and is different; --force replaces it", path.display());
            }
            return Ok(());
        }
        write::atomically(path, bytes)
    }
}

/// What a person should know of the result.
fn notes(info: &ImageInfo, output: &Output, rendition: &Rendition, kept_original: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let resized = info.seen() != output.info.seen();
    if kept_original {
        notes.push("kept original".to_owned());
        if resized {
            notes.push("not resized".to_owned());
        }
        let has = |name| info.settings.iter().any(|setting| setting.name == name && setting.value == Value::Flag(true));
        if rendition.metadata != Metadata::Keep && (has("exif") || has("xmp")) {
            notes.push("with its metadata".to_owned());
        }
        return notes;
    }
    if info.media_type != output.info.media_type {
        notes.push(format!("was {}", info.media_type));
    }
    if resized {
        let (before, after) = (info.seen(), output.info.seen());
        notes.push(format!("{} × {} to {} × {}", before.0, before.1, after.0, after.1));
    }
    let dropped = output.notes.iter().find(|note| note.name == "dropped");
    if let Some(Value::Text(dropped)) = dropped.map(|note| &note.value) {
        notes.push(format!("dropped {dropped}"));
    }
    notes
}
