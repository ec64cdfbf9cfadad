//! The catalog in service: re-read when it is older than its time to live, and exchanged only for one that holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    env::consts::ARCH,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use sandpress_sandbox::{Codec, Digest, Engine, LoadError, MediaType, RUNTIME};
use tokio::task::JoinSet;

use crate::{
    Catalog, CatalogError, Document, Found, Keys, Release, Shelf, Version,
    catalog::serving,
    component_file, native_file,
    read::{self, Read, SIGNED},
    trial,
};

/// The most bytes of a component, and of its native code, which is about twice as large.
pub const MOST_COMPONENT: u64 = 64 << 20;
pub(crate) const MOST_NATIVE: u64 = 4 * MOST_COMPONENT;

/// Where the catalog is that is re-read, and whose it has to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Remote {
    /// Where it lies.
    pub shelf: Arc<dyn Shelf>,
    /// Whose signature it must have.
    pub keys: Keys,
    /// How long it is used without being looked at again. Default: a minute.
    pub time_to_live: Duration,
    /// No document with a smaller serial is taken, even by a process that has seen none. Default: 0.
    pub least_serial: u64,
    /// What must be served: a document without is refused. Default: nothing.
    pub required: BTreeSet<MediaType>,
    /// Compiles a component where there is no native code of it for this machine and version, [`Codec::compile`] in a program that has the
    /// compiler. Default: none, and such a document is refused.
    pub compile: Option<Compile>,
}

/// Makes a codec of a component.
pub type Compile = fn(&Engine, &[u8]) -> Result<Codec, LoadError>;

/// What is worth telling an operator.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// Another document is in service.
    Exchanged {
        /// Its serial.
        serial: u64,
        /// What it took to read, verify, load and try it.
        took: Duration,
    },
    /// A document was refused, or could not be read; what was in service is still.
    Refused(&'a CatalogError),
}

/// Told what is worth telling.
pub type Listener = Box<dyn Fn(&Notice<'_>) + Send + Sync>;

/// The catalog in service. Clones share it.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    current: RwLock<Arc<Catalog>>,
    remote: Option<(Engine, Remote)>,
    /// When the document was last asked for.
    asked: Mutex<Instant>,
    /// The document that was read last; held by whoever reads.
    version: tokio::sync::Mutex<Option<Version>>,
    listener: Listener,
}

impl Remote {
    /// A catalog on this shelf, signed by one of these keys.
    pub fn new(shelf: Arc<dyn Shelf>, keys: Keys) -> Self {
        Self {
            shelf,
            keys,
            time_to_live: Duration::from_secs(60),
            least_serial: 0,
            required: BTreeSet::new(),
            compile: None,
        }
    }

    /// The document as it is now, and which version of its file that is; `None` if it is the known one.
    ///
    /// # Errors
    ///
    /// [`CatalogError`] if it cannot be read, or is not to be trusted.
    pub async fn document(&self, known: Option<&Version>) -> Result<Option<(Document, Version)>, CatalogError> {
        match read::read(&*self.shelf, &self.keys, SIGNED, known).await? {
            Read::Same => Ok(None),
            Read::Nothing => Err(CatalogError::Missing { place: self.shelf.place(SIGNED) }),
            Read::Entry(entry) => Ok(Some((entry.document, entry.version))),
        }
    }

    /// Whether a document may follow the one in service.
    fn check(&self, document: &Document, before: &Document) -> Result<(), CatalogError> {
        let place = self.shelf.place(SIGNED);
        let seen = before.serial.max(self.least_serial);
        if document.serial < seen {
            return Err(CatalogError::Replayed { place, found: document.serial, seen });
        }
        // Serial 0 is what comes with the program: it is of nobody's counting.
        if document.serial == before.serial && before.serial > 0 && document != before {
            return Err(CatalogError::Forked { place, serial: document.serial });
        }
        if document.media_types.is_empty() {
            return Err(CatalogError::Empty { place });
        }
        match self.required.iter().find(|media_type| !document.serves(media_type)) {
            Some(media_type) => Err(CatalogError::Unserved { place, media_type: media_type.clone() }),
            None => Ok(()),
        }
    }

    /// A file of a release, as large as the catalog says.
    async fn file(&self, name: &str, bytes: u64, most: u64) -> Result<Vec<u8>, CatalogError> {
        let place = || self.shelf.place(name);
        if bytes > most {
            return Err(CatalogError::TooLarge { place: place(), bytes, most });
        }
        let wrong = |found: String| CatalogError::Size { place: place(), expected: bytes, found };
        match self.shelf.get(name, None, bytes).await? {
            Found::File { bytes: read, .. } if read.len() as u64 == bytes => Ok(read),
            Found::File { bytes: read, .. } => Err(wrong(format!("{} bytes", read.len()))),
            Found::TooLarge => Err(wrong("more".to_owned())),
            Found::Nothing | Found::Same => Err(CatalogError::Missing { place: place() }),
        }
    }

    /// Reads a release, verifies, loads and tries it.
    async fn load(self, engine: Engine, digest: Digest, release: Release) -> Result<(Digest, Codec), CatalogError> {
        let (name, expected, (bytes, most), compile) = match (release.native_for(ARCH, RUNTIME), self.compile) {
            (Some(native), _) => (native_file(native.digest), native.digest, (native.bytes, MOST_NATIVE), None),
            (None, compile @ Some(_)) => (component_file(digest), digest, (release.bytes, MOST_COMPONENT), compile),
            (None, None) => return Err(CatalogError::NoNativeCode(Box::new(release))),
        };
        let code = self.file(&name, bytes, most).await?;
        let place = self.shelf.place(&name);
        let work = move || {
            let codec = match compile {
                None => Codec::load(&engine, &code, expected),
                // Before a component is parsed.
                Some(compile) => expected.verify(&code).and_then(|()| compile(&engine, &code)),
            };
            let codec = codec.map_err(|source| CatalogError::Load { place, source })?;
            trial::attempt(&codec, &release)
                .map_err(|reason| CatalogError::Trial { release: release.to_string(), reason })?;
            Ok((digest, codec))
        };
        // Only a bug panics, and it goes on here.
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

impl Live {
    /// A catalog that stays as it is.
    pub fn fixed(catalog: Catalog) -> Self {
        Self::of(catalog, None, None, Box::new(|_| {}))
    }

    fn of(catalog: Catalog, remote: Option<(Engine, Remote)>, version: Option<Version>, listener: Listener) -> Self {
        Self(Arc::new(Inner {
            current: RwLock::new(Arc::new(catalog)),
            remote,
            asked: Mutex::new(Instant::now()),
            version: tokio::sync::Mutex::new(version),
            listener,
        }))
    }

    /// Reads the catalog, which is re-read from then on.
    ///
    /// Where it cannot be used, what comes with the program serves, if anything does, and the listener is told.
    ///
    /// # Errors
    ///
    /// [`CatalogError`], where there is nothing else that could serve.
    pub async fn start(
        engine: &Engine,
        remote: Remote,
        with_program: Option<Catalog>,
        listener: Listener,
    ) -> Result<Self, CatalogError> {
        let read = load(engine, &remote, with_program.as_ref(), None).await;
        let (catalog, version) = match (read, with_program) {
            (Ok(Some((catalog, version))), _) => (catalog, Some(version)),
            (Err(error), Some(with_program)) => {
                listener(&Notice::Refused(&error));
                (with_program, None)
            }
            (Err(error), None) => return Err(error),
            // Only what is known is the same.
            (Ok(None), _) => return Err(CatalogError::Missing { place: remote.shelf.place(SIGNED) }),
        };
        Ok(Self::of(catalog, Some((engine.clone(), remote)), version, listener))
    }

    /// What is in service now. Who works with it keeps it, whatever comes after it.
    pub fn current(&self) -> Arc<Catalog> {
        // Whoever panics while exchanging it has exchanged it or not: it is whole.
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether nobody has looked at the document for twice its time to live: the process has been idle, and what it has may be old.
    pub fn is_stale(&self) -> bool {
        let asked = || *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.remote.as_ref().is_some_and(|(_, remote)| asked().elapsed() >= 2 * remote.time_to_live)
    }

    /// Reads the document again if that is due, and exchanges the catalog if another one is there that holds. Several may ask at once: one of them
    /// does it, and the others go on.
    pub async fn refresh(&self) {
        let Some((engine, remote)) = &self.0.remote else { return };
        let Ok(mut known) = self.0.version.try_lock() else { return };
        {
            let mut asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.elapsed() < remote.time_to_live {
                return;
            }
            *asked = Instant::now();
        }
        let began = Instant::now();
        let before = self.current();
        match load(engine, remote, Some(&before), known.as_ref()).await {
            Ok(None) => {}
            Ok(Some((catalog, version))) => {
                let serial = catalog.document().serial;
                *known = Some(version);
                *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
                (self.0.listener)(&Notice::Exchanged { serial, took: began.elapsed() });
            }
            Err(error) => (self.0.listener)(&Notice::Refused(&error)),
        }
    }
}

/// Reads the document and what it names, all or nothing. What is loaded already is not loaded again.
async fn load(
    engine: &Engine,
    remote: &Remote,
    before: Option<&Catalog>,
    known: Option<&Version>,
) -> Result<Option<(Catalog, Version)>, CatalogError> {
    let Some((document, version)) = remote.document(known).await? else { return Ok(None) };
    remote.check(&document, before.map_or(&Document::default(), |before| before.document()))?;
    let mut codecs = BTreeMap::new();
    let mut loading = JoinSet::new();
    for digest in serving(&document) {
        match (before.and_then(|before| before.codec(digest)), document.releases.get(&digest)) {
            (Some(codec), _) => {
                codecs.insert(digest, codec);
            }
            (None, Some(release)) => {
                loading.spawn(remote.clone().load(engine.clone(), digest, release.clone()));
            }
            (None, None) => unreachable!("a document that is read names nothing that is not in it"),
        }
    }
    while let Some(loaded) = loading.join_next().await {
        let (digest, codec) = loaded.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
        codecs.insert(digest, codec);
    }
    Ok(Some((Catalog::new(document, codecs, before), version)))
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("serial", &self.current().document().serial).finish_non_exhaustive()
    }
}
