//! What both functions read from their environment.

use std::{
    env::{self, VarError},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context as _, Result, bail};

/// A whole number.
pub(crate) fn number<T>(variable: &str) -> Result<Option<T>>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let Ok(text) = env::var(variable) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{variable} is no whole number, or too large: `{text}`"))
}

/// Yes or no.
pub(crate) fn switch(variable: &str) -> Result<Option<bool>> {
    match env::var(variable).as_deref() {
        Ok("true") => Ok(Some(true)),
        Ok("false") => Ok(Some(false)),
        Err(VarError::NotPresent) => Ok(None),
        _ => bail!("{variable} is neither `true` nor `false`"),
    }
}

/// A path, else this name beside the program.
pub(crate) fn beside(variable: &str, name: &str) -> PathBuf {
    env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        let folder = env::current_exe().ok();
        folder.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).join(name)
    })
}
