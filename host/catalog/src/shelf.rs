//! Where catalogs lie: a folder, or what else keeps files by their names and can replace one on a condition.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use sandpress_sandbox::Digest;

/// What a shelf does takes its time.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ShelfError>> + Send + 'a>>;

/// Keeps files by their names.
pub trait Shelf: fmt::Debug + Send + Sync {
    /// Reads a file, unless it is still as `known` has it. One of more than `most` bytes is not read.
    fn get<'a>(&'a self, name: &'a str, known: Option<&'a Version>, most: u64) -> Pending<'a, Found>;

    /// Writes a file in the place of what is expected there, or not at all.
    fn put<'a>(&'a self, name: &'a str, bytes: Vec<u8>, expected: &'a Expected) -> Pending<'a, ()>;

    /// The whole name of a file, for people.
    fn place(&self, name: &str) -> String;
}

/// What a file is at one time, as its shelf tells it from others: an ETag, or a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

/// What is expected in the place of what is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No file.
    Nothing,
    /// What was read before.
    Version(Version),
}

/// What is found under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No file.
    Nothing,
    /// What is known.
    Same,
    /// More than may be read.
    TooLarge,
    /// A file.
    File {
        /// All of it.
        bytes: Vec<u8>,
        /// What it is now.
        version: Version,
    },
}

/// Why a file cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShelfError {
    /// It is not what was expected: somebody else has written it.
    #[error("{place}: changed by somebody else at the same time")]
    Conflict {
        /// The file.
        place: String,
    },
    /// Anything else.
    #[error("{place}: {reason}")]
    Unavailable {
        /// The file.
        place: String,
        /// Why.
        reason: String,
    },
}

impl Version {
    /// A version by the name that the shelf has for it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name that the shelf has for it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A folder on this machine, or one that it shares with others. Clones are of the same folder.
#[derive(Clone, Debug)]
pub struct Folder(Arc<PathBuf>);

/// Held by whoever writes.
const LOCK: &str = ".lock";

impl Folder {
    /// The folder at this path, which is made when something is written.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(path.into()))
    }

    async fn with<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Path) -> Result<T, Wrong> + Send + 'static,
    ) -> Result<T, ShelfError> {
        let path = self.0.join(name);
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        let unavailable = |reason: String| ShelfError::Unavailable { place: self.place(name), reason };
        match done {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(Wrong::Conflict)) => Err(ShelfError::Conflict { place: self.place(name) }),
            Ok(Err(Wrong::Io(error))) => Err(unavailable(error.to_string())),
            Err(error) => Err(unavailable(error.to_string())),
        }
    }
}

enum Wrong {
    Conflict,
    Io(io::Error),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Shelf for Folder {
    fn get<'a>(&'a self, name: &'a str, known: Option<&'a Version>, most: u64) -> Pending<'a, Found> {
        let known = known.cloned();
        Box::pin(self.with(name, move |path| Ok(read(path, known.as_ref(), most)?)))
    }

    fn put<'a>(&'a self, name: &'a str, bytes: Vec<u8>, expected: &'a Expected) -> Pending<'a, ()> {
        let expected = expected.clone();
        Box::pin(self.with(name, move |path| write(path, &bytes, &expected)))
    }

    fn place(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).to_string())
}

fn read(path: &Path, known: Option<&Version>, most: u64) -> io::Result<Found> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Ok(Found::TooLarge);
    }
    let version = version(&bytes);
    Ok(if known == Some(&version) { Found::Same } else { Found::File { bytes, version } })
}

fn write(path: &Path, bytes: &[u8], expected: &Expected) -> Result<(), Wrong> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Whoever writes compares and replaces alone. Readers see one file or the other.
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    lock.lock()?;
    let is_expected = match fs::read(path) {
        Ok(found) => *expected == Expected::Version(version(&found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => *expected == Expected::Nothing,
        Err(error) => return Err(error.into()),
    };
    if !is_expected {
        return Err(Wrong::Conflict);
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let shared = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    // Temporary files are private by default; this one is to become a file like any other, less the umask.
    #[cfg(unix)]
    builder.permissions(shared);
    let mut file = builder.prefix(".sandpress-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_replaced_by_who_knows_it_and_by_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Folder::new(folder.path().join("catalog"));
        assert_eq!(shelf.get("a", None, 10).await, Ok(Found::Nothing));
        shelf.put("a", b"one".to_vec(), &Expected::Nothing).await.unwrap();
        let Ok(Found::File { bytes, version }) = shelf.get("a", None, 3).await else { panic!("it is there") };
        assert_eq!(bytes, b"one");
        assert_eq!(shelf.get("a", Some(&version), 3).await, Ok(Found::Same));
        assert_eq!(shelf.get("a", None, 2).await, Ok(Found::TooLarge));

        let conflict = Err(ShelfError::Conflict { place: shelf.place("a") });
        assert_eq!(shelf.put("a", b"two".to_vec(), &Expected::Nothing).await, conflict);
        let before = Expected::Version(version);
        shelf.put("a", b"two".to_vec(), &before).await.unwrap();
        assert_eq!(shelf.put("a", b"three".to_vec(), &before).await, conflict, "it is another one by now");
        assert!(matches!(shelf.get("a", None, 3).await, Ok(Found::File { bytes, .. }) if bytes == b"two"));
    }

    #[tokio::test]
    async fn of_many_that_write_at_once_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Folder::new(folder.path());
        let writers: Vec<_> = (0..16)
            .map(|number: u8| {
                let shelf = shelf.clone();
                tokio::spawn(async move { shelf.put("a", vec![number], &Expected::Nothing).await.is_ok() })
            })
            .collect();
        let mut written = 0;
        for writer in writers {
            written += u32::from(writer.await.unwrap());
        }
        assert_eq!(written, 1);
    }
}
