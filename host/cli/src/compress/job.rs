//! One image: read, compressed, and written where it is worth it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use sandpress_sandbox::{
    CallError, Codec, CodecError, ImageInfo, Limits, MediaType, Metadata, Output, Rendition, Setting, Usage,
};

use super::{
    arguments::Arguments,
    report::{Made, Outcome},
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

    pub(super) fn run(&self, encoders: &Encoders, arguments: &Arguments) -> Outcome {
        self.compress(encoders, arguments).unwrap_or_else(|error| Outcome::Failed {
            before: fs::metadata(&self.path).ok().map(|file| file.len()),
            error,
        })
    }

    fn compress(&self, encoders: &Encoders, arguments: &Arguments) -> Result<Outcome> {
        let mut source = Source::open(&self.path)?;
        let likely = self.format.clone().or_else(|| source.promised.clone());
        let limits = arguments.bounds.limits();
        let Some(info) = encoders.probe(&mut source, likely.as_ref(), &limits)? else {
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
        let mut rendition = arguments.wanted.rendition(format.clone(), &encoder.descriptor)?;
        if arguments.verify {
            rendition = rendition.verified();
        }

        let bytes = source.all(limits.memory)?;
        let compressed = encoder.codec.compress(&bytes, &[rendition.clone()], &limits);
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
        let before = bytes.len();
        let delivery = if output.info.media_type == info.media_type && output.bytes.len() >= before {
            keep(&encoder.codec, bytes, info, &rendition, &limits, output)?
        } else {
            Delivery::made(&info, output)
        };
        self.deliver(delivery, before, usage)
    }

    fn deliver(&self, delivery: Delivery, before: usize, usage: Usage) -> Result<Outcome> {
        let Delivery { bytes, info, settings, kept, is_source, notes } = delivery;
        match &self.destination {
            Destination::File(path) => self.create(path, &bytes)?,
            Destination::Stdout => stdout::write(&bytes)?,
            Destination::InPlace if is_source => {}
            Destination::InPlace => write::atomically(&self.path, &bytes)?,
        }
        Ok(Outcome::Made(Made {
            output: match &self.destination {
                Destination::File(path) => Some(path.clone()),
                Destination::InPlace => Some(self.path.clone()),
                Destination::Stdout => None,
            },
            media_type: info.media_type,
            width: info.width,
            height: info.height,
            before: before as u64,
            after: bytes.len() as u64,
            kept_original: kept,
            note: notes.join(", "),
            settings,
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

/// What is written, and what is said of it.
struct Delivery {
    bytes: Vec<u8>,
    info: ImageInfo,
    settings: Vec<Setting>,
    /// Whether the picture is the source's own.
    kept: bool,
    /// Whether the whole file is.
    is_source: bool,
    /// What a person should know.
    notes: Vec<String>,
}

impl Delivery {
    fn made(info: &ImageInfo, output: Output) -> Self {
        let notes = notes(info, &output);
        let Output { bytes, info, notes: settings, .. } = output;
        Self { bytes, info, settings, kept: false, is_source: false, notes }
    }
}

/// The picture of a source that gets no smaller, as it is, without the metadata that are not wanted.
///
/// Its encoder may not be able to do that. Then the source goes through if nothing was dropped of it in what was made, and what was made if
/// something was, be it larger.
fn keep(
    codec: &Codec,
    source: Vec<u8>,
    info: ImageInfo,
    rendition: &Rendition,
    limits: &Limits,
    made: Output,
) -> Result<Delivery> {
    let mut notes = vec!["kept original".to_owned()];
    if info.seen() != made.info.seen() {
        notes.push("not resized".to_owned());
    }
    if rendition.metadata != Metadata::Keep {
        match codec.compress(&source, &[rendition.unaltered()], limits) {
            Ok(compressed) => {
                let output = compressed.outputs.into_iter().next().context("no output")?;
                if output.bytes.len() <= source.len() {
                    notes.extend(dropped(&output));
                    let Output { bytes, info, notes: settings, .. } = output;
                    let is_source = bytes == source;
                    return Ok(Delivery { bytes, info, settings, kept: true, is_source, notes });
                }
            }
            Err(CallError::Codec(CodecError::BadRequest(_))) => {}
            Err(error) => return Err(error.into()),
        }
        if made.dropped().is_some() {
            let mut delivery = Delivery::made(&info, made);
            delivery.notes.push("larger: its encoder cannot take metadata out of a file".to_owned());
            return Ok(delivery);
        }
    }
    Ok(Delivery { bytes: source, info, settings: Vec::new(), kept: true, is_source: true, notes })
}

/// What a person should know of a picture that was made.
fn notes(info: &ImageInfo, output: &Output) -> Vec<String> {
    let mut notes = Vec::new();
    if info.media_type != output.info.media_type {
        notes.push(format!("was {}", info.media_type));
    }
    let (before, after) = (info.seen(), output.info.seen());
    if before != after {
        notes.push(format!("{} × {} to {} × {}", before.0, before.1, after.0, after.1));
    }
    notes.extend(dropped(output));
    notes
}

fn dropped(output: &Output) -> Option<String> {
    output.dropped().map(|names| format!("dropped {names}"))
}
