//! Dead letters: messages that can never be done, with the reason, in the queue that people look at.

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::MessageAttributeValue};

use crate::{Failure, Rejection, event::Change};

/// SQS counts attributes into the size of a message; a sentence is enough.
const DETAIL: usize = 1024;

/// The queue of dead letters.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
    url: String,
}

impl DeadLetters {
    /// The queue at this URL.
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    /// Sends a message's body as it came, so that it can be redriven, with the object and the reason as attributes.
    pub(crate) async fn send(&self, body: &str, object: Option<&Change>, rejection: &Rejection) -> Result<(), Failure> {
        let mut request = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes("reason", text(rejection.reason.code()))
            .message_attributes("detail", text(&rejection.detail));
        if let Some(Change { bucket, key }) = object {
            request = request
                .message_attributes("bucket", text(bucket.as_str()))
                .message_attributes("key", text(key.as_str()));
        }
        request.send().await.map(|_| ()).map_err(|error| Failure::DeadLetter(DisplayErrorContext(error).to_string()))
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
