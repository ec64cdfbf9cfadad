//! Dead letters: messages that can never be done, with the reason, in the queue that people look at.

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::MessageAttributeValue};
use sandpress_sandbox::Digest;

use crate::{
    Failure, Recipe, Rejection,
    event::{Change, job},
    message::{self, Message, escaped, is_allowed},
};

/// SQS counts attributes into the size of a message; a sentence is enough.
const DETAIL: usize = 1024;

/// A message has 1 MiB at most, of which attributes may take this much less: a key, which is as long as a detail, and two such texts in UTF-8.
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
const BODY: usize = (1 << 20) - (16 << 10);

/// The queue of dead letters.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
    url: String,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burial<'a> {
    /// Its body goes as it came, so that it can be redriven: what is understood as a message of the queue is in whichever envelope it came.
    pub(crate) message: &'a Message,
    /// What is rejected, if the message could be read.
    pub(crate) object: Option<&'a Change>,
    /// Why.
    pub(crate) rejection: &'a Rejection,
    /// By what: under another recipe it may be accepted.
    pub(crate) recipe: Recipe,
}

impl DeadLetters {
    /// The queue at this URL.
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    /// Sends a message's body with all else as attributes, of which SQS allows ten.
    pub(crate) async fn send(&self, burial: Burial<'_>) -> Result<(), Failure> {
        let Burial { message, object, rejection, recipe } = burial;
        let is_fifo = message::is_fifo(&self.url);
        let attributes = [
            ("reason", Some(rejection.reason.code())),
            ("detail", Some(rejection.detail.as_str())),
            ("bucket", object.map(|object| object.bucket.as_str())),
            ("key", object.map(|object| object.key.as_str())),
            ("recipe", Some(recipe.to_string().as_str())),
            ("attempt", message.attempt.as_deref()),
            // A standard queue keeps no order; whoever redrives the letter into the FIFO queue finds its group here.
            ("group", message.group.as_deref().filter(|_| !is_fifo)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), text(value?))))
        .collect();
        let mut request = self.client.send_message().queue_url(&self.url).message_body(body(message, object));
        if is_fifo {
            // One letter for each message and object, however often it is sent: the message may come again before it is deleted.
            let identity = Digest::of(format!("{}{object:?}", message.id).as_bytes());
            request = request
                .message_group_id(message.group.as_ref().unwrap_or(&message.id))
                .message_deduplication_id(identity.to_string());
        }
        let sent = request.set_message_attributes(Some(attributes)).send().await;
        sent.map(|_| ()).map_err(|error| Failure::DeadLetter(DisplayErrorContext(error).to_string()))
    }
}

/// A message's body as SQS takes it: what comes another way may be longer, or of other characters.
fn body(message: &Message, object: Option<&Change>) -> String {
    let whole = escaped(&message.body);
    match object {
        _ if (1..=BODY).contains(&whole.len()) => whole,
        // The rest of it has told of other objects, of which each has its own letter if it needs one.
        Some(object) => job::write(object),
        None if whole.is_empty() => "-".to_owned(),
        None => whole.chars().take(BODY / 4).collect(),
    }
}

/// An attribute: SQS takes no empty one.
fn text(value: &str) -> MessageAttributeValue {
    let mut value: String = value.chars().take(DETAIL).map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect();
    if value.is_empty() {
        value.push('-');
    }
    let builder = MessageAttributeValue::builder().data_type("String").string_value(value);
    // Only a missing data type makes it fail, and there it is.
    builder.build().unwrap_or_else(|error| unreachable!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, ObjectKey, event::changes};

    #[test]
    fn every_body_can_be_sent_and_says_the_same() {
        let object = Change { bucket: Bucket::new("uploads").unwrap(), key: ObjectKey::new("a\u{ffff}.jpg").unwrap() };
        let job = format!(r#"{{"bucket":"uploads","key":"a{}.jpg"}}"#, '\u{ffff}');
        let long = format!("{job}{}", " ".repeat(1 << 20));
        for (text, object) in
            [(job.as_str(), None), (&job, Some(&object)), (&long, Some(&object)), ("a\u{1}b", None), ("", None)]
        {
            let body = body(&Message::new("1".to_owned(), text.to_owned()), object);
            assert!((1..=BODY).contains(&body.len()) && body.chars().all(is_allowed), "{text:.50}");
            assert_eq!(changes(&body).ok(), changes(text).ok(), "{text:.50}");
        }
        let endless = body(&Message::new("1".to_owned(), "ä".repeat(1 << 20)), None);
        assert!((1..=BODY).contains(&endless.len()));
    }
}
