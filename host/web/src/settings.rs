//! What an operator may choose.

use std::time::Duration;

use sandpress_pipeline::Policy;

/// What is read by the encoders that come with Sandpress.
const MEDIA_TYPES: &[(&str, &[&str])] = &[
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/webp", &["webp"]),
    ("image/avif", &["avif"]),
    ("image/gif", &["gif"]),
    ("image/bmp", &["bmp"]),
    ("image/tiff", &["tif", "tiff"]),
    ("image/jxl", &["jxl"]),
];

/// What an operator may choose.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The beginning of the keys of uploads, in the policy's source bucket. Default: `uploads/`.
    pub prefix: String,
    /// How long an upload may be begun and looked at, and how long links are valid. Default: 15 minutes.
    pub time: Duration,
    /// The largest upload, in bytes. Default: the policy's own limit, which it cannot exceed.
    pub largest: Option<u64>,
    /// How many uploads a client may begin each minute, as far as one process counts them; 0 for any number. Default: 120.
    pub uploads_per_minute: u32,
    /// Whether the state of an upload is sent as it changes; else it is asked for. Default: no.
    pub events: bool,
}

/// Settings that cannot be worked with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Uploads that the policy would not look at.
    #[error(
        "uploads go to `{prefix}`, and the policy looks at `{policy}` only: set the prefix of uploads to one that begins with it"
    )]
    Prefix {
        /// Where uploads would go.
        prefix: String,
        /// What the policy looks at.
        policy: String,
    },
    /// Nobody would ever hear of a rejection.
    #[error(
        "the policy does not say where to write why an upload was rejected: set `rejections` below [destination], for this function and the one that compresses"
    )]
    Rejections,
    /// Links have a limit of their own.
    #[error("uploads may take {0} seconds: a link of S3 is valid for 1 second to 7 days")]
    Time(u64),
    /// No credentials, no region.
    #[error("{0}")]
    Aws(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "uploads/".to_owned(),
            time: Duration::from_mins(15),
            largest: None,
            uploads_per_minute: 120,
            events: false,
        }
    }
}

impl Settings {
    pub(crate) fn check(&self, policy: &Policy) -> Result<(), SettingsError> {
        if !self.prefix.starts_with(&policy.source.prefix) {
            return Err(SettingsError::Prefix { prefix: self.prefix.clone(), policy: policy.source.prefix.clone() });
        }
        if policy.rejections.is_none() {
            return Err(SettingsError::Rejections);
        }
        let seconds = self.time.as_secs();
        if (1..=7 * 24 * 3600).contains(&seconds) { Ok(()) } else { Err(SettingsError::Time(seconds)) }
    }

    /// The largest upload that is worth its way.
    pub(crate) fn largest(&self, policy: &Policy) -> u64 {
        self.largest.map_or(policy.limits.source_bytes, |largest| largest.min(policy.limits.source_bytes))
    }
}

/// The media types that are let in.
pub(crate) fn media_types() -> impl Iterator<Item = &'static str> {
    MEDIA_TYPES.iter().map(|(media_type, _)| *media_type)
}

/// The extensions of files of these types.
pub(crate) fn extensions() -> impl Iterator<Item = &'static str> {
    MEDIA_TYPES.iter().flat_map(|(_, extensions)| extensions.iter().copied())
}
