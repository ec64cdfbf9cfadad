//! Files appear whole or not at all.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// Writes a file so that a reader sees the old one or the new one, never a part: into a temporary file beside it, which
/// then takes its name.
pub(crate) fn atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    // A link stays a link; the file that it points to is replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(path);
    fs::create_dir_all(&folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sandpress-");
    #[cfg(unix)]
    let shared = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    // Temporary files are private by default; this one is to become a file like any other, less the umask.
    #[cfg(unix)]
    builder.permissions(shared);
    let write = || -> Result<()> {
        let mut file = builder.tempfile_in(&folder)?;
        file.write_all(bytes)?;
        if let Ok(existing) = fs::metadata(path) {
            fs::set_permissions(file.path(), existing.permissions())?;
        }
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}

/// The folder that a file lies in; `.` for a bare name.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
