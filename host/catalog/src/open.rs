//! The catalog: what is loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use sandpress_sandbox::{Codec, Digest, Engine, LoadError, MediaType};

use crate::{Document, FILE, Release, native_file};

/// The encoders in service, loaded and ready.
#[derive(Clone, Debug)]
pub struct Catalog {
    encoders: BTreeMap<MediaType, Encoder>,
}

/// A release, loaded.
#[derive(Clone, Debug)]
pub struct Encoder {
    /// The implementation's name.
    pub name: String,
    /// The implementation's version.
    pub version: String,
    /// The digest of the component.
    pub digest: Digest,
    /// Runs it.
    pub codec: Codec,
}

/// Why a catalog cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A document that is damaged, or of another schema.
    #[error("{}: {source}", path.display())]
    Document {
        /// The document.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A catalog that was made for other machines.
    #[error(
        "{name} {version} has native code for {present:?}, this machine is {arch}; compile it with `sandpress encoder compile`"
    )]
    Arch {
        /// The release's name.
        name: String,
        /// The release's version.
        version: String,
        /// The processor families that it has native code for.
        present: Vec<String>,
        /// This machine's.
        arch: &'static str,
    },
    /// Native code that the sandbox refuses.
    #[error("{}: {source}", path.display())]
    Load {
        /// The native code.
        path: PathBuf,
        /// Why.
        source: LoadError,
    },
    /// Nothing would ever be served.
    #[error("{}: no encoder is in service", path.display())]
    Empty {
        /// The document.
        path: PathBuf,
    },
}

impl Catalog {
    /// Opens the catalog in a folder and loads each release in service.
    ///
    /// # Errors
    ///
    /// See [`CatalogError`]: a catalog is opened as a whole or not at all.
    pub fn open(engine: &Engine, folder: &Path) -> Result<Self, CatalogError> {
        let document = document(folder)?;
        // A release that serves several media types is loaded once.
        let mut natives = BTreeSet::new();
        let mut releases = Vec::with_capacity(document.in_service.len());
        for (media_type, release) in document.in_service {
            let arch = std::env::consts::ARCH;
            let Some(&native) = release.native.get(arch) else {
                return Err(CatalogError::Arch {
                    name: release.name,
                    version: release.version,
                    present: release.native.into_keys().collect(),
                    arch,
                });
            };
            natives.insert(native);
            releases.push((media_type, native, release));
        }
        let codecs = load_all(engine, folder, natives)?;
        let encoders = releases.into_iter().filter_map(|(media_type, native, release)| {
            let Release { name, version, component: digest, .. } = release;
            let codec = codecs.get(&native)?.clone();
            Some((media_type, Encoder { name, version, digest, codec }))
        });
        Ok(Self { encoders: encoders.collect() })
    }

    /// The encoder in service for a media type.
    pub fn serving(&self, media_type: &MediaType) -> Option<&Encoder> {
        self.encoders.get(media_type)
    }

    /// The component of the encoder in service for each media type.
    pub fn digests(&self) -> BTreeMap<MediaType, Digest> {
        self.encoders.iter().map(|(media_type, encoder)| (media_type.clone(), encoder.digest)).collect()
    }

    /// Every media type that is served, with its encoder.
    pub fn iter(&self) -> impl Iterator<Item = (&MediaType, &Encoder)> {
        self.encoders.iter()
    }
}

/// The document of the catalog in a folder: what it names is not loaded.
///
/// # Errors
///
/// [`CatalogError`]
pub fn document(folder: &Path) -> Result<Document, CatalogError> {
    let path = folder.join(FILE);
    let document =
        Document::from_json(&read(&path)?).map_err(|source| CatalogError::Document { path: path.clone(), source })?;
    if document.in_service.is_empty() { Err(CatalogError::Empty { path }) } else { Ok(document) }
}

/// Loads native code, all at once: to read and to verify it is most of a cold start.
fn load_all(
    engine: &Engine,
    folder: &Path,
    natives: BTreeSet<Digest>,
) -> Result<BTreeMap<Digest, Codec>, CatalogError> {
    let load = |native: Digest| {
        let path = folder.join(native_file(native));
        let codec = Codec::load(engine, &read(&path)?, native);
        Ok((native, codec.map_err(|source| CatalogError::Load { path, source })?))
    };
    std::thread::scope(|scope| {
        let loading: Vec<_> = natives.into_iter().map(|native| scope.spawn(move || load(native))).collect();
        let joined = loading.into_iter().map(|loading| {
            // Only a bug panics, and it goes on here.
            loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    })
}

fn read(path: &Path) -> Result<Vec<u8>, CatalogError> {
    fs::read(path).map_err(|source| CatalogError::Read { path: path.to_owned(), source })
}
