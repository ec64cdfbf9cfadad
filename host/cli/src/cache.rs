//! Where compiled encoders are kept between runs: compiling one takes seconds, loading what was made of it milliseconds.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sandpress_sandbox::Engine;

/// Names another folder; empty, none.
const VARIABLE: &str = "SANDPRESS_CACHE";

/// A runtime that compiles an encoder once for a user, and once for a process where nothing can be kept.
///
/// # Errors
///
/// A folder that is asked for and cannot be used. The user's own may be missing or closed, as in many containers.
pub(crate) fn engine() -> Result<Engine> {
    match env::var_os(VARIABLE) {
        Some(folder) if folder.is_empty() => Ok(Engine::new()?),
        Some(folder) => {
            let folder =
                std::path::absolute(&folder).with_context(|| format!("{VARIABLE}={}", Path::new(&folder).display()))?;
            Engine::with_cache(&folder).with_context(|| format!("{VARIABLE}={}", folder.display()))
        }
        None => match own().map(|folder| Engine::with_cache(&folder)) {
            Some(Ok(engine)) => Ok(engine),
            None | Some(Err(_)) => Ok(Engine::new()?),
        },
    }
}

/// `sandpress` in the folder that the XDG base directory specification gives to caches.
fn own() -> Option<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let caches = named.or_else(|| env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache")))?;
    Some(caches.join("sandpress"))
}
