//! Envelopes in envelopes.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    Change, EventError, batch_operations, cloudtrail, destination, eventbridge, firehose, gateway, job, kinesis, s3,
    sns, sqs,
};

/// One layer of what is in an envelope.
pub(super) enum Content<'a> {
    Change(Change),
    Json(&'a Value),
    Text(Cow<'a, str>),
}

/// What is in an envelope, or why it cannot be opened.
pub(super) type Opened<'a> = Result<Vec<Content<'a>>, String>;

/// How many envelopes may be in each other. AWS nests five: what failed, with the records of SNS, of which each has a message with the records
/// of S3.
const DEPTH: usize = 8;

/// Each looks at a document, and leaves it to the others if its envelope has another shape.
const ENVELOPES: [fn(&Value) -> Option<Opened<'_>>; 12] = [
    list,
    s3::open,
    sqs::open,
    sns::open,
    kinesis::open,
    firehose::open,
    batch_operations::open,
    destination::open,
    gateway::open,
    eventbridge::open,
    cloudtrail::open,
    job::open,
];

/// The changes in a text.
pub(super) fn of_text(text: &str) -> Result<Vec<Change>, EventError> {
    let mut changes = Vec::new();
    read_text(text, DEPTH, &mut changes)?;
    Ok(changes)
}

/// Takes one envelope off, if this is one.
pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    ENVELOPES.iter().find_map(|open| open(value))
}

/// The message in a record: the text that it carries, or all of it, if it carries none.
pub(super) fn message(record: &Value) -> String {
    match open(record).and_then(Result::ok).and_then(|contents| contents.into_iter().next()) {
        Some(Content::Text(text)) => text.into_owned(),
        _ => record.to_string(),
    }
}

/// A text in a document that must be there, by its JSON pointer.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, String> {
    let text = value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| format!("no text at {pointer}"))
}

/// A text that is coded in base64 at such a place.
pub(super) fn decoded<'a>(value: &Value, pointer: &str) -> Opened<'a> {
    let bytes = STANDARD.decode(text(value, pointer)?).map_err(|error| format!("no base64 at {pointer}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("no UTF-8 in the base64 at {pointer}: {error}"))?;
    Ok(vec![Content::Text(text.into())])
}

/// Only this object.
pub(super) fn object(bucket: &str, key: &str) -> Opened<'static> {
    Ok(vec![Content::Change(Change::named(bucket, key)?)])
}

/// What Lambda is invoked with by S3, SNS, SQS and Kinesis, and what S3 writes to SQS and SNS.
fn list(value: &Value) -> Option<Opened<'_>> {
    let records = value.get("Records")?;
    let records = records.as_array().map(|records| records.iter().map(Content::Json).collect());
    Some(records.ok_or_else(|| "`Records` is no list".to_owned()))
}

fn read_text(text: &str, depth: usize, changes: &mut Vec<Change>) -> Result<(), EventError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| EventError::new(format!("not JSON: {error}"), &text))?;
    read(&value, depth, changes)
}

fn read(value: &Value, depth: usize, changes: &mut Vec<Change>) -> Result<(), EventError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(EventError::new(format!("more than {DEPTH} envelopes in each other"), value));
    };
    let opened = open(value).unwrap_or_else(|| Err("it is of no kind that is known".to_owned()));
    for content in opened.map_err(|reason| EventError::new(reason, value))? {
        match content {
            Content::Change(change) => changes.push(change),
            Content::Json(value) => read(value, depth, changes)?,
            Content::Text(text) => read_text(&text, depth, changes)?,
        }
    }
    Ok(())
}
