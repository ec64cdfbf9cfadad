//! From a file on a shelf to a document that can be trusted: its size, its signature, and only then what it says.

use crate::{Document, DocumentError, Found, Keys, Shelf, ShelfError, SignatureError, Version};

/// The name of the signed document on its shelf.
pub const SIGNED: &str = "catalog.signed";

/// The most bytes of a document: a thousand releases are half of it.
pub const MOST_DOCUMENT: u64 = 1 << 20;

/// Why a document cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A file that cannot be read.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A document of more bytes than any has.
    #[error("{place}: it has more than {MOST_DOCUMENT} bytes, which no catalog has")]
    Oversized {
        /// The document.
        place: String,
    },
    /// A document that nobody has signed who is trusted.
    #[error("{place}: {source}")]
    Signature {
        /// The document.
        place: String,
        /// Why.
        source: SignatureError,
    },
    /// A document that is damaged, or of another schema.
    #[error("{place}: {source}")]
    Document {
        /// The document.
        place: String,
        /// Why.
        source: DocumentError,
    },
}

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it says.
    pub document: Document,
    /// It and its signature.
    pub(crate) signed: Vec<u8>,
    /// What its file was then.
    pub(crate) version: Version,
}

/// What is found where a document should be.
pub(crate) enum Read {
    Nothing,
    /// The document that is known.
    Same,
    Entry(Box<Entry>),
}

/// Reads a document, unless it is still the known one.
pub(crate) async fn read(
    shelf: &dyn Shelf,
    keys: &Keys,
    name: &str,
    known: Option<&Version>,
) -> Result<Read, ReadError> {
    match shelf.get(name, known, MOST_DOCUMENT).await? {
        Found::Same => Ok(Read::Same),
        Found::Nothing => Ok(Read::Nothing),
        Found::TooLarge => Err(ReadError::Oversized { place: shelf.place(name) }),
        Found::File { bytes: signed, version } => {
            let document = trusted(shelf, keys, name, &signed)?;
            Ok(Read::Entry(Box::new(Entry { document, signed, version })))
        }
    }
}

/// What these bytes say, if they are signed.
pub(crate) fn trusted(shelf: &dyn Shelf, keys: &Keys, name: &str, signed: &[u8]) -> Result<Document, ReadError> {
    let place = || shelf.place(name);
    let json = keys.verify(signed).map_err(|source| ReadError::Signature { place: place(), source })?;
    Document::from_json(json).map_err(|source| ReadError::Document { place: place(), source })
}
