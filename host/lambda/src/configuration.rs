//! What Lambda's environment says.

use std::{env, time::Duration};

use anyhow::{Context as _, Result};
use sandpress_catalog::Keys;
use sandpress_sandbox::Imports;
use sandpress_service::{Configuration, Published};

use crate::environment::{beside, number, switch};

/// The configuration of the function.
pub(crate) fn read() -> Result<Configuration> {
    let mut configuration = Configuration::new(beside("SANDPRESS_POLICY", "sandpress.toml"));
    configuration.encoders = Some(beside("SANDPRESS_ENCODERS", "encoders"));
    if switch("SANDPRESS_ALLOW_IMPORTS")? == Some(true) {
        configuration.imports = Imports::Trap;
    }
    // Outside of Lambda there is no such variable.
    if let Some(mebibytes) = number::<u64>("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")? {
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
