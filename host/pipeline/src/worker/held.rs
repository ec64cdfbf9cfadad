//! A message that is held: hidden from all others until something has become of it.

use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use tokio::{
    sync::{OwnedSemaphorePermit, oneshot},
    task::JoinHandle,
};

use crate::{Queue, message::Message};

/// A message, and the heart that beats for it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) message: Message,
    queue: Queue,
    receipt: String,
    visibility: Duration,
    heart: Heart,
    _room: OwnedSemaphorePermit,
}

/// Extends a visibility timeout until it is told not to, or is dropped.
#[derive(Debug)]
struct Heart {
    end: oneshot::Sender<()>,
    beating: JoinHandle<()>,
}

impl Held {
    /// A message as it was received just now. SQS always gives an identifier and a receipt; without them nothing can be done with one.
    pub(super) fn new(
        queue: &Queue,
        message: aws_sdk_sqs::types::Message,
        visibility: Duration,
        room: OwnedSemaphorePermit,
    ) -> Option<Self> {
        let receipt = message.receipt_handle?;
        let attributes = message.attributes.unwrap_or_default();
        let group = attributes.get(&MessageSystemAttributeName::MessageGroupId).map(String::as_str);
        let attempt = attributes.get(&MessageSystemAttributeName::ApproximateReceiveCount).map(String::as_str);
        let message = Message::new(message.message_id?, message.body.unwrap_or_default());
        let message = message.of_queue(queue.url(), group).attempt(attempt);
        let heart = Heart::beat(queue.clone(), message.id.clone(), receipt.clone(), visibility);
        Some(Self { message, queue: queue.clone(), receipt, visibility, heart, _room: room })
    }

    /// The message is done. Whether it is out of the queue, too: if not, it comes back, and there is nothing left to do for it.
    pub(super) async fn delete(self) -> bool {
        self.heart.stop().await;
        let deleted = self.queue.delete(&self.receipt).await;
        if let Err(error) = &deleted {
            tracing::warn!(message = self.message.id, %error, "the message is done and could not be deleted: it comes back");
        }
        deleted.is_ok()
    }

    /// The message has failed: it comes back after the visibility timeout.
    pub(super) async fn fail(self) {
        let visibility = self.visibility;
        self.hide(visibility).await;
    }

    /// The message comes back at once.
    pub(super) async fn release(self) {
        self.hide(Duration::ZERO).await;
    }

    /// The message comes back after this time.
    pub(super) async fn release_after(self, time: Duration) {
        self.hide(time).await;
    }

    async fn hide(self, visibility: Duration) {
        self.heart.stop().await;
        if let Err(error) = self.queue.hide(&self.receipt, visibility).await {
            tracing::warn!(message = self.message.id, %error, "the message comes back after its visibility timeout");
        }
    }
}

impl Heart {
    fn beat(queue: Queue, message: String, receipt: String, visibility: Duration) -> Self {
        let (end, mut ended) = oneshot::channel();
        let beating = tokio::spawn(async move {
            // A beat that is lost is followed by another one in time.
            while tokio::time::timeout(visibility / 3, &mut ended).await.is_err() {
                if let Err(error) = queue.hide(&receipt, visibility).await {
                    tracing::warn!(message, %error, "a heartbeat was refused");
                }
            }
        });
        Self { end, beating }
    }

    /// Waits for a beat that is under way: it must not hide again what is shown next.
    async fn stop(self) {
        let _ = self.end.send(());
        let _ = self.beating.await;
    }
}
