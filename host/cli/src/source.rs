//! What is read: a file, or the standard input. The beginning first, the rest only where it is wanted.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::{Result, bail, ensure};
use sandpress_sandbox::MediaType;

/// Enough of a file for most headers.
const HEAD: u64 = 4096;

/// An image that is being read.
pub(crate) struct Source {
    reader: Box<dyn Read>,
    /// What has been read so far.
    bytes: Vec<u8>,
    /// The media type that the file's name promises.
    pub(crate) promised: Option<MediaType>,
}

impl Source {
    /// Opens a file; `-` is the standard input.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let reader: Box<dyn Read> = if is_stdin(path) {
            Box::new(io::stdin())
        } else {
            let file = File::open(path)?;
            // Reading a folder fails too, with words that help nobody.
            ensure!(!file.metadata()?.is_dir(), "is a folder; give the files in it");
            Box::new(file)
        };
        Ok(Self { reader, bytes: Vec::new(), promised: promised(path) })
    }

    /// The first bytes: the usual number of them.
    pub(crate) fn head(&mut self) -> io::Result<&[u8]> {
        self.at_least(HEAD)
    }

    /// The first bytes: so many at least, or all of the file where it has less.
    pub(crate) fn at_least(&mut self, wanted: u64) -> io::Result<&[u8]> {
        let missing = wanted.saturating_sub(self.bytes.len() as u64);
        (&mut self.reader).take(missing).read_to_end(&mut self.bytes)?;
        Ok(&self.bytes)
    }

    /// All of the file, if it is not larger than the memory that a codec may have.
    pub(crate) fn all(mut self, limit: u64) -> Result<Vec<u8>> {
        self.at_least(limit.saturating_add(1))?;
        if self.bytes.len() as u64 > limit {
            bail!("the file is larger than the memory limit of {limit} bytes; raise it with --memory");
        }
        Ok(self.bytes)
    }
}

/// Whether a path means the standard input, or the standard output.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The media type that a file's name promises.
pub(crate) fn promised(path: &Path) -> Option<MediaType> {
    path.extension().and_then(OsStr::to_str).and_then(MediaType::from_extension)
}
