//! Which encoder serves which media type.
//!
//! A catalog is a folder: `catalog.json`, the [`Document`], names for each media type the release in service; beside it lies
//! the native code of each release, under its digest. Whoever writes the document decides what runs, so it lies where
//! nobody but the operator writes.

mod document;
mod open;

pub use document::{Document, FILE, Release, native_file};
pub use open::{Catalog, CatalogError, Encoder, document};
