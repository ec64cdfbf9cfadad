//! A plain job, for whoever wants an object looked at: `{"bucket": "…", "key": "…"}`, the key as it is.

use serde_json::Value;

use super::contents::{Opened, object, text};

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("bucket")?;
    value.get("key")?;
    Some(text(value, "/bucket").and_then(|bucket| object(bucket, text(value, "/key")?)))
}
