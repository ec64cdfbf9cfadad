//! The catalog: what is loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    env::consts::ARCH,
    fs,
    path::Path,
    sync::Arc,
};

use sandpress_sandbox::{Codec, Digest, Engine, LoadError, MediaType, RUNTIME};

use crate::{Candidate, Document, Native, ReadError, Release, Route, ShelfError, Tally, health::Health, native_file};

/// The document's name in a folder that belongs to whoever runs what is in it: it has no signature.
pub const FILE: &str = "catalog.json";

/// A document, with the releases that serve, loaded and ready. Clones share them.
#[derive(Clone, Debug)]
pub struct Catalog {
    document: Arc<Document>,
    encoders: BTreeMap<Digest, Encoder>,
    candidates: BTreeMap<MediaType, (Candidate, Arc<Health>)>,
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

/// Why a catalog cannot be used. What is in service stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A document that cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file of a release that cannot be read.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A file that is not there.
    #[error("{place}: there is no such file")]
    Missing {
        /// The file.
        place: String,
    },
    /// A document that is older than one that was seen before.
    #[error("{place}: it has serial {found}, and {seen} was seen before: an old catalog was put back")]
    Replayed {
        /// The document.
        place: String,
        /// Its serial.
        found: u64,
        /// The one before.
        seen: u64,
    },
    /// Another document under the same serial.
    #[error("{place}: it has serial {serial} as the one before has, and says other things")]
    Forked {
        /// The document.
        place: String,
        /// The serial of both.
        serial: u64,
    },
    /// Nothing would ever be served.
    #[error("{place}: no encoder is in service")]
    Empty {
        /// The document.
        place: String,
    },
    /// What the policy asks for would not be made any more.
    #[error("{place}: no encoder in service makes {media_type}, which the policy asks for")]
    Unserved {
        /// The document.
        place: String,
        /// What is asked for.
        media_type: MediaType,
    },
    /// A release that has no native code for this machine and this program.
    #[error("{0} has no native code for {ARCH} and {RUNTIME}; it has {there}; publish it again with the `sandpress` of this version", there = present(.0))]
    NoNativeCode(Box<Release>),
    /// A file that is larger than any release may be.
    #[error("{place}: the catalog says that it has {bytes} bytes, the limit is {most}")]
    TooLarge {
        /// The file.
        place: String,
        /// What it is said to have.
        bytes: u64,
        /// What it may have.
        most: u64,
    },
    /// A file that was cut, or that has grown.
    #[error("{place}: it has {found}, the catalog says {expected} bytes")]
    Size {
        /// The file.
        place: String,
        /// How many bytes it should have.
        expected: u64,
        /// How many it has.
        found: String,
    },
    /// A file that is not what the catalog names, or that the sandbox refuses.
    #[error("{place}: {source}")]
    Load {
        /// The file.
        place: String,
        /// Why.
        source: LoadError,
    },
    /// A release that does not do what it says.
    #[error("{release} failed its trial: {reason}")]
    Trial {
        /// The release.
        release: String,
        /// How.
        reason: String,
    },
}

fn present(release: &Release) -> String {
    let natives: Vec<_> =
        release.native.iter().map(|native| format!("{} and {}", native.arch, native.runtime)).collect();
    if natives.is_empty() { "none".to_owned() } else { natives.join(", ") }
}

impl Catalog {
    /// Opens the catalog in a folder, which belongs to whoever runs what is in it: its document is not signed. Each release that serves is loaded.
    ///
    /// # Errors
    ///
    /// See [`CatalogError`]: a catalog is opened as a whole or not at all.
    pub fn open(engine: &Engine, folder: &Path) -> Result<Self, CatalogError> {
        let document = document(folder)?;
        let load = |native: &Native| {
            let path = folder.join(native_file(native.digest));
            let codec = Codec::load(engine, &read(&path)?, native.digest);
            codec.map_err(|source| CatalogError::Load { place: path.display().to_string(), source })
        };
        let natives = natives(&document)?;
        // All at once: to read and to verify them is most of a cold start.
        let codecs: Result<BTreeMap<_, _>, _> = std::thread::scope(|scope| {
            let loading = natives
                .into_iter()
                .map(|(release, native)| scope.spawn(move || load(native).map(|codec| (release, codec))));
            let loading: Vec<_> = loading.collect();
            // Only a bug panics, and it goes on here.
            loading.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        Ok(Self::new(document, codecs?, None))
    }

    /// A document with its codecs, by the digests of their components. What is known of a candidate goes on as it was in the catalog before.
    pub(crate) fn new(document: Document, codecs: BTreeMap<Digest, Codec>, before: Option<&Self>) -> Self {
        let encoder = |(digest, codec)| {
            let Release { name, version, .. } = document.releases.get(&digest)?.clone();
            Some((digest, Encoder { name, version, digest, codec }))
        };
        let health = |media_type: &MediaType, candidate: Candidate| {
            let (same, health) = before?.candidates.get(media_type)?;
            (*same == candidate).then(|| Arc::clone(health))
        };
        let candidates = document.media_types.iter().filter_map(|(media_type, service)| {
            let candidate = service.candidate?;
            Some((media_type.clone(), (candidate, health(media_type, candidate).unwrap_or_default())))
        });
        Self {
            encoders: codecs.into_iter().filter_map(encoder).collect(),
            candidates: candidates.collect(),
            document: Arc::new(document),
        }
    }

    /// What is written down.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The encoder in service for a media type.
    pub fn serving(&self, media_type: &MediaType) -> Option<&Encoder> {
        self.encoders.get(&self.document.media_types.get(media_type)?.in_service)
    }

    /// Every media type that is served, with the encoder in service.
    pub fn iter(&self) -> impl Iterator<Item = (&MediaType, &Encoder)> {
        self.document.media_types.keys().filter_map(|media_type| Some((media_type, self.serving(media_type)?)))
    }

    /// The encoder that is to make this media type for an object: the candidate, if it is one of its objects and has not been taken out of
    /// traffic.
    pub fn encoder(&self, media_type: &MediaType, bucket: &str, key: &str) -> Option<&Encoder> {
        let Route { in_service, candidate } = self.document.route(media_type, bucket, key)?;
        let is_out = || self.candidates.get(media_type).is_some_and(|(_, health)| health.is_out());
        self.encoders.get(&candidate.filter(|_| !is_out()).unwrap_or(in_service))
    }

    /// Whether a release is on trial for a media type.
    pub fn is_candidate(&self, media_type: &MediaType, release: Digest) -> bool {
        self.candidates.get(media_type).is_some_and(|(candidate, _)| candidate.release == release)
    }

    /// Counts a call of a release for a media type, which was the release's fault if it failed. Gives the tally where the candidate is taken out of
    /// traffic because of it.
    pub fn count(&self, media_type: &MediaType, release: Digest, failed: bool) -> Option<Tally> {
        let (candidate, health) = self.candidates.get(media_type)?;
        health.count(candidate.release == release, failed)
    }

    /// A codec of this catalog, by the digest of its component.
    pub(crate) fn codec(&self, digest: Digest) -> Option<Codec> {
        self.encoders.get(&digest).map(|encoder| encoder.codec.clone())
    }
}

/// The document of the catalog in a folder of one's own: what it names is not loaded.
///
/// # Errors
///
/// [`CatalogError`]
pub fn document(folder: &Path) -> Result<Document, CatalogError> {
    let path = folder.join(FILE);
    let place = || path.display().to_string();
    let document =
        Document::from_json(&read(&path)?).map_err(|source| ReadError::Document { place: place(), source })?;
    if document.media_types.is_empty() { Err(CatalogError::Empty { place: place() }) } else { Ok(document) }
}

/// The releases that serve something, in service or on trial.
pub(crate) fn serving(document: &Document) -> BTreeSet<Digest> {
    let services = document.media_types.values();
    let both =
        |service: &crate::Service| [Some(service.in_service), service.candidate.map(|candidate| candidate.release)];
    services.flat_map(both).flatten().collect()
}

/// The native code for this machine of each release that serves.
fn natives<'a>(document: &'a Document) -> Result<Vec<(Digest, &'a Native)>, CatalogError> {
    let serving = serving(document);
    let releases = document.releases.iter().filter(|(digest, _)| serving.contains(digest));
    let native = |(digest, release): (&Digest, &'a Release)| match release.native_for(ARCH, RUNTIME) {
        Some(native) => Ok((*digest, native)),
        None => Err(CatalogError::NoNativeCode(Box::new(release.clone()))),
    };
    releases.map(native).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, CatalogError> {
    fs::read(path).map_err(|error| {
        ShelfError::Unavailable { place: path.display().to_string(), reason: error.to_string() }.into()
    })
}
