//! Where the catalog of a service comes from.

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use sandpress_catalog::{Catalog, Compile, FILE, Folder, Keys, Live, Remote, Shelf};
use sandpress_pipeline::{Bucket, BucketShelf, NameError, Policy};
use sandpress_sandbox::Engine;

use crate::{Configuration, SdkConfig, StartError, store};

/// A catalog that is published, and re-read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Published {
    /// Where it lies.
    pub place: Place,
    /// Whose signature it must have.
    pub keys: Keys,
    /// How long it is used without being looked at again. Default: a minute.
    pub time_to_live: Duration,
    /// No document with a smaller serial is taken. Default: 0.
    pub least_serial: u64,
    /// Compiles a component of which there is no native code for this machine and version. Default: none.
    pub compile: Option<Compile>,
}

/// Where a catalog lies: `s3://BUCKET/FOLDER`, or a folder on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A part of a bucket.
    Bucket(Bucket, String),
    /// A folder.
    Folder(PathBuf),
}

impl FromStr for Place {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(rest) = text.strip_prefix("s3://") else { return Ok(Self::Folder(PathBuf::from(text))) };
        let (bucket, folder) = rest.split_once('/').unwrap_or((rest, ""));
        Ok(Self::Bucket(Bucket::new(bucket)?, folder.to_owned()))
    }
}

impl Place {
    /// The files that are there.
    pub fn shelf(&self, aws: &SdkConfig) -> Arc<dyn Shelf> {
        match self {
            Self::Bucket(bucket, folder) => Arc::new(BucketShelf::new(store(aws), bucket.clone(), folder)),
            Self::Folder(path) => Arc::new(Folder::new(path)),
        }
    }
}

impl Published {
    /// A catalog in this place, signed by one of these keys.
    pub fn new(place: Place, keys: Keys) -> Self {
        Self { place, keys, time_to_live: Duration::from_secs(60), least_serial: 0, compile: None }
    }
}

/// The catalog that is published; where that cannot be used, or there is none, the one that comes with the program.
pub(crate) async fn open(
    engine: &Engine,
    configuration: &Configuration,
    policy: &Policy,
    aws: &SdkConfig,
) -> Result<Live, StartError> {
    let folder = configuration.encoders.as_deref();
    let with_program = |folder| Catalog::open(engine, folder);
    let Some(published) = &configuration.catalog else {
        return Ok(Live::fixed(with_program(folder.ok_or(StartError::NoEncoders)?)?));
    };
    // A program need not come with any; one that does has to come with what can be opened.
    let with_program = folder.filter(|folder| folder.join(FILE).exists()).map(with_program).transpose()?;
    let mut remote = Remote::new(published.place.shelf(aws), published.keys.clone());
    remote.time_to_live = published.time_to_live;
    remote.least_serial = published.least_serial;
    remote.compile = published.compile;
    remote.required = policy.renditions.iter().filter_map(|rendition| rendition.format.fixed().cloned()).collect();
    Ok(Live::start(engine, remote, with_program, Box::new(sandpress_pipeline::notice)).await?)
}
