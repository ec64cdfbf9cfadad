//! Events of EventBridge: S3's own, and those of others, which are what is in their detail. A replay of an archive differs in a name only.
//!
//! All of S3's events name an object (created, deleted, restored, moved to another class, tagged, …), and each is a hint.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>

use serde_json::Value;

use super::contents::{Content, Opened, object, text};

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("detail-type")?;
    let detail = value.get("detail")?;
    // Unlike those of notifications, the key is not encoded.
    let named = || object(text(detail, "/bucket/name")?, text(detail, "/object/key")?);
    Some(if detail.get("object").is_some() { named() } else { Ok(vec![Content::Json(detail)]) })
}
