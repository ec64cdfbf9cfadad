//! A queue, as far as whoever receives from it, or sends many messages to it, needs it.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{
        BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName,
        QueueAttributeName, SendMessageBatchRequestEntry,
    },
};

use crate::message;

/// The most messages that one call gives or takes.
pub(crate) const MOST: usize = 10;

/// How often the messages of a batch are sent that SQS does not take.
const ATTEMPTS: u32 = 6;

/// The pause before the second of these attempts; each one is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(100);

/// A message to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) body: String,
    /// In a FIFO queue, the group whose order is kept.
    pub(crate) group: String,
    /// In a FIFO queue, it is sent once under this identity.
    pub(crate) identity: String,
}

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

    /// Sends messages, ten at most, in one call. Those that SQS does not take, through no fault of theirs, are sent again.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
    pub(crate) async fn send_batch(&self, messages: &[Outgoing]) -> Result<(), QueueError> {
        const OPERATION: &str = "SendMessageBatch";
        let refused = |reason| QueueError { operation: OPERATION, queue: self.url.clone(), reason };
        let mut left: Vec<(String, &Outgoing)> =
            messages.iter().enumerate().map(|(place, message)| (place.to_string(), message)).collect();
        let mut pause = PAUSE;
        for attempt in 1.. {
            let entry = |(id, message): &(String, &Outgoing)| {
                let mut entry = SendMessageBatchRequestEntry::builder().id(id).message_body(&message.body);
                if self.is_fifo() {
                    entry = entry.message_group_id(&message.group).message_deduplication_id(&message.identity);
                }
                // Only a missing field makes it fail, and there they are.
                entry.build().ok()
            };
            let entries = left.iter().filter_map(entry).collect();
            let request = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let answer = request.send().await.map_err(|error| self.error(OPERATION, error))?;
            // What it says nothing of, it has not taken.
            left.retain(|(id, _)| !answer.successful().iter().any(|sent| sent.id() == id));
            let mut failed = answer.failed().iter();
            let said = |failed: &BatchResultErrorEntry| {
                format!("{}: {}", failed.code(), failed.message().unwrap_or("it says nothing more"))
            };
            match failed.clone().find(|failed| failed.sender_fault()) {
                Some(failed) => return Err(refused(said(failed))),
                None if left.is_empty() => return Ok(()),
                None if attempt < ATTEMPTS => tokio::time::sleep(pause).await,
                None => return Err(refused(failed.next().map_or("some messages were not taken".to_owned(), said))),
            }
            pause *= 2;
        }
        Ok(())
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
