//! Batches of SQS, of standard and of FIFO queues.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>

use serde_json::Value;

use super::{
    Message, Read, Source,
    contents::{self, Content, Opened},
    messages, records,
};

pub(super) fn read(event: &Value) -> Read {
    messages(Source::Queue, records(event, "Records", "messageId")?, "/messageId", |id, record| {
        let attribute = |name| record.get("attributes")?.get(name)?.as_str();
        let queue = record.get("eventSourceARN").and_then(Value::as_str).unwrap_or_default();
        let message = Message::new(id, contents::message(record)).of_queue(queue, attribute("MessageGroupId"));
        message.attempt(attribute("ApproximateReceiveCount"))
    })
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("messageId")?;
    // One that is empty is a message too, if none that can be understood.
    let body = value.get("body")?.as_str().ok_or_else(|| "no text at /body".to_owned());
    Some(body.map(|body| vec![Content::Text(body.into())]))
}
