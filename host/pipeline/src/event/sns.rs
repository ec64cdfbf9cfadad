//! Notifications of SNS: as Lambda is invoked with them, and as a queue has them without raw delivery.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>,
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>

use serde_json::Value;

use super::{
    Event, Message, Read, Source,
    asynchronous::identity,
    contents::{self, Content, Opened, text},
    records,
};

pub(super) fn read(event: &Value) -> Read {
    let message = |record| Message::new(identity(record), contents::message(record));
    let messages = records(event, "Records", "Sns")?.iter().map(message).collect();
    Some(Ok(Event { source: Source::Asynchronous, messages }))
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    let is_envelope = || value.get("Type").is_some_and(|kind| kind == "Notification");
    let envelope = value.get("Sns").or_else(|| is_envelope().then_some(value))?;
    Some(text(envelope, "/Message").map(|message| vec![Content::Text(message.into())]))
}
