//! What a person can do about an error.

use std::fmt;

use anyhow::Error;
use sandpress_sandbox::{CallError, CodecError, MediaType};

/// Stands before an error where the image was to change its format.
#[derive(Debug)]
pub(crate) struct Conversion {
    pub(crate) from: MediaType,
    pub(crate) to: MediaType,
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot become {}", self.from, self.to)
    }
}

/// An error in full, and what to do about it where something can be done.
pub(crate) fn explain(error: &Error) -> String {
    let converting = error.is::<Conversion>();
    let advice = error.downcast_ref::<CallError>().and_then(|error| match error {
        CallError::Memory { .. } => Some("raise the limit with --memory"),
        CallError::Time { .. } => Some("raise the limit with --timeout"),
        CallError::Codec(CodecError::Malformed(_)) => Some("get the file again from where it came from"),
        CallError::Codec(CodecError::Unsupported(_)) if converting => Some("another --format may hold it"),
        CallError::Codec(CodecError::Internal(_))
        | CallError::Stack { .. }
        | CallError::Trap { .. }
        | CallError::BadOutput(_) => Some("this is the encoder's fault; please report it with the image"),
        // The codec has said with figures what does not fit.
        _ => None,
    });
    match advice {
        Some(advice) => format!("{error:#}; {advice}"),
        None => format!("{error:#}"),
    }
}
