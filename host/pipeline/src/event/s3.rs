//! S3's event notifications, versions 2.x.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{Change, EventError};
use crate::{Bucket, ObjectKey};

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

/// Only what is needed: compatible stores leave out the rest.
#[derive(Deserialize)]
struct Record {
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Named,
    object: Keyed,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Keyed {
    key: String,
}

/// Sent once when a notification is configured: `{"Service":"Amazon S3","Event":"s3:TestEvent",…}`, without records.
pub(super) fn is_test_event(value: &serde_json::Value) -> bool {
    value.get("Event").and_then(|event| event.as_str()) == Some("s3:TestEvent")
}

/// The changes, or `Err` if this is not such a notification.
pub(super) fn changes(value: serde_json::Value) -> Result<Result<Vec<Change>, EventError>, String> {
    let notification: Notification =
        serde_json::from_value(value).map_err(|error| format!("not an S3 notification: {error}"))?;
    Ok(notification.records.into_iter().enumerate().map(|(index, record)| change(index, record.s3)).collect())
}

fn change(index: usize, entity: Entity) -> Result<Change, EventError> {
    let name = |source| EventError::Name { index, source };
    let key =
        decode(&entity.object.key).ok_or_else(|| EventError::Encoding { index, key: entity.object.key.clone() })?;
    Ok(Change { bucket: Bucket::new(entity.bucket.name).map_err(name)?, key: ObjectKey::new(key).map_err(name)? })
}

/// Keys are form-encoded: `+` is a space, everything else is percent-encoded UTF-8.
fn decode(key: &str) -> Option<String> {
    percent_decode_str(&key.replace('+', " ")).decode_utf8().ok().map(Into::into)
}
