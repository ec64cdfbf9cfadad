//! Events: from whatever envelope, to the objects that may have changed.
//!
//! Lenient in what is read: stores that imitate S3 leave fields out, and nothing but bucket and key is needed.

mod s3;

use crate::{Bucket, NameError, ObjectKey};

/// A hint that an object may have been made, overwritten or removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Change {
    /// The bucket that it is in.
    pub bucket: Bucket,
    /// Its key, decoded.
    pub key: ObjectKey,
}

/// A message that says nothing we understand.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// Not JSON, or no event of a kind that we know.
    #[error("not an event that Sandpress understands ({reason}): {beginning}")]
    Unknown {
        /// What was expected.
        reason: String,
        /// The first characters of the message.
        beginning: String,
    },
    /// A record whose bucket or key cannot be one.
    #[error("record {index}: {source}")]
    Name {
        /// The record's place, from 0.
        index: usize,
        /// Why.
        source: NameError,
    },
    /// A key that is not UTF-8 once it is decoded.
    #[error("record {index}: the key `{key}` is not UTF-8 after decoding")]
    Encoding {
        /// The record's place, from 0.
        index: usize,
        /// The key as the event has it.
        key: String,
    },
}

/// The changes that a message's body tells of: none for S3's test event.
///
/// # Errors
///
/// [`EventError`], and then none of its records has been taken.
pub fn changes(body: &str) -> Result<Vec<Change>, EventError> {
    let unknown = |reason: String| EventError::Unknown { reason, beginning: body.chars().take(200).collect() };
    let value: serde_json::Value = serde_json::from_str(body).map_err(|error| unknown(format!("not JSON: {error}")))?;
    if s3::is_test_event(&value) {
        return Ok(Vec::new());
    }
    s3::changes(value).unwrap_or_else(|reason| Err(unknown(reason)))
}

#[cfg(test)]
mod tests;
