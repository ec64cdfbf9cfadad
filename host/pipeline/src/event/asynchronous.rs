//! Invocations that nobody waits for: one message each, whichever envelope it is in.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html>

use sandpress_sandbox::Digest;
use serde_json::Value;

use super::{
    Event, Message, Read, Source,
    contents::{open, text},
};

/// Where those who send events name each: SNS to a function and to a queue, EventBridge, S3, and API Gateway and Lambda themselves.
const IDENTITIES: [&str; 5] = [
    "/Sns/MessageId",
    "/MessageId",
    "/id",
    "/Records/0/responseElements/x-amz-request-id",
    "/requestContext/requestId",
];

pub(super) fn read(event: &Value) -> Read {
    let is_known = match event.get("Records") {
        // Those of another kind of batch are not ours to call done.
        Some(records) => records.as_array()?.iter().all(|record| open(record).is_some()),
        None => open(event).is_some(),
    };
    let messages = || vec![Message::new(identity(event), event.to_string())];
    is_known.then(|| Ok(Event { source: Source::Asynchronous, messages: messages() }))
}

/// What the log calls a message that nobody has to be answered about: by what it holds, if it has no name.
pub(super) fn identity(event: &Value) -> String {
    let named = IDENTITIES.iter().find_map(|pointer| text(event, pointer).ok());
    named.map_or_else(|| Digest::of(event.to_string().as_bytes()).short(), str::to_owned)
}
