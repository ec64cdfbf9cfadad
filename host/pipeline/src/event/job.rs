//! A plain job, for whoever wants an object looked at: `{"bucket": "…", "key": "…"}`, the key as it is.

use serde_json::{Value, json};

use super::{
    Change,
    contents::{Opened, object, text},
};
use crate::message::escaped;

/// The body of a message that has the object looked at.
pub(crate) fn write(object: &Change) -> String {
    escaped(&json!({ "bucket": object.bucket, "key": object.key }).to_string())
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("bucket")?;
    value.get("key")?;
    Some(text(value, "/bucket").and_then(|bucket| object(bucket, text(value, "/key")?)))
}
