//! Reading a dead-letter queue, and sending what is in it back.
//!
//! SQS has no way to look at a message without receiving it. So letters are received, which hides them from every other reader and counts
//! as an attempt, and are shown again when everything has been seen.

use std::{
    collections::HashSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName as System};

use crate::{
    Bucket, ObjectKey, Queue, QueueError,
    event::{self, Change},
    queue::MOST,
};

/// How long a letter is hidden that has been received. Whoever is stopped in between has hidden it for this long.
const HIDDEN: Duration = Duration::from_secs(60);

/// Any wait makes SQS ask all of its servers.
const WAIT: Duration = Duration::from_secs(1);

/// The reason of a letter that SQS has moved, since it was received too often: nobody knows more than that it failed.
pub const FAILED: &str = "failed";

/// A message in a dead-letter queue.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Letter {
    /// SQS's identifier.
    pub id: String,
    /// The code of a [`Reason`](crate::Reason), or [`FAILED`].
    pub reason: String,
    /// For people.
    pub detail: String,
    /// What it is about: one object, or all that its message names.
    pub objects: Vec<Change>,
    /// When the message was sent first, as far as SQS knows.
    pub sent: Option<SystemTime>,
    /// How often it has been received, by whomever, in whichever queue.
    pub received: u32,
    /// The message group whose order it belongs to.
    pub group: Option<String>,
    /// The message as it came.
    pub body: String,
    receipt: String,
}

/// What became of letters that were to be sent back.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Redriven {
    /// They are in the other queue, and deleted here.
    pub sent: Vec<Letter>,
    /// They were not asked for, and are here still.
    pub kept: usize,
    /// Why it ended before everything was seen.
    pub error: Option<QueueError>,
}

impl Queue {
    /// The letters in this queue. They stay there: each is hidden from other readers until all have been seen.
    ///
    /// Of a message group in a FIFO queue only the first ten can be seen, since those hide the ones behind them.
    ///
    /// # Errors
    ///
    /// [`QueueError`], and then the letters are shown again.
    pub async fn letters(&self) -> Result<Vec<Letter>, QueueError> {
        let mut seen = Seen::default();
        let end = loop {
            match self.unseen(&mut seen).await {
                Ok(new) if new.is_empty() => break Ok(()),
                Ok(new) => seen.letters.extend(new),
                Err(error) => break Err(error),
            }
        };
        self.show(&seen.letters).await;
        // A standard queue gives them in no order.
        seen.letters.sort_by_key(|letter| letter.sent);
        end.map(|()| seen.letters)
    }

    /// Sends letters that are wanted to another queue, each as the message that it was, and then deletes it here. It is in one of both queues
    /// at any time, and in both if this is stopped in between, which does no harm.
    ///
    /// What is not wanted stays, and in a FIFO queue hides what is behind it, as with [`letters`](Self::letters).
    pub async fn redrive(&self, to: &Self, wanted: impl Fn(&Letter) -> bool) -> Redriven {
        let (mut seen, mut sent) = (Seen::default(), Vec::new());
        let error = loop {
            let new = match self.unseen(&mut seen).await {
                Ok(new) if new.is_empty() => break None,
                Ok(new) => new,
                Err(error) => break Some(error),
            };
            let mut error = None;
            for letter in new {
                // After an error the rest is only kept.
                if error.is_some() || !wanted(&letter) {
                    seen.letters.push(letter);
                    continue;
                }
                match self.forward(to, &letter).await {
                    Ok(()) => sent.push(letter),
                    Err(refused) => {
                        seen.letters.push(letter);
                        error = Some(refused);
                    }
                }
            }
            if error.is_some() {
                break error;
            }
        };
        self.show(&seen.letters).await;
        Redriven { sent, kept: seen.letters.len(), error }
    }

    /// Receives letters; none, if all that there are have been seen.
    async fn unseen(&self, seen: &mut Seen) -> Result<Vec<Letter>, QueueError> {
        let messages = self.receive(MOST, WAIT, HIDDEN).await?;
        // One that comes a second time was hidden for as long as it is; it is shown again after as long.
        Ok(messages.into_iter().filter_map(Letter::new).filter(|letter| seen.ids.insert(letter.id.clone())).collect())
    }

    async fn forward(&self, to: &Self, letter: &Letter) -> Result<(), QueueError> {
        // A letter is sent once, even if this is done again before it is deleted; a message sent anew that comes back here is another letter.
        to.send(&letter.body, letter.group.as_deref().unwrap_or(&letter.id), &letter.id).await?;
        self.delete(&letter.receipt).await
    }

    async fn show(&self, letters: &[Letter]) {
        let receipts: Vec<_> = letters.iter().map(|letter| letter.receipt.as_str()).collect();
        if let Err(error) = self.show_all(&receipts).await {
            tracing::warn!(%error, "letters are shown again after {} seconds only", HIDDEN.as_secs());
        }
    }
}

/// What has been received until now.
#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    /// They are hidden, and are to be shown again.
    letters: Vec<Letter>,
}

impl Letter {
    fn new(message: Message) -> Option<Self> {
        let mut texts = message.message_attributes.unwrap_or_default();
        let mut text = |name: &str| texts.remove(name).and_then(|value| value.string_value);
        let system = message.attributes.unwrap_or_default();
        let number = |name| system.get(&name).and_then(|number| number.parse::<u64>().ok());
        let body = message.body.unwrap_or_default();
        let received = number(System::ApproximateReceiveCount).and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
        let named = text("bucket").zip(text("key")).and_then(|(bucket, key)| {
            Some(Change { bucket: Bucket::new(bucket).ok()?, key: ObjectKey::new(key).ok()? })
        });
        // One message may name several objects, of which the letter is about one.
        let objects = named.map_or_else(|| event::changes(&body).unwrap_or_default(), |named| vec![named]);
        let (reason, detail) = match text("reason") {
            Some(reason) => (reason, text("detail").unwrap_or_default()),
            None => (
                FAILED.to_owned(),
                format!(
                    "the queue gave it up; it was received {received} times, the log of the function says why it failed"
                ),
            ),
        };
        Some(Self {
            id: message.message_id?,
            reason,
            detail,
            objects,
            sent: number(System::SentTimestamp).map(|millis| UNIX_EPOCH + Duration::from_millis(millis)),
            received,
            group: system.get(&System::MessageGroupId).cloned().or_else(|| text("group")),
            body,
            receipt: message.receipt_handle?,
        })
    }
}
