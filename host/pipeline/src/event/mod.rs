//! Events: from whatever envelope, to the objects that may have changed.
//!
//! An envelope is recognised by its shape. An invocation's own one says who waits for an answer, and of which form:
//!
//! | [`Source`] | the invocation |
//! | --- | --- |
//! | [`Queue`](Source::Queue) | a batch of SQS, standard or FIFO |
//! | [`Kinesis`](Source::Kinesis) | a batch of a stream |
//! | [`Firehose`](Source::Firehose) | records to be transformed |
//! | [`BatchOperations`](Source::BatchOperations) | tasks of S3 Batch Operations, schema 1.0 and 2.0 |
//! | [`Gateway`](Source::Gateway) | a request of API Gateway (REST or HTTP), or of a function URL |
//! | [`Asynchronous`](Source::Asynchronous) | SNS, S3, EventBridge, a plain job: nobody reads an answer, and an error is tried again |
//!
//! Whatever it carries may be in any envelope again, up to a fixed depth: a notification of S3, a notification of SNS, an event of EventBridge
//! (S3's own, or CloudTrail's), what Lambda sends to an on-failure destination, or a plain job `{"bucket": "…", "key": "…"}`.
//!
//! Lenient in what is read: stores that imitate S3 leave fields out, and nothing but bucket and key is needed. What happened to an object is
//! not even looked at: an event is only a hint, and an object whose tags were changed costs a look at its renditions. What is not understood
//! is an error that quotes its beginning.
//!
//! Keys are encoded as in a form in notifications of S3 and in tasks of S3 Batch Operations, and nowhere else.

mod asynchronous;
mod batch_operations;
mod cloudtrail;
mod contents;
mod destination;
mod eventbridge;
mod firehose;
mod gateway;
pub(crate) mod job;
mod kinesis;
mod s3;
mod sns;
mod sqs;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::message::Message;
use crate::{Bucket, ObjectKey};

/// A hint that an object may have been made, overwritten or removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// The bucket that it is in.
    pub bucket: Bucket,
    /// Its key, decoded.
    pub key: ObjectKey,
}

/// What a function is invoked with.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event {
    /// Who waits for an answer.
    pub source: Source,
    /// What is answered for, in the event's order.
    pub messages: Vec<Message>,
}

/// Who invokes a function, as far as the form of the answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An event source mapping of an SQS queue.
    Queue,
    /// An event source mapping of a Kinesis stream.
    Kinesis,
    /// A delivery stream of Amazon Data Firehose that has its records transformed.
    Firehose,
    /// A job of S3 Batch Operations.
    BatchOperations,
    /// Somebody who waits at the other end of an HTTP request.
    Gateway,
    /// Lambda's own queue of asynchronous invocations.
    Asynchronous,
}

/// An event that says nothing we understand, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that Sandpress understands ({reason}): {beginning}")]
pub struct EventError {
    /// What is wrong with it.
    pub reason: String,
    /// The first characters of what is not understood.
    pub beginning: String,
}

impl Event {
    /// Reads what a function is invoked with.
    ///
    /// # Errors
    ///
    /// [`EventError`] if it is in no envelope that we know, or in one that cannot be answered as its source expects. A message that is not
    /// understood is none: it is among the others, with its own error.
    pub fn read(event: &Value) -> Result<Self, EventError> {
        let envelopes = [
            sqs::read,
            kinesis::read,
            firehose::read,
            batch_operations::read,
            gateway::read,
            sns::read,
            asynchronous::read,
        ];
        let read = envelopes.iter().find_map(|read| read(event));
        read.unwrap_or_else(|| Err("it is of no kind that is known".to_owned()))
            .map_err(|reason| EventError::new(reason, event))
    }
}

/// The changes that a message's body tells of: none for S3's test event, for instance.
///
/// # Errors
///
/// [`EventError`], and then none of its records has been taken.
pub fn changes(body: &str) -> Result<Vec<Change>, EventError> {
    contents::of_text(body)
}

impl Change {
    /// An object by its names, decoded.
    fn named(bucket: &str, key: &str) -> Result<Self, String> {
        let (bucket, key) = (Bucket::new(bucket), ObjectKey::new(key));
        Ok(Self { bucket: bucket.map_err(|error| error.to_string())?, key: key.map_err(|error| error.to_string())? })
    }
}

impl EventError {
    fn new(reason: String, event: &impl ToString) -> Self {
        Self { reason, beginning: event.to_string().chars().take(200).collect() }
    }
}

/// What an envelope's module makes of an invocation's event: nothing if it is another one's, else the event, or why there is none.
type Read = Option<Result<Event, String>>;

/// The records of an invocation, if each is of the kind that has this field: an event holds one kind.
fn records<'a>(event: &'a Value, list: &str, field: &str) -> Option<&'a Vec<Value>> {
    event.get(list)?.as_array().filter(|records| records.first().is_some_and(|first| first.get(field).is_some()))
}

/// A message for each record. Without an identifier there is no way to say what became of one.
fn messages(source: Source, records: &[Value], identifier: &str, message: impl Fn(String, &Value) -> Message) -> Read {
    let identified = |record| Ok(message(contents::text(record, identifier)?.to_owned(), record));
    Some(records.iter().map(identified).collect::<Result<_, _>>().map(|messages| Event { source, messages }))
}

#[cfg(test)]
mod tests;
