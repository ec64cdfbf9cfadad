//! The names of things in S3, valid by construction.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The name of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Bucket(String);

/// The key of an object, decoded: the text that S3's API takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ObjectKey(String);

/// The entity tag of an object's content, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ETag(String);

/// A text that is no such name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// A bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots.
    #[error("`{0}` is not the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots are expected")]
    Bucket(String),
    /// A key has 1 to 1,024 bytes of UTF-8.
    #[error("a key of {0} bytes: S3 allows 1 to 1,024")]
    Key(usize),
}

impl Bucket {
    /// Checks a bucket's name by the rules for general purpose buckets. Names as old accounts have them, with capitals
    /// and underscores, are allowed too.
    ///
    /// # Errors
    ///
    /// [`NameError::Bucket`]
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if (3..=255).contains(&name.len()) && name.bytes().all(allowed) {
            return Ok(Self(name));
        }
        Err(NameError::Bucket(name))
    }

    /// The name as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ObjectKey {
    /// Checks a key.
    ///
    /// # Errors
    ///
    /// [`NameError::Key`]
    pub fn new(key: impl Into<String>) -> Result<Self, NameError> {
        let key = key.into();
        if (1..=1024).contains(&key.len()) { Ok(Self(key)) } else { Err(NameError::Key(key.len())) }
    }

    /// A key as S3's notifications, lists and inventories have it: `+` is a space, everything else is percent-encoded UTF-8. `None` if it is
    /// none.
    pub fn from_encoded(key: &str) -> Option<Self> {
        form_decoded(key).and_then(|key| Self::new(key).ok())
    }

    /// The key as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is what consoles make to show an empty folder.
    pub fn is_folder_marker(&self) -> bool {
        self.0.ends_with('/')
    }
}

impl ETag {
    /// An entity tag as a header or an event gives it, quoted or not.
    pub fn new(tag: &str) -> Self {
        Self(tag.trim_matches('"').to_owned())
    }

    /// The tag without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag as conditional headers want it (RFC 9110, section 8.8.3).
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

macro_rules! try_from {
    ($($name:ident),+) => {
        $(impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(name: String) -> Result<Self, NameError> {
                Self::new(name)
            }
        })+
    };
}

try_from!(Bucket, ObjectKey);

/// A name in ASCII, as a path has it: people can read most of it.
pub(crate) fn percent_encoded(name: &str) -> String {
    const READABLE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(name, READABLE).to_string()
}

/// A key as S3's notifications, lists and inventories have it: `+` is a space, everything else is percent-encoded UTF-8.
pub(crate) fn form_decoded(key: &str) -> Option<String> {
    percent_decode_str(&key.replace('+', " ")).decode_utf8().ok().map(Into::into)
}

macro_rules! display {
    ($($name:ident),+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })+
    };
}

display!(Bucket, ObjectKey, ETag);
