//! What any encoder must do to keep the contract: one suite, over a corpus that is part of it.
//!
//! A [`Property`] is something that holds of every encoder, whoever wrote it and in whichever language; [`Suite::run`] looks whether each
//! of them does, and tells for each that it holds, why it does not, or why it cannot be judged. What is asked for is what `wit/v1` says:
//! options of one encoder are looked at only where its descriptor has them, and pictures only in the formats that it says it reads.
//!
//! An encoder is not believed: each call has its limits and each property its time, so that a trap or an endless loop is a property that
//! does not hold. Nor is what it makes: pictures are judged by their pixels, and who decodes them is the caller's choice, as a [`Decode`].
//! [`Sandboxed`] decodes by another encoder in a sandbox of its own. Nothing in this crate parses what comes from the encoder under test.

mod corpus;
mod decode;
pub mod files;
mod numbers;
mod picture;
mod property;
mod subject;
mod suite;

pub use decode::{Decode, Nothing, Sandboxed};
pub use numbers::Numbers;
pub use picture::Picture;
pub use property::{PROPERTIES, Property};
pub use subject::{Bounds, Obstacle, Subject};
pub use suite::{Finding, Outcome, Progress, Suite};
