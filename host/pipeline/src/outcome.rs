//! What became of an object.

use std::time::Duration;

use sandpress_sandbox::{CallError, CodecError, Digest, MediaType};
use serde::Serialize;

use crate::{ObjectKey, StoreError, Unserved};

/// What became of an object. All but [`Outcome::Rejected`] and [`Outcome::Failed`] mean that the destination agrees with the source.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Renditions were written.
    Made(Vec<Made>),
    /// Every rendition is there already, of this version of the source and by this recipe.
    Unchanged,
    /// The source is gone; its renditions too, if the policy says so.
    Gone {
        /// How many renditions were deleted.
        deleted: usize,
    },
    /// No rendition is wanted, for this reason.
    Skipped(&'static str),
    /// The image is at fault, and always will be. Renditions that could be made are there all the same, and none is of an older version.
    Rejected(Rejection),
    /// It is at fault, and stands as it is in the place of each rendition that could not be made, since the policy says so.
    Copied(Rejection),
    /// The world is at fault, and that may pass.
    Failed(Failure),
}

/// A rendition that was written.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// Its name in the policy.
    pub rendition: String,
    /// Where it is.
    pub key: ObjectKey,
    /// Its format.
    pub media_type: MediaType,
    /// Its size.
    pub bytes: u64,
    /// Its size as a part of its source's.
    pub ratio: f64,
    /// Whether the source's own picture was stored, since the encoder's saved too little.
    pub original: bool,
    /// The encoder's component.
    pub encoder: Digest,
}

/// Why an image is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", reason.code())]
pub struct Rejection {
    /// For programs.
    pub reason: Reason,
    /// For people.
    pub detail: String,
}

/// The kinds of rejection: stable, since dead letters carry them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No encoder reads this format, or this feature of it.
    Unsupported,
    /// The file breaks the rules of its format.
    Malformed,
    /// Too many bytes, pixels, or too much memory.
    OverLimit,
    /// The rendition's place is taken by another source's, or by an object that is not ours.
    Conflict,
    /// The message says nothing that we understand.
    UnreadableEvent,
}

impl Reason {
    /// Kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::OverLimit => "over-limit",
            Self::Conflict => "conflict",
            Self::UnreadableEvent => "unreadable-event",
        }
    }
}

/// Why the work could not be done now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// S3 did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An encoder misbehaved.
    #[error("the encoder {encoder} failed: {error}")]
    Encoder {
        /// Name and version.
        encoder: String,
        /// How.
        error: CallError,
    },
    /// The policy asks for what the encoder does not do.
    #[error("the policy asks the encoder {encoder} for what it does not do: {detail}")]
    Request {
        /// Name and version.
        encoder: String,
        /// What.
        detail: String,
    },
    /// The policy asks for what no encoder in service makes any more.
    #[error(transparent)]
    Unserved(#[from] Unserved),
    /// The dead letter could not be sent, so the message must stay.
    #[error("the dead letter could not be sent: {0}")]
    DeadLetter(String),
    /// The source, or a rendition, changed each time that we looked.
    #[error("the source or its renditions kept changing: gave up after {0} attempts")]
    Unsettled(u32),
    /// No time was left.
    #[error("not finished before the deadline")]
    Deadline,
    /// A bug in the host, contained.
    #[error("a bug in the host: {0}")]
    Panic(String),
}

impl Failure {
    /// What an operator must set right, if that is what it takes: the same text for the same cause, whatever the object.
    pub fn misconfiguration(&self) -> Option<String> {
        match self {
            Self::Store(StoreError::Misconfigured { operation, reason, advice, .. }) => {
                Some(format!("{operation}: {reason}; {advice}"))
            }
            Self::Request { .. } | Self::Unserved(_) => Some(self.to_string()),
            _ => None,
        }
    }
}

/// Ends the work on an object before it is done.
#[derive(Debug)]
pub(crate) enum Stop {
    Rejected(Rejection),
    Failed(Failure),
}

impl Stop {
    pub(crate) fn rejected(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Rejected(Rejection { reason, detail: detail.into() })
    }

    /// Sorts what an encoder answered by who is at fault.
    pub(crate) fn call(encoder: &str, error: CallError) -> Self {
        match error {
            CallError::Codec(CodecError::Unsupported(detail)) => Self::rejected(Reason::Unsupported, detail),
            CallError::Codec(CodecError::Malformed(detail)) => Self::rejected(Reason::Malformed, detail),
            CallError::Codec(CodecError::OverLimit(detail)) => Self::rejected(Reason::OverLimit, detail),
            CallError::Codec(CodecError::BadRequest(detail)) => {
                Self::Failed(Failure::Request { encoder: encoder.to_owned(), detail })
            }
            error @ CallError::Memory { .. } => Self::rejected(Reason::OverLimit, error.to_string()),
            error => Self::Failed(Failure::Encoder { encoder: encoder.to_owned(), error }),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(Failure::Store(error))
    }
}

impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Rejected(rejection) => Self::Rejected(rejection),
            Stop::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// Where the time of an object went, all its attempts together.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Stages {
    /// Looking at the destination, and at the source again.
    pub head: Duration,
    /// Reading the source.
    pub get: Duration,
    /// Waiting for a core and for memory.
    pub wait: Duration,
    /// In the encoder.
    pub encode: Duration,
    /// Writing renditions.
    pub put: Duration,
    /// Bytes of the source.
    pub source_bytes: u64,
    /// Bytes of the encoder's memory, at the highest point.
    pub peak_memory: u64,
    /// How often a candidate failed, and the release in service was asked instead.
    pub candidate_failures: u32,
}
