//! The operator's file, `sandpress.toml`: which renditions a source object has, and where.
//!
//! Texts may name environment variables, `${NAME}` or `${NAME:-DEFAULT}`, so that one file serves every deployment.

mod file;
mod interpolate;
mod template;

use std::time::Duration;

use sandpress_sandbox::{MediaType, Metadata, Quality, Rendition, Resize, Setting};

use crate::{Bucket, ObjectKey, event::Change};
pub use file::PolicyError;
pub use template::{KeyTemplate, TemplateError};

/// What the operator wants, checked as a whole.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// Where uploads land.
    pub source: Location,
    /// Where renditions go.
    pub destination: Location,
    /// The `Cache-Control` header of renditions. Default: none.
    pub cache_control: Option<String>,
    /// Whether the removal of a source removes its renditions. Default: no.
    pub mirror_deletes: bool,
    /// The beginning of the keys, in the destination bucket, of what is written about sources that are rejected: for those who wait for a
    /// rendition, and cannot read the dead-letter queue. Default: nothing is written.
    pub rejections: Option<String>,
    /// The URL of the queue for rejected messages.
    pub dead_letter_queue: String,
    /// What becomes of a source that is rejected. Default: [`OnRejection::DeadLetter`].
    pub rejected: OnRejection,
    /// What an image may cost.
    pub limits: ImageLimits,
    /// Whether renditions are decoded again in the sandbox and compared with what they were made of, before they are stored. What is
    /// wrong fails, and is tried again. Costs about as much time as reading the rendition. Default: no.
    pub verify: bool,
    /// At least one, each with its own key.
    pub renditions: Vec<RenditionPolicy>,
}

/// A bucket, or the part of it below a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The bucket.
    pub bucket: Bucket,
    /// The beginning of each key. Default: empty.
    pub prefix: String,
}

/// What becomes of a source that is at fault itself: no picture, damaged, too large, or in another's place.
///
/// Renditions of its older versions go, whatever is chosen: what is there is never of another version than the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum OnRejection {
    /// Its message goes to the dead-letter queue at once, with the reason.
    #[default]
    DeadLetter,
    /// Its message comes back until the queue gives it up: for operators whose tools know only the queue's own dead letters.
    Retry,
    /// It is stored as it is in the place of each rendition that could not be made, and its message is done. Its type is what its first
    /// bytes say, else `application/octet-stream`, never what its uploader says. In a place that is another's nothing is stored: that is a
    /// dead letter.
    Copy,
    /// Its message is done, and only the log tells of it.
    Skip,
}

/// What one image may cost. Larger ones are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageLimits {
    /// Bytes of the source. Default: 64 MiB.
    pub source_bytes: u64,
    /// Width times height. Default: 100 million.
    pub pixels: u64,
    /// Time of one call of an encoder. Default: 60 seconds.
    pub time: Duration,
}

/// The format of a rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// The source's own.
    Same,
    /// Always this one.
    Fixed(MediaType),
}

/// One rendition of each source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RenditionPolicy {
    /// For people and logs.
    pub name: String,
    /// Where it goes, below the destination's prefix.
    pub key: KeyTemplate,
    /// Default: the source's own.
    pub format: Format,
    quality: Quality,
    resize: Option<Resize>,
    max_bytes: Option<u64>,
    metadata: Metadata,
    settings: Vec<Setting>,
    /// The part of a source's bytes, from 0 to 1, that a rendition in its format must save at least; with less, the picture stays as it
    /// is. Default: 0.05, since every lossy generation costs a little.
    pub min_savings: f64,
}

impl Policy {
    /// Whether this object has renditions: it is in the source's place, and is no folder marker.
    pub fn wants(&self, change: &Change) -> bool {
        change.bucket == self.source.bucket
            && change.key.as_str().starts_with(&self.source.prefix)
            && !change.key.is_folder_marker()
    }

    /// The key of a source's rendition.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Key`] if what the template makes of this key cannot be a key.
    pub fn destination_key(&self, rendition: &RenditionPolicy, source: &ObjectKey) -> Result<ObjectKey, TemplateError> {
        let below = source.as_str().strip_prefix(&self.source.prefix).unwrap_or(source.as_str());
        rendition.key.expand(&self.destination.prefix, below, rendition.format.fixed())
    }

    /// The key of what is written about a source that is rejected. `None` if nothing is, or its key would be longer than S3 allows.
    pub fn rejection_key(&self, source: &ObjectKey) -> Option<ObjectKey> {
        ObjectKey::new(format!("{}{source}.json", self.rejections.as_ref()?)).ok()
    }
}

impl Format {
    /// The media type, where it does not depend on the source.
    pub fn fixed(&self) -> Option<&MediaType> {
        match self {
            Self::Same => None,
            Self::Fixed(media_type) => Some(media_type),
        }
    }
}

impl RenditionPolicy {
    /// What the encoder is asked for, once the format is known.
    pub fn request(&self, media_type: MediaType) -> Rendition {
        let mut rendition = Rendition::new(media_type).quality(self.quality);
        rendition.resize = self.resize;
        rendition.max_bytes = self.max_bytes;
        rendition.metadata = self.metadata;
        rendition.settings.clone_from(&self.settings);
        rendition
    }

    /// The most bytes that a rendition in the format of its source may have, to be worth what it costs.
    pub(crate) fn worthwhile(&self, source_bytes: usize) -> usize {
        // Without a loss, every byte less is a gain.
        let least = if self.quality == Quality::Lossless { 0.0 } else { self.min_savings };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a part of the size"
        )]
        let most = (source_bytes as f64 * (1.0 - least)) as usize;
        most.min(source_bytes.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests;
