//! A queue, as far as whoever receives from it needs it.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName},
};

use crate::message;

/// The most messages that one call gives.
pub(crate) const MOST: usize = 10;

/// A queue of SQS.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A call that SQS did not answer with what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{operation} {queue}: {reason}")]
pub struct QueueError {
    operation: &'static str,
    queue: String,
    reason: String,
}

impl Queue {
    /// The queue at this URL.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether it keeps an order.
    pub(crate) fn is_fifo(&self) -> bool {
        message::is_fifo(&self.url)
    }

    /// How long a message is hidden that is received.
    pub(crate) async fn visibility_timeout(&self) -> Result<Duration, QueueError> {
        let name = QueueAttributeName::VisibilityTimeout;
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let got = request.send().await.map_err(|error| self.error("GetQueueAttributes", error))?;
        let seconds = got.attributes().and_then(|all| all.get(&name)).and_then(|seconds| seconds.parse().ok());
        // What SQS gives a queue of which nothing is said; compatible services may leave the attribute out.
        Ok(Duration::from_secs(seconds.unwrap_or(30)))
    }

    /// Waits up to `wait` for messages, and takes those that are there, ten at most: nobody else sees them for the time of `visibility`.
    pub(crate) async fn receive(
        &self,
        most: usize,
        wait: Duration,
        visibility: Duration,
    ) -> Result<Vec<Message>, QueueError> {
        let request = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most.clamp(1, MOST)).unwrap_or(1))
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(visibility))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All");
        let received = request.send().await.map_err(|error| self.error("ReceiveMessage", error))?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Sends a message; to a FIFO queue in this group, and only once under this identity.
    pub(crate) async fn send(&self, body: &str, group: &str, identity: &str) -> Result<(), QueueError> {
        let mut request = self.client.send_message().queue_url(&self.url).message_body(body);
        if self.is_fifo() {
            request = request.message_group_id(group).message_deduplication_id(identity);
        }
        request.send().await.map(|_| ()).map_err(|error| self.error("SendMessage", error))
    }

    /// Hides a message that was received for this long, counted from now; shows it again at once if it is nothing.
    pub(crate) async fn hide(&self, receipt: &str, visibility: Duration) -> Result<(), QueueError> {
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        let sent = request.visibility_timeout(seconds(visibility)).send().await;
        sent.map(|_| ()).map_err(|error| self.error("ChangeMessageVisibility", error))
    }

    /// Shows messages that were received again, at once.
    pub(crate) async fn show_all(&self, receipts: &[&str]) -> Result<(), QueueError> {
        for receipts in receipts.chunks(MOST) {
            let entry = |(place, receipt): (usize, &&str)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(place.to_string());
                entry.receipt_handle(*receipt).visibility_timeout(0).build()
            };
            // Only a missing field makes an entry fail, and there they are.
            let entries = receipts.iter().enumerate().filter_map(|receipt| entry(receipt).ok()).collect();
            let request = self.client.change_message_visibility_batch().queue_url(&self.url).set_entries(Some(entries));
            request.send().await.map_err(|error| self.error("ChangeMessageVisibilityBatch", error))?;
        }
        Ok(())
    }

    /// Deletes a message that was received.
    pub(crate) async fn delete(&self, receipt: &str) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt);
        request.send().await.map(|_| ()).map_err(|error| self.error("DeleteMessage", error))
    }

    fn error<E>(&self, operation: &'static str, error: SdkError<E>) -> QueueError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let reason = match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            _ => DisplayErrorContext(error).to_string(),
        };
        QueueError { operation, queue: self.url.clone(), reason }
    }
}

/// SQS counts in seconds; a part of one is one.
fn seconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(i32::MAX)
}
