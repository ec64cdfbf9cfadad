//! What is in a catalog: `sandpress encoder list`, `history` and `fetch`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use indicatif::HumanBytes;
use sandpress_catalog::{Document, Ledger, MOST_COMPONENT, Selector, component_file};
use sandpress_sandbox::{Digest, MediaType};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    Done,
    catalog::Catalog,
    stdout,
    table::{Align, Table},
    write,
};

/// Show what a catalog has in service, on trial and at hand
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder list --catalog s3://encoders/catalog --catalog-key RW…
  sandpress encoder list --json | jq '.\"media-types\"'")]
pub(crate) struct List {
    #[command(flatten)]
    catalog: Catalog,
    /// Print JSON: the document as it is
    #[arg(long)]
    json: bool,
}

/// Show every change of a catalog: when, by whom and why
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder history --catalog s3://encoders/catalog --catalog-key RW…")]
pub(crate) struct History {
    #[command(flatten)]
    catalog: Catalog,
    /// So many changes, the newest ones
    #[arg(long, value_name = "N", default_value = "20")]
    last: u64,
    /// Print JSON: each document as it was
    #[arg(long)]
    json: bool,
}

/// Get the component of a release out of a catalog
///
/// It is what was published, to the byte, and is verified by its digest: to look at it, to run it elsewhere, or to hand it on to a registry.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder fetch JPEG@1.0.0 -o sandpress-jpeg.wasm --catalog s3://encoders/catalog --catalog-key RW…")]
pub(crate) struct Fetch {
    /// The release: what it makes, or its name, with its version or the beginning of its digest
    #[arg(value_name = "NAME@VERSION")]
    release: Selector,
    /// File to write it to
    #[arg(short, long, value_name = "FILE.wasm")]
    output: PathBuf,
    #[command(flatten)]
    catalog: Catalog,
}

pub(super) fn fetch(Fetch { release, output, catalog }: &Fetch) -> Result<Done> {
    write::atomically(output, &component(catalog, release)?)?;
    Ok(Done::All)
}

/// The component of a release in a catalog.
pub(super) fn component(catalog: &Catalog, release: &Selector) -> Result<Vec<u8>> {
    let (ledger, document) = read(catalog)?;
    let (digest, _) = document.release(release)?;
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    Ok(runtime.block_on(ledger.file(&component_file(digest), digest, MOST_COMPONENT))?)
}

pub(super) fn list(List { catalog, json }: &List) -> Result<Done> {
    let (_, document) = read(catalog)?;
    let text = match json {
        true => document.to_json(),
        false => format!("{}\n{}serial {}\n", services(&document), releases(&document), document.serial),
    };
    stdout::write(text)?;
    Ok(Done::All)
}

pub(super) fn history(History { catalog, last, json }: &History) -> Result<Done> {
    let (ledger, document) = read(catalog)?;
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    let mut documents = vec![document.clone()];
    for serial in (1..document.serial).rev().take(usize::try_from(last.saturating_sub(1)).unwrap_or(usize::MAX)) {
        match runtime.block_on(ledger.kept(serial))? {
            Some(kept) if kept.serial == serial => documents.push(kept),
            _ => bail!("the history has no serial {serial}: somebody has removed or changed it"),
        }
    }
    if *json {
        stdout::write(format!("{:#}\n", json!(documents)))?;
        return Ok(Done::All);
    }
    let mut table = Table::new([
        ("serial", Align::Right),
        ("when", Align::Left),
        ("who", Align::Left),
        ("what", Align::Left),
        ("why", Align::Left),
    ]);
    for Document { serial, change, .. } in documents {
        let change = change.map(|change| [change.when, change.who, change.what, change.why.unwrap_or_default()]);
        let [when, who, what, why] = change.unwrap_or_default();
        table.row([serial.to_string(), when, who, what, why]);
    }
    stdout::write(table.to_string())?;
    Ok(Done::All)
}

fn read(catalog: &Catalog) -> Result<(Ledger, Document)> {
    let (Some(place), Some(keys)) = (&catalog.catalog, &catalog.catalog_key) else {
        bail!("which catalog? Name it with --catalog and --catalog-key");
    };
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    runtime.block_on(async {
        let ledger = Ledger::new(place.shelf(&sandpress_service::aws().await), keys.clone());
        match ledger.read().await.context("the catalog")? {
            Some(entry) => Ok((ledger, entry.document)),
            None => bail!("there is no catalog yet; `sandpress encoder publish` makes one"),
        }
    })
}

/// What serves each media type.
pub(super) fn services(document: &Document) -> Table<4> {
    let mut table = Table::new(["media type", "in service", "candidate", "previous"].map(|name| (name, Align::Left)));
    for (media_type, service) in &document.media_types {
        let candidate = service.candidate.map(|one| format!("{}, {} %", name(document, one.release), one.percent));
        let previous = service.previous.map(|digest| name(document, digest));
        table.row([
            media_type.to_string(),
            name(document, service.in_service),
            candidate.unwrap_or_default(),
            previous.unwrap_or_default(),
        ]);
    }
    table
}

fn releases(document: &Document) -> Table<6> {
    let mut table = Table::new([
        ("release", Align::Left),
        ("digest", Align::Left),
        ("writes", Align::Left),
        ("size", Align::Right),
        ("licence", Align::Left),
        ("native code", Align::Left),
    ]);
    for (digest, release) in &document.releases {
        let writes: Vec<_> = release.produces.iter().map(MediaType::as_str).collect();
        let native: Vec<_> =
            release.native.iter().map(|native| format!("{} ({})", native.arch, native.runtime)).collect();
        table.row([
            format!("{}@{}", release.name, release.version),
            digest.short(),
            writes.join(", "),
            HumanBytes(release.bytes).to_string(),
            release.licence.clone().unwrap_or_default(),
            native.join(", "),
        ]);
    }
    table
}

fn name(document: &Document, digest: Digest) -> String {
    document
        .releases
        .get(&digest)
        .map_or_else(|| digest.short(), |release| format!("{}@{}", release.name, release.version))
}
