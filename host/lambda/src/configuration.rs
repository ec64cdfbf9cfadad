//! What Lambda's environment says.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sandpress_service::Configuration;

/// The configuration of the function.
pub(crate) fn read() -> Result<Configuration> {
    let policy = beside("SANDPRESS_POLICY", "sandpress.toml");
    let mut configuration = Configuration::new(policy, beside("SANDPRESS_ENCODERS", "encoders"));
    // Outside of Lambda there is no such variable.
    if let Ok(mebibytes) = env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") {
        let mebibytes: u64 = mebibytes.parse().context("AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not a number")?;
        configuration.memory = mebibytes << 20;
    }
    Ok(configuration)
}

/// A path from the environment, else this name beside the program.
fn beside(variable: &str, name: &str) -> PathBuf {
    env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        let folder = env::current_exe().ok();
        folder.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).join(name)
    })
}
