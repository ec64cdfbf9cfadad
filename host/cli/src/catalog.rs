//! Which published catalog a command looks at.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use clap::{Args, builder::ValueParser, value_parser};
use sandpress_catalog::{Document, Keys, Remote};
use sandpress_sandbox::Codec;
use sandpress_service::{Place, Published, SdkConfig};

/// A catalog that is published.
#[derive(Args)]
pub(crate) struct Catalog {
    /// The catalog that is published: s3://BUCKET/FOLDER, or a folder
    #[arg(long, value_name = "PLACE", env = "SANDPRESS_CATALOG", requires = "catalog_key")]
    pub(crate) catalog: Option<Place>,
    /// The public keys of minisign of which one must have signed it, with commas between them
    #[arg(long, value_name = "KEY", env = "SANDPRESS_CATALOG_KEY", value_parser = keys())]
    pub(crate) catalog_key: Option<Keys>,
}

/// How a service uses it.
#[derive(Args)]
pub(crate) struct Reading {
    /// Seconds that the catalog is used without being looked at again
    #[arg(long, value_name = "SECONDS", env = "SANDPRESS_CATALOG_TTL", default_value = "60", value_parser = value_parser!(u32))]
    catalog_ttl: u32,
    /// Take no catalog with a smaller serial
    #[arg(long, value_name = "N", env = "SANDPRESS_CATALOG_SERIAL", default_value = "0")]
    catalog_serial: u64,
    /// Compile a component of which the catalog has no native code for this machine and version
    #[arg(long, requires = "catalog")]
    compile: bool,
}

pub(crate) fn keys() -> ValueParser {
    ValueParser::from(|text: &str| Keys::parse(text))
}

impl Catalog {
    /// The catalog, if one is named.
    fn published(&self) -> Option<Published> {
        let (place, keys) = self.catalog.clone().zip(self.catalog_key.clone())?;
        Some(Published::new(place, keys))
    }

    /// The catalog for a service.
    pub(crate) fn read(&self, reading: &Reading) -> Option<Published> {
        let mut published = self.published()?;
        published.time_to_live = Duration::from_secs(reading.catalog_ttl.into());
        published.least_serial = reading.catalog_serial;
        published.compile = reading.compile.then_some(Codec::compile);
        Some(published)
    }

    /// The document as it is now, of this catalog, else of the one in a folder; or none if neither is named.
    pub(crate) async fn document_or(&self, aws: &SdkConfig, folder: Option<&Path>) -> Result<Option<Document>> {
        match (self.document(aws).await?, folder) {
            (None, Some(folder)) => Ok(Some(sandpress_catalog::document(folder).context("the encoders")?)),
            (document, _) => Ok(document),
        }
    }

    /// The document as it is now, if a catalog is named.
    async fn document(&self, aws: &SdkConfig) -> Result<Option<Document>> {
        let Some(published) = self.published() else { return Ok(None) };
        let remote = Remote::new(published.place.shelf(aws), published.keys);
        Ok(remote.document(None).await.context("the catalog")?.map(|(document, _)| document))
    }
}
