//! S3's event notifications, versions 2.x: the records of one. Whatever a record says has happened, it names an object.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>

use serde_json::Value;

use super::contents::{Opened, object, text};
use crate::names::form_decoded;

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    // Sent once when a notification is configured: `{"Service":"Amazon S3","Event":"s3:TestEvent",…}`, without records.
    if value.get("Event").is_some_and(|event| event == "s3:TestEvent") {
        return Some(Ok(Vec::new()));
    }
    value.get("s3").map(|entity| object(text(entity, "/bucket/name")?, &key(text(entity, "/object/key")?)?))
}

/// A key, decoded.
pub(super) fn key(encoded: &str) -> Result<String, String> {
    form_decoded(encoded).ok_or_else(|| format!("the key `{encoded}` is not UTF-8 after decoding"))
}
