//! Events, to be read: the corpus of `tests/events`, envelopes of all kinds, and what must hold of whatever is read.

pub mod corpus;
pub mod envelopes;
pub mod mutate;
pub mod nest;

use std::panic::{self, AssertUnwindSafe};

use sandpress_pipeline::event::{Event, Source};
use serde_json::Value;

/// Reads an event that may be anything, and checks what must hold of that: no panic, and every record is answered for.
///
/// # Errors
///
/// What does not hold.
pub fn check(event: &Value) -> Result<(), String> {
    let read = panic::catch_unwind(AssertUnwindSafe(|| Event::read(event))).map_err(|_| "it panics".to_owned())?;
    let read = match read {
        Ok(read) => read,
        Err(error) => return quotes(&error.to_string(), &error.beginning),
    };
    let list = |name: &str| event[name].as_array().map(|records| records.iter().collect::<Vec<_>>());
    // What the source waits to hear of, and what it calls each.
    let (records, identifier) = match read.source {
        Source::Queue => (list("Records"), Some("/messageId")),
        Source::Kinesis => (list("Records"), Some("/kinesis/sequenceNumber")),
        Source::Firehose => (list("records"), Some("/recordId")),
        Source::BatchOperations => (list("tasks"), Some("/taskId")),
        Source::Asynchronous if event.pointer("/Records/0/Sns").is_some() => (list("Records"), None),
        _ => (Some(vec![event]), None),
    };
    let records = records.ok_or("a list that is none")?;
    if records.len() != read.messages.len() {
        return Err(format!("{} records and {} messages", records.len(), read.messages.len()));
    }
    for (record, message) in records.into_iter().zip(&read.messages) {
        let called = identifier.map(|pointer| record.pointer(pointer).and_then(Value::as_str));
        if message.id.is_empty() || called.is_some_and(|called| called != Some(message.id.as_str())) {
            return Err(format!("a message that nobody knows as `{}`: {record}", message.id));
        }
        if let Err(error) = &message.changes {
            quotes(&error.to_string(), &error.beginning)?;
        }
    }
    Ok(())
}

/// An error says why, and quotes so much that it can be told what it is about.
fn quotes(error: &str, beginning: &str) -> Result<(), String> {
    let is_short = beginning.chars().count() <= 200 && error.chars().count() < 4096;
    if is_short && error.contains(beginning) { Ok(()) } else { Err(format!("an error that does not help: {error}")) }
}
