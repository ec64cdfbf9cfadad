//! Which encoder serves which object, and how that is changed while everything runs.
//!
//! A release is an immutable component, named by its digest, with its native code for each machine. A [`Document`] says for each media type which
//! release is in service, which one is on trial for how many of a hundred objects, and which one was in service before. The files of the releases lie
//! beside it, under their digests.
//!
//! - [`Catalog::open`]: a folder that comes with a program, and is trusted as the program is.
//! - [`Live`]: a document that is signed, on any [`Shelf`], re-read when it is older than its time to live. Its signature is verified before it is
//!   parsed, the size and the digest of a release before that is mapped, and it is tried once before it serves. Whatever is wrong, what is in service
//!   stays in service.
//! - [`Document::promote`] and its like: what an operator does.

mod catalog;
mod document;
mod edit;
mod health;
mod ledger;
mod live;
mod read;
mod route;
mod shelf;
mod signature;
mod trial;

pub use catalog::{Catalog, CatalogError, Encoder, FILE, document};
pub use document::{Candidate, Change, Document, DocumentError, Native, Release, Service, component_file, native_file};
pub use edit::{EditError, Selector};
pub use health::{Calls, Tally};
pub use ledger::{Ledger, LedgerError};
pub use live::{Compile, Listener, Live, MOST_COMPONENT, Notice, Remote};
pub use read::{Entry, MOST_DOCUMENT, ReadError, SIGNED};
pub use route::{Route, share};
pub use shelf::{Expected, Folder, Found, Pending, Shelf, ShelfError, Version};
pub use signature::{KeyError, Keys, SignatureError, signed};
