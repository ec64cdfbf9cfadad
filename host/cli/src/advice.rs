//! What a person can do about an error.

use anyhow::Error;
use sandpress_sandbox::{CallError, CodecError};

/// An error in full, and what to do about it where something can be done.
pub(crate) fn explain(error: &Error) -> String {
    let advice = error.downcast_ref::<CallError>().and_then(|error| match error {
        CallError::Memory { .. } => Some("raise the limit with --memory"),
        CallError::Time { .. } => Some("raise the limit with --timeout"),
        CallError::Codec(CodecError::Malformed(_)) => Some("the file is damaged: get it again from where it came from"),
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
