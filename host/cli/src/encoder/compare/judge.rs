//! The judge: a component of its own that decodes a source and what was made of it, and says how much is left.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use sandpress_sandbox::{CallError, Engine, ImageInfo, Limits, MediaType, Output, Probe, Rendition, Setting, Value};
use serde::Serialize;
use std::time::Duration;

use super::super::Component;
use crate::encoders::from_program;

/// Where the judge is found.
#[derive(Args)]
pub(super) struct JudgeFile {
    /// The component that compares pictures
    ///
    /// Default, from the folder that `sandpress` lies in: `../judge/encoders/sandpress-judge.wasm`, where it is built, or
    /// `../share/sandpress/sandpress-judge.wasm`, where it is installed.
    #[arg(long = "judge", value_name = "FILE.wasm", env = "SANDPRESS_JUDGE")]
    file: Option<PathBuf>,
}

pub(super) struct Judge {
    component: Component,
    limits: Limits,
    pub(super) about: About,
}

/// What is said of the judge.
#[derive(Clone, Serialize)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) digest: String,
}

/// A file that was made, and what was asked for.
#[derive(Clone, Copy)]
pub(super) struct Copy<'a> {
    pub(super) rendition: &'a Rendition,
    pub(super) bytes: &'a [u8],
}

/// The same piece of the source and of what was made of it, as PNG.
pub(super) struct Pieces {
    pub(super) source: Vec<u8>,
    pub(super) old: Option<Vec<u8>>,
    pub(super) new: Option<Vec<u8>>,
    /// Pixels, from the left and from the top.
    pub(super) place: (i64, i64),
}

impl Judge {
    pub(super) fn open(engine: &Engine, file: &JudgeFile) -> Result<Self> {
        let path = match &file.file {
            Some(path) => path.clone(),
            None => {
                let places =
                    from_program(["judge/encoders/sandpress-judge.wasm", "share/sandpress/sandpress-judge.wasm"])?;
                let found = places.iter().find(|place| place.is_file()).cloned();
                found.with_context(|| {
                    let [built, installed] = &places;
                    let (built, installed) = (built.display(), installed.display());
                    format!(
                        "no judge at {built} or {installed}; build it with `make components`, or name it with --judge"
                    )
                })?
            }
        };
        let component = Component::open(engine, &path)?;
        let about = About {
            name: component.descriptor.name.clone(),
            version: component.descriptor.version.clone(),
            digest: component.digest.to_string(),
        };
        // It holds the source and the copy decoded, and what is computed of both: twice what an encoder takes, and it is never what is measured.
        let limits = Limits::default().memory(4 << 30).time(Duration::from_secs(300));
        Ok(Self { component, limits, about })
    }

    /// What a source is, if it says so.
    pub(super) fn probe(&self, source: &[u8]) -> Result<Option<ImageInfo>, CallError> {
        Ok(match self.component.codec.probe(source, &self.limits)?.probe {
            Probe::Known(info) => Some(info),
            Probe::NeedMore(_) | Probe::Unknown => None,
        })
    }

    /// The scores of what was made of a source; why there is none where it cannot be compared.
    pub(super) fn scores<const N: usize>(
        &self,
        source: &[u8],
        copies: [Option<Copy>; N],
    ) -> [Option<Result<f64, String>>; N] {
        let asked: Vec<_> = copies.iter().flatten().map(|copy| about(copy.rendition, Some(copy.bytes))).collect();
        // Together the source is decoded once. One that cannot be compared would fail both.
        let mut together = match self.component.codec.compress(source, &asked, &self.limits) {
            Ok(compressed) => compressed.outputs.into_iter().map(|output| Some(score(&output))).collect(),
            Err(error) if asked.len() < 2 => vec![Some(Err(error.to_string()))],
            Err(_) => Vec::new(),
        }
        .into_iter();
        copies.map(|copy| {
            let copy = copy?;
            together.next().unwrap_or_else(|| {
                let [alone] = self.scores(source, [Some(copy)]);
                alone
            })
        })
    }

    /// Pieces of at most so many pixels in each direction, from where the new file differs most from the source, or the old one where
    /// there is no new one.
    pub(super) fn pieces(&self, source: &[u8], old: Option<Copy>, new: Option<Copy>, side: u32) -> Result<Pieces> {
        let piece = |rendition: &Rendition, copy: Option<&[u8]>, place: Option<(i64, i64)>| {
            let mut asked = about(rendition, copy);
            let mut set = |name: &str, value| {
                asked.settings.push(Setting { name: name.to_owned(), value: Value::Integer(value) })
            };
            set("piece", side.into());
            if let Some((left, top)) = place {
                set("left", left);
                set("top", top);
            }
            asked
        };
        let first = new.or(old).ok_or_else(|| anyhow!("nothing was made of it"))?;
        let shown = self.outputs(source, &[piece(first.rendition, Some(first.bytes), None)])?.remove(0);
        let place = (integer(&shown, "left")?, integer(&shown, "top")?);

        let mut asked = vec![piece(first.rendition, None, Some(place))];
        let other = old.filter(|_| new.is_some());
        asked.extend(other.map(|copy| piece(copy.rendition, Some(copy.bytes), Some(place))));
        let mut rest = self.outputs(source, &asked)?.into_iter().map(|output| output.bytes);
        let source = rest.next().context("no output")?;
        Ok(match new {
            Some(_) => Pieces { source, old: rest.next(), new: Some(shown.bytes), place },
            None => Pieces { source, old: Some(shown.bytes), new: None, place },
        })
    }

    fn outputs(&self, source: &[u8], asked: &[Rendition]) -> Result<Vec<Output>, CallError> {
        Ok(self.component.codec.compress(source, asked, &self.limits)?.outputs)
    }
}

/// What is asked about a file. What is compared depends on its rendition's box, and on how it was brought into it.
fn about(rendition: &Rendition, copy: Option<&[u8]>) -> Rendition {
    let mut asked = Rendition::new(MediaType::PNG);
    asked.resize = rendition.resize;
    let light = rendition.settings.iter().find(|setting| setting.name == "linear-light");
    asked.settings.extend(light.filter(|setting| matches!(setting.value, Value::Flag(_))).cloned());
    asked.settings.extend(copy.map(|bytes| Setting { name: "copy".to_owned(), value: Value::Bytes(bytes.to_vec()) }));
    asked
}

/// To a thousandth.
fn score(output: &Output) -> Result<f64, String> {
    match output.notes.iter().find(|note| note.name == "score").map(|note| &note.value) {
        Some(Value::Number(score)) if score.is_finite() => Ok((score * 1e3).round() / 1e3),
        other => Err(format!("the judge says no score, but {other:?}")),
    }
}

fn integer(output: &Output, name: &str) -> Result<i64> {
    match output.notes.iter().find(|note| note.name == name).map(|note| &note.value) {
        Some(Value::Integer(integer)) => Ok(*integer),
        other => Err(anyhow!("the judge says no {name}, but {other:?}")),
    }
}
