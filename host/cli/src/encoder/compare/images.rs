//! What is compared on: the images of a folder, or of a bucket.

use std::{
    convert::Infallible,
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::UNIX_EPOCH,
};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::TryStreamExt as _;
use sandpress_pipeline::{ETag, Fetched, Store, event::Change};
use tokio::runtime::Runtime;

use crate::{
    backfill::Bucketful,
    compress::plan::{Found, walk},
    source::promised,
};

/// Where the images are.
#[derive(Clone)]
pub(super) enum Origin {
    Folder(PathBuf),
    Bucket(Bucketful),
}

/// An image that is there.
pub(super) struct Image {
    /// Below the origin.
    pub(super) name: String,
    /// What changes when its content does.
    pub(super) version: String,
    /// Whether it may turn out to be no image.
    pub(super) optional: bool,
    place: Place,
}

enum Place {
    File(PathBuf),
    Object(Change),
}

/// The way to them. None is kept.
pub(super) struct Images<'a> {
    origin: &'a Origin,
    runtime: &'a Runtime,
    store: Option<Store>,
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("s3://") {
            return text.parse().map(Self::Bucket);
        }
        let Ok(folder) = text.parse::<PathBuf>().map_err(|never: Infallible| never);
        Ok(Self::Folder(folder))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl Origin {
    /// The same wherever the command runs.
    pub(super) fn absolute(&self) -> String {
        match self {
            Self::Folder(folder) => fs::canonicalize(folder).unwrap_or_else(|_| folder.clone()).display().to_string(),
            Self::Bucket(bucket) => bucket.to_string(),
        }
    }
}

impl<'a> Images<'a> {
    pub(super) fn open(origin: &'a Origin, runtime: &'a Runtime) -> Result<Self> {
        let store = match origin {
            Origin::Folder(folder) => {
                ensure!(folder.is_dir(), "{}: is no folder", folder.display());
                None
            }
            Origin::Bucket(_) => Some(sandpress_service::store(&runtime.block_on(sandpress_service::aws()))),
        };
        Ok(Self { origin, runtime, store })
    }

    /// All of them, in the order of their names.
    pub(super) fn list(&self) -> Result<Vec<Image>> {
        match (self.origin, &self.store) {
            (Origin::Bucket(Bucketful { bucket, prefix }), Some(store)) => {
                let listed = self.runtime.block_on(store.candidates(bucket, prefix, None).try_collect::<Vec<_>>());
                let objects = listed.with_context(|| format!("{}: cannot be listed", self.origin))?;
                let objects = objects.into_iter().filter(|object| !object.object.key.is_folder_marker());
                let image = objects.map(|listed| {
                    let key = listed.object.key.as_str();
                    Image {
                        name: key
                            .strip_prefix(prefix.as_str())
                            .filter(|name| !name.is_empty())
                            .unwrap_or(key)
                            .to_owned(),
                        version: listed.etag.as_ref().map_or_else(String::new, |etag| ETag::as_str(etag).to_owned()),
                        optional: promised(Path::new(key)).is_none(),
                        place: Place::Object(listed.object),
                    }
                });
                Ok(image.collect())
            }
            (Origin::Folder(folder), _) => {
                let mut found = Vec::new();
                walk(folder, folder, None, &mut found)?;
                found.into_iter().map(image).collect()
            }
            (Origin::Bucket(_), None) => bail!("{}: there is no way to it", self.origin),
        }
    }

    /// All of an image, if it has no more bytes than `most`.
    pub(super) fn read(&self, image: &Image, most: u64) -> Result<Vec<u8>> {
        let too_large =
            |bytes: u64| format!("it has {bytes} bytes, {most} are the memory limit; raise it with --memory");
        match (&image.place, &self.store) {
            (Place::Object(object), Some(store)) => match self.runtime.block_on(store.get(object, most))? {
                Fetched::Object(object) => Ok(object.bytes),
                Fetched::TooLarge { bytes, .. } => bail!(too_large(bytes)),
                _ => bail!("it is gone"),
            },
            (Place::File(path), _) => {
                let bytes = fs::metadata(path)?.len();
                ensure!(bytes <= most, too_large(bytes));
                Ok(fs::read(path)?)
            }
            (Place::Object(_), None) => bail!("there is no way to it"),
        }
    }
}

fn image(found: Found) -> Result<Image> {
    let Found { path, relative, optional } = found;
    let metadata = fs::metadata(&path).with_context(|| path.display().to_string())?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let version = format!("{}-{}", metadata.len(), modified.as_nanos());
    Ok(Image { name: text(&relative), version, optional, place: Place::File(path) })
}

/// A path as a text, another one for each path: bytes that are none of a text are written in hexadecimal.
fn text(path: &Path) -> String {
    let chunks = path.as_os_str().as_encoded_bytes().utf8_chunks();
    let parts = chunks.map(|chunk| {
        let strange = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        chunk.valid().to_owned() + &strange.collect::<String>()
    });
    parts.collect()
}
