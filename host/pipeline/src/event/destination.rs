//! What Lambda sends to an on-failure destination: the event of the invocation that failed, with why. Sent on to the queue, it is tried again.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use serde_json::Value;

use super::contents::{Content, Opened};

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    Some(Ok(vec![Content::Json(value.get("requestPayload")?)]))
}
