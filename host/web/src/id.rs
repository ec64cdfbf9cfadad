//! The name of an upload: nobody can guess it, and it says when it was given.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{Timestamp, Uuid};

/// Clocks of machines differ by less.
const SKEW: Duration = Duration::from_mins(1);

/// The identifier of an upload: a UUID of version 7, so milliseconds since 1970 and 74 random bits (RFC 9562, section 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = Uuid, example = "01936a2e-7d3c-7b1a-9f00-0123456789ab")]
#[serde(try_from = "String", into = "String")]
pub(crate) struct UploadId(Uuid);

/// A text that is no such identifier.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not the identifier of an upload")]
pub(crate) struct NoUploadId(String);

impl UploadId {
    pub(crate) fn new(now: SystemTime) -> Self {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, since.as_secs(), since.subsec_nanos())))
    }

    /// Only as we write it: one upload has one name. One from the future was never given.
    pub(crate) fn parse(text: &str, now: SystemTime) -> Result<Self, NoUploadId> {
        let wrong = || NoUploadId(text.chars().take(64).collect());
        let id = Self(Uuid::try_parse(text).map_err(|_| wrong())?);
        let is_ours = id.0.get_version_num() == 7 && id.to_string() == text && id.given() <= now + SKEW;
        if is_ours { Ok(id) } else { Err(wrong()) }
    }

    /// When it was given.
    pub(crate) fn given(self) -> SystemTime {
        let (seconds, nanoseconds) = self.0.get_timestamp().map_or((0, 0), |timestamp| timestamp.to_unix());
        UNIX_EPOCH + Duration::new(seconds, nanoseconds)
    }

    /// Where its one object is, below the prefix of all uploads.
    pub(crate) fn folder(self, prefix: &str) -> String {
        format!("{prefix}{self}/")
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for UploadId {
    type Error = NoUploadId;

    fn try_from(text: String) -> Result<Self, NoUploadId> {
        Self::parse(&text, SystemTime::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_says_when_it_was_given_and_is_never_the_same() {
        let now = UNIX_EPOCH + Duration::from_millis(1_764_000_000_123);
        let (one, other) = (UploadId::new(now), UploadId::new(now));
        assert_ne!(one, other);
        assert_eq!(one.given(), now);
        assert_eq!(UploadId::parse(&one.to_string(), now).unwrap(), one);
        assert_eq!(one.folder("uploads/"), format!("uploads/{one}/"));
    }

    #[test]
    fn nothing_else_is_one() {
        let now = SystemTime::now();
        let id = UploadId::new(now).to_string();
        let future = UploadId::new(now + Duration::from_hours(1)).to_string();
        for text in [
            "",
            "../../secret",
            &id.to_uppercase(),
            &id.replace('-', ""),
            &format!("{{{id}}}"),
            &format!("urn:uuid:{id}"),
            // Of version 4.
            "936da01f-9abd-4d9d-80c7-02af85c822a8",
            "00000000-0000-0000-0000-000000000000",
            &future,
        ] {
            assert!(UploadId::parse(text, now).is_err(), "{text}");
        }
    }
}
