//! From an event to its renditions: makes a destination bucket agree with a source bucket.
//!
//! The way of the data, and the modules along it:
//!
//! - [`event`]: what arrives becomes [`Change`](event::Change)s, hints that an object may have changed, in whichever envelope it comes.
//! - [`policy`]: the operator's file says which renditions a source object has, and where.
//! - [`Reconciler`]: compares source and destination and does what is missing. Nothing is remembered between calls, and
//!   nothing that an event says about an object is trusted: duplicates, re-ordering and crashes are all the same case.
//! - [`Batch`]: runs the messages of one invocation and answers which of them must come back, as whoever invoked expects it.
//! - [`Worker`]: takes messages off a queue itself, where there is no Lambda.
//! - [`Backfill`]: announces objects that are there already.
//! - [`Standing`]: what has become of an object so far, for those who wait for it.

mod answer;
pub mod backfill;
mod batch;
mod comparison;
mod dead_letter;
mod encode;
pub mod event;
mod group;
mod lanes;
mod letters;
mod memory;
mod message;
mod names;
mod objects;
mod outcome;
pub mod policy;
mod provenance;
mod queue;
mod reconcile;
mod record;
mod report;
mod standing;
mod store;
mod worker;

pub use backfill::Backfill;
pub use batch::{Batch, BatchError};
pub use comparison::{Comparison, Unserved};
pub use dead_letter::DeadLetters;
pub use lanes::{Lanes, TooSmall};
pub use letters::{FAILED, Letter, Redriven};
pub use memory::predicted as predicted_memory;
pub use names::{Bucket, ETag, NameError, ObjectKey};
pub use outcome::{Failure, Made, Outcome, Reason, Rejection, Stages};
pub use policy::{OnRejection, Policy};
pub use provenance::Recipe;
pub use queue::{Queue, QueueError};
pub use reconcile::Reconciler;
pub use report::notice;
pub use standing::{Arrived, Rendition, Standing};
pub use store::{BucketShelf, Fetched, Object, Store, StoreError};
pub use worker::{Tally, Until, Worker};
