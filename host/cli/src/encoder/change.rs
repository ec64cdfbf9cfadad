//! What changes a catalog: `sandpress encoder promote`, `rollback` and `retire`.

use std::{env, time::SystemTime};

use anyhow::{Context as _, Result};
use aws_smithy_types::{DateTime, date_time::Format};
use clap::Args;
use sandpress_catalog::{Change, Document, EditError, Entry, Keys, Ledger, Selector};
use sandpress_service::Place;
use tokio::runtime::Runtime;

use super::{
    key::{Key, Signer},
    list,
};
use crate::{Done, catalog, stdout};

/// Which catalog is changed, and by whom.
#[derive(Args)]
pub(super) struct Target {
    /// The catalog: s3://BUCKET/FOLDER, or a folder
    #[arg(long, value_name = "PLACE", env = "SANDPRESS_CATALOG")]
    pub(super) catalog: Place,
    /// Public keys that may have signed it before, besides the one that signs it now; for a change of keys
    #[arg(long, value_name = "KEY", env = "SANDPRESS_CATALOG_KEY", value_parser = catalog::keys())]
    catalog_key: Option<Keys>,
    #[command(flatten)]
    key: Key,
    /// Who does it, for the history. Default: the user and the machine
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

/// Put a release into service, or give it a part of the traffic
///
/// With --percent the release becomes the candidate: so many of a hundred objects are made by it, and which ones follows from their bucket and key, so that
/// it is the same for each delivery of an event. What it fails at, the release in service makes. Without --percent it serves all, and the release that did is kept to go
/// back to.
///
/// Functions and workers follow when they look at the catalog again, after a minute by default. What was made before stays as it is; `sandpress backfill --outdated`
/// makes it again.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder promote JPEG@2.0.0 --percent 5 --catalog s3://encoders/catalog --key catalog.key
  sandpress encoder promote JPEG@2.0.0 --why \"3 % smaller\" --catalog s3://encoders/catalog --key catalog.key")]
pub(crate) struct Promote {
    /// The release: what it makes, or its name, with its version or the beginning of its digest
    #[arg(value_name = "NAME@VERSION")]
    release: Selector,
    /// Make it the candidate, with so many of a hundred objects
    #[arg(long, value_name = "NUMBER")]
    percent: Option<f64>,
    #[command(flatten)]
    target: Target,
}

/// Take a candidate back, or go back to the release before
///
/// Where there is a candidate, it is taken out, and the release in service serves all. Where there is none, the release that was in service before is put into
/// service again.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder rollback JPEG --why \"too soft\" --catalog s3://encoders/catalog --key catalog.key")]
pub(crate) struct Rollback {
    /// What it makes, or its name
    #[arg(value_name = "NAME")]
    name: Selector,
    #[command(flatten)]
    target: Target,
}

/// Forget a release that serves nothing
///
/// It cannot be promoted any more. Its files stay where they are, since renditions name it.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder retire JPEG@1.0.0 --catalog s3://encoders/catalog --key catalog.key")]
pub(crate) struct Retire {
    /// The release: what it makes, or its name, with its version or the beginning of its digest
    #[arg(value_name = "NAME@VERSION")]
    release: Selector,
    #[command(flatten)]
    target: Target,
}

pub(super) fn promote(Promote { release, percent, target }: &Promote) -> Result<Done> {
    let percentage = percent.map(|percent| format!(" --percent {percent}")).unwrap_or_default();
    target.change(format!("promote {release}{percentage}"), |document| document.promote(release, *percent))
}

pub(super) fn rollback(Rollback { name, target }: &Rollback) -> Result<Done> {
    target.change(format!("rollback {name}"), |document| document.rollback(name))
}

pub(super) fn retire(Retire { release, target }: &Retire) -> Result<Done> {
    target.change(format!("retire {release}"), |document| document.retire(release))
}

/// A catalog that may be changed: whoever has its key.
pub(super) struct Open {
    pub(super) ledger: Ledger,
    signer: Signer,
}

impl Target {
    /// Finds the key, and the catalog, which there need not be yet.
    pub(super) async fn open(&self) -> Result<Open> {
        let aws = sandpress_service::aws().await;
        let signer = self.key.open(&aws).await?;
        let ledger = Ledger::new(self.catalog.shelf(&aws), signer.keys(self.catalog_key.as_ref())?);
        let open = Open { ledger, signer };
        open.read().await?;
        Ok(open)
    }

    /// Makes the next document, and shows what serves by it.
    fn change<T>(&self, what: String, edit: impl FnOnce(&mut Document) -> Result<T, EditError>) -> Result<Done> {
        let runtime = Runtime::new().context("the asynchronous runtime")?;
        let document = runtime.block_on(async {
            let open = self.open().await?;
            self.write(&open, what, |document| Ok(edit(document).map(|_| ())?)).await
        })?;
        stdout::write(list::services(&document).to_string())?;
        Ok(Done::All)
    }

    /// Makes the next document of the one that is there now, signs it and writes it.
    pub(super) async fn write(
        &self,
        open: &Open,
        what: String,
        edit: impl FnOnce(&mut Document) -> Result<()>,
    ) -> Result<Document> {
        let before = open.read().await?;
        let mut document = before.as_ref().map(|before| before.document.clone()).unwrap_or_default();
        edit(&mut document)?;
        let now = DateTime::from(SystemTime::now());
        document.serial += 1;
        document.change = Some(Change {
            what,
            who: self.who.clone().unwrap_or_else(user),
            when: DateTime::from_secs(now.secs()).fmt(Format::DateTime).unwrap_or_default(),
            why: self.why.clone(),
        });
        let signed = open.signer.sign(&document.to_json(), &format!("serial {}", document.serial))?;
        open.ledger.replace(before.as_ref(), signed).await.context("the catalog")?;
        Ok(document)
    }
}

impl Open {
    async fn read(&self) -> Result<Option<Entry>> {
        self.ledger.read().await.context("the catalog")
    }
}

fn user() -> String {
    let user = env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_else(|_| "somebody".to_owned());
    let machine = env::var("HOSTNAME").ok().or_else(|| {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim().to_owned())
    });
    machine.map_or(user.clone(), |machine| format!("{user}@{machine}"))
}
