//! What is known of one image.

use sandpress_sandbox::{Digest, MediaType};
use serde::{Deserialize, Serialize};

/// An image, and what became of it on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Row {
    /// Its name below the origin.
    pub(super) file: String,
    /// Of the source.
    pub(super) bytes: u64,
    /// Of the source, where its header says it.
    pub(super) media_type: Option<MediaType>,
    /// Pixels of the source, as seen.
    pub(super) width: Option<u32>,
    /// Pixels of the source, as seen.
    pub(super) height: Option<u32>,
    pub(super) old: Outcome,
    pub(super) new: Outcome,
}

/// What became of an image on one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    Made(Made),
    /// Refused, trapped, stopped at a limit, or not what was asked for.
    Failed {
        error: String,
    },
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Made {
    pub(super) media_type: MediaType,
    pub(super) bytes: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    /// From call to return.
    pub(super) milliseconds: f64,
    /// Bytes.
    pub(super) peak_memory: u64,
    /// SSIMULACRA2 against the source.
    pub(super) score: Option<f64>,
    /// Why there is no score.
    pub(super) unscored: Option<String>,
    /// Of the file.
    pub(super) digest: Digest,
}

impl Outcome {
    pub(super) fn made(&self) -> Option<&Made> {
        match self {
            Self::Made(made) => Some(made),
            Self::Failed { .. } => None,
        }
    }

    pub(super) fn error(&self) -> Option<&str> {
        match self {
            Self::Made(_) => None,
            Self::Failed { error } => Some(error),
        }
    }
}

impl Row {
    /// What both made; nothing if one failed.
    pub(super) fn both(&self) -> Option<(&Made, &Made)> {
        Some((self.old.made()?, self.new.made()?))
    }

    /// The new file's size for each byte of the old one.
    #[expect(clippy::cast_precision_loss, reason = "sizes beyond 2^53 bytes do not occur")]
    pub(super) fn size_ratio(&self) -> Option<f64> {
        let (old, new) = self.both()?;
        (old.bytes > 0).then(|| new.bytes as f64 / old.bytes as f64)
    }

    /// The time of the new one for each second of the old one.
    pub(super) fn time_ratio(&self) -> Option<f64> {
        let (old, new) = self.both()?;
        (old.milliseconds > 0.0).then(|| new.milliseconds / old.milliseconds)
    }

    /// How much higher the score of the new file is; below zero where it is worse.
    pub(super) fn score_difference(&self) -> Option<f64> {
        let (old, new) = self.both()?;
        // What is computed of thousandths is a thousandth.
        Some(((new.score? - old.score?) * 1e3).round() / 1e3)
    }
}
