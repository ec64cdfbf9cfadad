//! Records that Amazon Data Firehose has transformed.
//!
//! <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>

use serde_json::Value;

use super::{
    Message, Read, Source,
    contents::{self, Opened, decoded},
    messages, records,
};

pub(super) fn read(event: &Value) -> Read {
    let records = records(event, "records", "recordId")?;
    // The data goes back with the answer, even if there is none.
    if !records.iter().all(|record| record.get("data").is_some_and(Value::is_string)) {
        return Some(Err("a record without data".to_owned()));
    }
    messages(Source::Firehose, records, "/recordId", |id, record| Message::new(id, contents::message(record)))
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("recordId").map(|_| decoded(value, "/data"))
}
