//! AWS on this machine: S3 and SQS by ministack, and what one test has in them.

mod emulator;
mod site;

pub use emulator::{CREDENTIALS, Emulator, REGION};
pub use site::{DeadLetter, Queue, Site, Stored};
