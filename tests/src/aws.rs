//! AWS on this machine: S3 and SQS by ministack, and what one test has in them.

mod emulator;
mod site;
mod wiring;

pub use emulator::{CREDENTIALS, Emulator, REGION};
pub use site::{DeadLetter, Queue, Site, Stored};
pub use wiring::Between;

/// A message about a key, as S3 writes it.
pub fn notification(bucket: &str, key: &str) -> String {
    format!(
        r#"{{"Records":[{{"eventVersion":"2.1","s3":{{"bucket":{{"name":"{bucket}"}},"object":{{"key":"{key}"}}}}}}]}}"#
    )
}
