//! Short ways to say who is at fault.

use crate::Error;

pub(crate) fn unsupported(detail: impl Into<String>) -> Error {
    Error::Unsupported(detail.into())
}

pub(crate) fn malformed(detail: impl Into<String>) -> Error {
    Error::Malformed(detail.into())
}

pub(crate) fn bad_request(detail: impl Into<String>) -> Error {
    Error::BadRequest(detail.into())
}

pub(crate) fn internal(detail: impl Into<String>) -> Error {
    Error::Internal(detail.into())
}
