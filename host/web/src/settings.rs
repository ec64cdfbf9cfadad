//! What an operator may choose.

use std::time::Duration;

use sandpress_pipeline::{OnRejection, Policy};

/// A format that the encoders that come with Sandpress read.
struct Readable {
    media_type: &'static str,
    extensions: &'static [&'static str],
    /// Whether one of them writes it too.
    is_written: bool,
}

const READABLE: [Readable; 8] = [
    Readable { media_type: "image/jpeg", extensions: &["jpg", "jpeg"], is_written: true },
    Readable { media_type: "image/png", extensions: &["png"], is_written: true },
    Readable { media_type: "image/webp", extensions: &["webp"], is_written: true },
    Readable { media_type: "image/avif", extensions: &["avif"], is_written: true },
    Readable { media_type: "image/gif", extensions: &["gif"], is_written: false },
    Readable { media_type: "image/bmp", extensions: &["bmp"], is_written: false },
    Readable { media_type: "image/tiff", extensions: &["tif", "tiff"], is_written: false },
    Readable { media_type: "image/jxl", extensions: &["jxl"], is_written: false },
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

/// The media types that are let in: of which something becomes.
pub(crate) fn media_types(policy: &Policy) -> impl Iterator<Item = &'static str> {
    accepted(policy).map(|readable| readable.media_type)
}

/// The extensions of files of these types.
pub(crate) fn extensions(policy: &Policy) -> impl Iterator<Item = &'static str> {
    accepted(policy).flat_map(|readable| readable.extensions).copied()
}

/// Whether it is the type of a picture, and of nothing that a browser runs.
pub(crate) fn is_picture(media_type: &str) -> bool {
    READABLE.iter().any(|readable| readable.media_type == media_type)
}

/// A rendition in the source's own format can only be of one that is written.
fn accepted(policy: &Policy) -> impl Iterator<Item = &'static Readable> {
    let takes_all = policy.rejected == OnRejection::Copy
        || policy.renditions.iter().all(|rendition| rendition.format.fixed().is_some());
    READABLE.iter().filter(move |readable| takes_all || readable.is_written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rejected: &str, renditions: &[&str]) -> Policy {
        let renditions = renditions
            .iter()
            .enumerate()
            .map(|(number, rest)| format!("[[rendition]]\nname = \"{number}\"\nkey = \"{number}/{{key}}\"\n{rest}\n"));
        let toml = format!(
            "rejected = \"{rejected}\"\n[source]\nbucket = \"uploads\"\n[destination]\nbucket = \"renditions\"\n\
             [dead-letters]\nqueue-url = \"https://sqs.example/letters\"\n{}",
            renditions.collect::<String>()
        );
        Policy::from_toml(&toml).unwrap()
    }

    #[test]
    fn what_nothing_would_become_of_is_not_let_in() {
        let webp = "format = \"image/webp\"";
        for (rejected, renditions, is_gif_accepted) in [
            ("dead-letter", &[""][..], false),
            ("dead-letter", &[webp], true),
            ("dead-letter", &[webp, ""], false),
            ("copy", &[""], true),
        ] {
            let policy = policy(rejected, renditions);
            assert_eq!(media_types(&policy).any(|known| known == "image/gif"), is_gif_accepted, "{renditions:?}");
            assert_eq!(extensions(&policy).any(|known| known == "tiff"), is_gif_accepted, "{renditions:?}");
            assert!(media_types(&policy).any(|known| known == "image/avif"));
        }
        assert!(is_picture("image/gif") && !is_picture("image/svg+xml") && !is_picture("text/html"));
    }
}
