//! Dead letters: messages that can never be done, with the reason, in the queue that people look at.

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::MessageAttributeValue};

use sandpress_sandbox::Digest;

use crate::{
    Failure, Recipe, Rejection,
    event::Change,
    message::{self, Message},
};

/// SQS counts attributes into the size of a message; a sentence is enough.
const DETAIL: usize = 1024;

/// The queue of dead letters.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
    url: String,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burial<'a> {
    /// Its body goes as it came, so that it can be redriven.
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
        let mut request = self.client.send_message().queue_url(&self.url).message_body(&message.body);
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

/// SQS takes the characters of XML 1.0 only (`InvalidMessageContents` else), and no empty value.
fn text(value: &str) -> MessageAttributeValue {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut value: String = value.chars().take(DETAIL).map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect();
    if value.is_empty() {
        value.push('-');
    }
    let builder = MessageAttributeValue::builder().data_type("String").string_value(value);
    // Only a missing data type makes it fail, and there it is.
    builder.build().unwrap_or_else(|error| unreachable!("{error}"))
}
