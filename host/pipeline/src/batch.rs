//! A batch of SQS messages, and the answer that says which of them must come back.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use aws_lambda_events::event::sqs::SqsEvent;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    DeadLetters, Failure, Lanes, OnRejection, Outcome, Reason, Reconciler, Rejection,
    dead_letter::Burial,
    event::Change,
    message::{self, Message},
    objects::Objects,
    report::Reporter,
};

/// Objects end this long before the deadline: what follows is the dead letters' time.
const MARGIN: Duration = Duration::from_millis(500);

/// The answer is on its way this long before the deadline: Lambda ends a function that is late, and then the whole batch comes back.
const ANSWER: Duration = Duration::from_millis(200);

/// Runs batches. Clones share everything.
#[derive(Clone, Debug)]
pub struct Batch {
    reconciler: Reconciler,
    dead_letters: DeadLetters,
    reporter: Reporter,
}

/// An event that is no batch that can be answered: the whole invocation fails, and everything in it comes back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Not from SQS.
    #[error("the function was invoked with something that is no batch of SQS messages ({reason}): {beginning}")]
    Unknown {
        /// What was expected.
        reason: String,
        /// The first characters of the event.
        beginning: String,
    },
}

impl Batch {
    /// Brings the parts together.
    pub fn new(reconciler: Reconciler, dead_letters: DeadLetters) -> Self {
        Self { reconciler, dead_letters, reporter: Reporter::default() }
    }

    /// Runs a batch and answers with `batchItemFailures`.
    ///
    /// Messages that name the same object share one reconciliation. A message is done when all of its objects are; one that is
    /// rejected is done when its dead letter is sent. No message fails because of another, but in a FIFO queue those that follow a
    /// failed one in its message group: they come back with it, so that their order is kept.
    ///
    /// # Errors
    ///
    /// [`BatchError`], and then nothing has been done.
    pub async fn run(&self, event: Value, deadline: Instant) -> Result<Value, BatchError> {
        let messages = messages(event)?;
        let ids: Vec<_> = messages.iter().map(|message| message.id.clone()).collect();
        let before = |margin| deadline.checked_sub(margin).unwrap_or(deadline);
        let (objects, answer) = (self.objects(&messages, before(MARGIN)), before(ANSWER));
        let mut chains = JoinSet::new();
        for chain in message::chains(messages, |message| message.group.as_deref()) {
            let (batch, objects) = (self.clone(), Arc::clone(&objects));
            chains.spawn(async move { batch.chain(chain, &objects, answer).await });
        }
        // A chain that panics says nothing, and all of it comes back.
        let mut done = BTreeSet::new();
        while let Some(chain) = chains.join_next().await {
            done.extend(chain.unwrap_or_default());
        }
        let failures = ids.iter().filter(|id| !done.contains(*id)).map(|id| json!({ "itemIdentifier": id }));
        Ok(json!({ "batchItemFailures": failures.collect::<Vec<_>>() }))
    }

    /// Handles messages one after the other until one fails; gives those that are done.
    async fn chain(&self, messages: Vec<Message>, objects: &Arc<Objects>, deadline: Instant) -> Vec<String> {
        let mut done = Vec::with_capacity(messages.len());
        let mut messages = messages.into_iter();
        for message in messages.by_ref() {
            let handled = tokio::time::timeout_at(deadline.into(), self.handle(&message, objects)).await;
            if let Err(failure) = handled.unwrap_or_else(|_| Err(Failure::Deadline.to_string())) {
                tracing::warn!(message = message.id, %failure, "the message comes back");
                break;
            }
            done.push(message.id);
        }
        for message in messages {
            tracing::warn!(
                message = message.id,
                group = message.group,
                "the message comes back after one of its group"
            );
        }
        done
    }

    /// The objects that these messages name, to be reconciled.
    pub(crate) fn objects<'a>(
        &self,
        messages: impl IntoIterator<Item = &'a Message>,
        deadline: Instant,
    ) -> Arc<Objects> {
        Objects::new(messages, &self.reconciler, &self.reporter, deadline)
    }

    /// What all that is under way shares.
    pub(crate) fn lanes(&self) -> &Lanes {
        self.reconciler.lanes()
    }

    /// From a message to its outcome: reconciles its objects and sends what must be sent. It is done, or why it must come back.
    pub(crate) async fn handle(&self, message: &Message, objects: &Arc<Objects>) -> Result<(), String> {
        let mut all = JoinSet::new();
        for change in message.changes.iter().flatten() {
            let (objects, change) = (Arc::clone(objects), change.clone());
            all.spawn(async move { objects.reconcile(&change).await });
        }
        while all.join_next().await.is_some() {}
        self.settle(message, objects).await
    }

    /// Whether a message is done: sends what must be sent first.
    async fn settle(&self, message: &Message, done: &Objects) -> Result<(), String> {
        let changes = match &message.changes {
            Ok(changes) => changes,
            Err(error) => {
                let rejection = Rejection { reason: Reason::UnreadableEvent, detail: error.to_string() };
                return self.bury(message, None, &rejection).await;
            }
        };
        // Failures first: a message that comes back anyway leaves no dead letter behind, or each delivery would leave one more.
        for change in changes {
            match done.get(change) {
                Some((Outcome::Failed(failure), _)) => return Err(failure.to_string()),
                Some(_) => {}
                None => return Err(Failure::Deadline.to_string()),
            }
        }
        for change in changes {
            if let Some((Outcome::Rejected(rejection), _)) = done.get(change) {
                match self.reconciler.on_rejection() {
                    // What could be copied is no longer rejected.
                    OnRejection::DeadLetter | OnRejection::Copy => self.bury(message, Some(change), rejection).await?,
                    OnRejection::Retry => return Err(rejection.to_string()),
                    OnRejection::Skip => {}
                }
            }
        }
        Ok(())
    }

    async fn bury(&self, message: &Message, object: Option<&Change>, rejection: &Rejection) -> Result<(), String> {
        let burial = Burial { message, object, rejection, recipe: self.reconciler.recipe() };
        self.dead_letters.send(burial).await.map_err(|failure| failure.to_string())
    }
}

fn messages(event: Value) -> Result<Vec<Message>, BatchError> {
    let beginning: String = event.to_string().chars().take(200).collect();
    let unknown = |reason: &str| BatchError::Unknown { reason: reason.to_owned(), beginning: beginning.clone() };
    let event: SqsEvent = serde_json::from_value(event).map_err(|error| unknown(&error.to_string()))?;
    event
        .records
        .into_iter()
        .map(|record| {
            // Without an identifier there is no way to say that this one failed.
            let id =
                record.message_id.filter(|id| !id.is_empty()).ok_or_else(|| unknown("a record without messageId"))?;
            let group = record.attributes.get("MessageGroupId").map(String::as_str);
            let queue = record.event_source_arn.as_deref().unwrap_or_default();
            let message = Message::new(id, record.body.unwrap_or_default(), queue, group);
            Ok(message.attempt(record.attributes.get("ApproximateReceiveCount")))
        })
        .collect()
}
