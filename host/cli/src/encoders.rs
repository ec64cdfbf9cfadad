//! The encoders at hand: a folder of components, each compiled or loaded when it is first needed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::Args;
use sandpress_sandbox::{Codec, Descriptor, Engine, ImageInfo, Limits, MediaType, Probe};

use crate::{cache, source::Source};

/// Where encoders are found.
#[derive(Args)]
pub(crate) struct Folder {
    /// Folder of encoder components (*.wasm)
    ///
    /// Default, from the folder that `sandpress` lies in: `../encoders`, where they are built, or `../share/sandpress/encoders`,
    /// where they are installed.
    #[arg(long, value_name = "FOLDER", env = "SANDPRESS_ENCODERS")]
    encoders: Option<PathBuf>,
}

/// The encoders in a folder. Shared by threads: the first that needs one compiles it.
pub(crate) struct Encoders {
    engine: Engine,
    folder: PathBuf,
    components: Vec<Component>,
}

struct Component {
    path: PathBuf,
    /// An error as a text, because it is told to each that asks.
    encoder: OnceLock<Result<Encoder, String>>,
}

/// An encoder, compiled.
pub(crate) struct Encoder {
    pub(crate) codec: Codec,
    pub(crate) descriptor: Descriptor,
}

impl Folder {
    /// Lists the encoders; compiles none.
    pub(crate) fn open(&self) -> Result<Encoders> {
        let folder = match &self.encoders {
            Some(folder) => folder.clone(),
            None => default_folder()?,
        };
        let entries = fs::read_dir(&folder).with_context(|| {
            format!("{}: no folder of encoders; name one with --encoders or SANDPRESS_ENCODERS", folder.display())
        })?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
        paths.sort();
        ensure!(!paths.is_empty(), "{}: there is no encoder (*.wasm) in it", folder.display());
        let components = paths.into_iter().map(|path| Component { path, encoder: OnceLock::new() }).collect();
        Ok(Encoders { engine: cache::engine()?, folder, components })
    }
}

/// Places beside the folder that the program lies in. What runs is found from there, never from the working directory: who unpacks a stranger's
/// archive does not run its encoders.
pub(crate) fn from_program(places: [&str; 2]) -> Result<[PathBuf; 2]> {
    let program = env::current_exe().and_then(fs::canonicalize).context("the program's own folder is unknown")?;
    let above = program.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    Ok(places.map(|place| above.join(place)))
}

fn default_folder() -> Result<PathBuf> {
    let places = from_program(["encoders", "share/sandpress/encoders"])?;
    places.iter().find(|place| place.is_dir()).cloned().ok_or_else(|| {
        let [built, installed] = &places;
        anyhow!(
            "no encoders in {} or {}; build them with `make components`, or name their folder with --encoders or SANDPRESS_ENCODERS",
            built.display(),
            installed.display()
        )
    })
}

impl Encoders {
    /// An encoder that produces this format.
    pub(crate) fn producing(&self, media_type: &MediaType) -> Result<&Encoder> {
        let mut produced = Vec::new();
        let mut broken = None;
        for component in self.best_first(Some(media_type)) {
            match component.encoder(&self.engine) {
                Ok(encoder) if encoder.descriptor.produces.contains(media_type) => return Ok(encoder),
                Ok(encoder) => produced.extend(encoder.descriptor.produces.iter().map(MediaType::as_str)),
                Err(error) => broken = Some(error),
            }
        }
        match broken {
            Some(error) => Err(error),
            None => {
                bail!(
                    "no encoder in {} makes {media_type}; choose what they make with --format: {}",
                    self.folder.display(),
                    produced.join(", ")
                )
            }
        }
    }

    /// What an image is, said by the first encoder that knows it; none if no encoder does.
    pub(crate) fn probe(
        &self,
        source: &mut Source,
        likely: Option<&MediaType>,
        limits: &Limits,
    ) -> Result<Option<ImageInfo>> {
        if source.head()?.is_empty() {
            return Ok(None);
        }
        for component in self.best_first(likely) {
            let codec = &component.encoder(&self.engine)?.codec;
            let mut head = source.head()?;
            loop {
                match codec.probe(head, limits)?.probe {
                    Probe::Known(info) => return Ok(Some(info)),
                    Probe::Unknown => break,
                    // The sandbox has checked that it asks for more than it was given, so this ends.
                    Probe::NeedMore(wanted) => {
                        let had = head.len();
                        // Twice as much, so that it ends soon, however many small parts a header has.
                        head = source.at_least(wanted.max(2 * had as u64))?;
                        ensure!(
                            head.len() > had,
                            "the file is truncated: it has {had} bytes, its header alone goes on to {wanted}"
                        );
                    }
                }
            }
        }
        Ok(None)
    }

    /// Why a file is no image, where no encoder knows it.
    pub(crate) fn stranger(&self, source: &mut Source) -> Result<anyhow::Error> {
        if source.head()?.is_empty() {
            return Ok(anyhow!("the file is empty"));
        }
        let encoders = self.components.iter().filter_map(|component| component.encoder(&self.engine).ok());
        let mut formats: Vec<_> =
            encoders.flat_map(|encoder| &encoder.descriptor.accepts).map(MediaType::as_str).collect();
        formats.sort_unstable();
        formats.dedup();
        Ok(anyhow!("not an image that the encoders read ({})", formats.join(", ")))
    }

    /// Those whose file name has the format's name in it come first: a guess that saves compiling the others.
    fn best_first(&self, media_type: Option<&MediaType>) -> Vec<&Component> {
        let subtype = media_type.and_then(|media_type| media_type.as_str().split('/').nth(1));
        let mut components: Vec<_> = self.components.iter().collect();
        components.sort_by_key(|component| {
            let name = component.path.file_stem().unwrap_or_default().to_string_lossy();
            !subtype.is_some_and(|subtype| name.contains(subtype))
        });
        components
    }
}

impl Component {
    fn encoder(&self, engine: &Engine) -> Result<&Encoder> {
        let compile = || -> Result<Encoder> {
            let codec = Codec::compile(engine, &fs::read(&self.path)?)?;
            let descriptor = codec.describe(&Limits::default())?.descriptor;
            Ok(Encoder { codec, descriptor })
        };
        let encoder = self.encoder.get_or_init(|| compile().map_err(|error| format!("{error:#}")));
        encoder.as_ref().map_err(|error| anyhow!("{}: {error}", self.path.display()))
    }
}
