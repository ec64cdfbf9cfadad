//! How a catalog is written: one document after the other, and each is kept.
//!
//! The signed document is replaced on the condition that it is the one that was read, so that of two operators one is told to look again. Each is also
//! kept as it was signed, under its serial, and never overwritten: this is the history. A document is kept before it is replaced, so a command that is
//! killed between the two leaves no gap: the next one closes it.

use std::sync::Arc;

use sandpress_sandbox::Digest;

use crate::{
    Document, Entry, Expected, Found, Keys, ReadError, SIGNED, Shelf, ShelfError,
    read::{self, Read},
};

/// Writes a catalog, and reads its history. Whoever reads it has the keys, and verifies all of it.
#[derive(Clone, Debug)]
pub struct Ledger {
    shelf: Arc<dyn Shelf>,
    keys: Keys,
}

/// Why a catalog cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A document that cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file that cannot be read or written.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A file that should be there.
    #[error("{0}: there is no such file")]
    Missing(String),
    /// A file of more bytes than any such file has.
    #[error("{0}: it is too large to be what it should be")]
    TooLarge(String),
    /// A file that never changes, and has another content.
    #[error(
        "{0}: it has another content than its name says; somebody has changed it, or it was cut: remove it, and do this again"
    )]
    Changed(String),
    /// Something is in the place of what is written for the first time.
    #[error("{0}: changed by somebody else at the same time; look at it, and do this again")]
    Conflict(String),
}

impl Ledger {
    /// The catalog on this shelf.
    pub fn new(shelf: Arc<dyn Shelf>, keys: Keys) -> Self {
        Self { shelf, keys }
    }

    /// The document as it is now, or none if there is no catalog yet.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]
    pub async fn read(&self) -> Result<Option<Entry>, LedgerError> {
        self.entry(SIGNED).await
    }

    /// The document with this serial, or none if there was none, or there is none yet.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]
    pub async fn kept(&self, serial: u64) -> Result<Option<Document>, LedgerError> {
        Ok(self.entry(&kept_file(serial)).await?.map(|entry| entry.document))
    }

    /// Writes the next document, signed, in the place of the one that was read.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Conflict`] if that has been replaced in the meantime; [`ReadError::Signature`] if it is not signed by a key that is trusted:
    /// nobody would take it.
    pub async fn replace(&self, before: Option<&Entry>, signed: Vec<u8>) -> Result<(), LedgerError> {
        let document = read::trusted(&*self.shelf, &self.keys, SIGNED, &signed)?;
        if let Some(before) = before {
            self.keep(&kept_file(before.document.serial), &before.signed).await?;
        }
        let expected = before.map_or(Expected::Nothing, |before| Expected::Version(before.version.clone()));
        match self.shelf.put(SIGNED, signed.clone(), &expected).await {
            Err(ShelfError::Conflict { place }) => return Err(LedgerError::Conflict(place)),
            written => written?,
        }
        self.keep(&kept_file(document.serial), &signed).await
    }

    /// Writes a file that never changes: what is there already is looked at, and stays.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Changed`] if it is there with another content.
    pub async fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        match self.shelf.put(name, bytes.to_vec(), &Expected::Nothing).await {
            Err(ShelfError::Conflict { place }) => match self.shelf.get(name, None, bytes.len() as u64).await? {
                Found::File { bytes: found, .. } if found == bytes => Ok(()),
                _ => Err(LedgerError::Changed(place)),
            },
            written => Ok(written?),
        }
    }

    /// A file of a release, verified.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Missing`], [`LedgerError::TooLarge`] and [`LedgerError::Changed`]
    pub async fn file(&self, name: &str, digest: Digest, most: u64) -> Result<Vec<u8>, LedgerError> {
        let place = self.shelf.place(name);
        match self.shelf.get(name, None, most).await? {
            Found::File { bytes, .. } if digest.verify(&bytes).is_ok() => Ok(bytes),
            Found::File { .. } => Err(LedgerError::Changed(place)),
            Found::TooLarge => Err(LedgerError::TooLarge(place)),
            Found::Nothing | Found::Same => Err(LedgerError::Missing(place)),
        }
    }

    async fn entry(&self, name: &str) -> Result<Option<Entry>, LedgerError> {
        match read::read(&*self.shelf, &self.keys, name, None).await? {
            Read::Nothing | Read::Same => Ok(None),
            Read::Entry(entry) => Ok(Some(*entry)),
        }
    }
}

/// Where a document is kept.
fn kept_file(serial: u64) -> String {
    format!("history/{serial:08}.signed")
}
