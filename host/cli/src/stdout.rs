//! The standard output, where results go.

use std::io::{self, ErrorKind, Write as _};

use anyhow::{Context as _, Result};

/// Writes to the standard output.
pub(crate) fn write(bytes: impl AsRef<[u8]>) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes.as_ref()).and_then(|()| stdout.flush()) {
        // Who reads has read enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("the standard output cannot be written"),
    }
}
