//! What Lambda's environment says.

use std::{
    env::{self, VarError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use sandpress_catalog::Keys;
use sandpress_sandbox::Imports;
use sandpress_service::{Configuration, Published};

/// The configuration of the function.
pub(crate) fn read() -> Result<Configuration> {
    let mut configuration = Configuration::new(beside("SANDPRESS_POLICY", "sandpress.toml"));
    configuration.encoders = Some(beside("SANDPRESS_ENCODERS", "encoders"));
    configuration.imports = match env::var("SANDPRESS_ALLOW_IMPORTS").as_deref() {
        Ok("true") => Imports::Trap,
        Ok("false") | Err(VarError::NotPresent) => Imports::Refuse,
        _ => bail!("SANDPRESS_ALLOW_IMPORTS is neither `true` nor `false`"),
    };
    // Outside of Lambda there is no such variable.
    if let Ok(mebibytes) = env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") {
        let mebibytes: u64 = mebibytes.parse().context("AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not a number")?;
        configuration.memory = mebibytes << 20;
    }
    if let Ok(place) = env::var("SANDPRESS_CATALOG") {
        configuration.catalog = Some(published(&place)?);
    }
    Ok(configuration)
}

/// The catalog that is published in this place.
fn published(place: &str) -> Result<Published> {
    let keys = env::var("SANDPRESS_CATALOG_KEY").context(
        "SANDPRESS_CATALOG is set, and SANDPRESS_CATALOG_KEY is not: it is the public key that the catalog is signed with",
    )?;
    let place = place.parse().with_context(|| format!("SANDPRESS_CATALOG, `{place}`"))?;
    let mut published = Published::new(place, Keys::parse(&keys).context("SANDPRESS_CATALOG_KEY")?);
    if let Some(seconds) = number("SANDPRESS_CATALOG_TTL")? {
        published.time_to_live = Duration::from_secs(seconds);
    }
    published.least_serial = number("SANDPRESS_CATALOG_SERIAL")?.unwrap_or_default();
    Ok(published)
}

/// A number from the environment.
fn number(variable: &str) -> Result<Option<u64>> {
    let Ok(text) = env::var(variable) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{variable} is no whole number: `{text}`"))
}

/// A path from the environment, else this name beside the program.
fn beside(variable: &str, name: &str) -> PathBuf {
    env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        let folder = env::current_exe().ok();
        folder.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).join(name)
    })
}
