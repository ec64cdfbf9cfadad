//! Batches of a Kinesis stream.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>

use serde_json::Value;

use super::{
    Message, Read, Source,
    contents::{self, Opened, decoded},
    messages, records,
};

pub(super) fn read(event: &Value) -> Read {
    messages(Source::Kinesis, records(event, "Records", "kinesis")?, "/kinesis/sequenceNumber", |id, record| {
        Message::new(id, contents::message(record))
    })
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("kinesis").map(|record| decoded(record, "/data"))
}
