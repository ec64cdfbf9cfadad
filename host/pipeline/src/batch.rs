//! The messages of an event, whoever sends it, and the answer that says which of them must come back.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    DeadLetters, Failure, Lanes, OnRejection, Outcome, Reason, Reconciler, Rejection,
    answer::{self, Settled, Verdict},
    dead_letter::Burial,
    event::{Change, Event, EventError, Source},
    message::{self, Message},
    objects::Objects,
    report::Reporter,
};

/// Objects end this long before the deadline: what follows is the dead letters' time.
const MARGIN: Duration = Duration::from_millis(500);

/// The answer is on its way this long before the deadline: Lambda ends a function that is late, and then the whole batch comes back.
const ANSWER: Duration = Duration::from_millis(200);

/// How long a batch waits for the catalog after an idle time.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs batches. Clones share everything.
#[derive(Clone, Debug)]
pub struct Batch {
    reconciler: Reconciler,
    dead_letters: DeadLetters,
    reporter: Reporter,
}

/// The whole invocation fails, and everything in it comes back, or goes where its source sends what has failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The event cannot be answered. Nothing has been done.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Something has failed, and there is no other way to tell who sent it.
    #[error("{failed} of {messages} messages must come back: {failure}")]
    Failed {
        /// How many.
        failed: usize,
        /// Of how many.
        messages: usize,
        /// Why the first of them has.
        failure: String,
    },
}

impl Batch {
    /// Brings the parts together.
    pub fn new(reconciler: Reconciler, dead_letters: DeadLetters) -> Self {
        Self { reconciler, dead_letters, reporter: Reporter::default() }
    }

    /// Runs the messages of an event and answers as its source expects.
    ///
    /// Messages that name the same object share one reconciliation. A message is done when all of its objects are; one that is
    /// rejected is done when its dead letter is sent. No message fails because of another, but in a FIFO queue those that follow a
    /// failed one in its message group: they come back with it, so that their order is kept; and so do those that follow one in a stream.
    ///
    /// # Errors
    ///
    /// [`BatchError`]
    pub async fn run(&self, event: Value, deadline: Instant) -> Result<Value, BatchError> {
        let Event { source, messages } = Event::read(&event)?;
        if let (Source::Gateway, [Message { changes: Err(error), .. }]) = (source, &messages[..]) {
            // Told at once, to whoever has asked: a dead letter for each would let anybody fill that queue.
            return Ok(answer::unreadable(error));
        }
        let is_stale = self.reconciler.catalog().is_stale();
        let mut refresh = pin!(self.refresh());
        if is_stale {
            // After an idle time, nobody works by what was in service then: unless the catalog cannot be read soon.
            let _ = tokio::time::timeout(PATIENCE, &mut refresh).await;
        }
        let mut verdicts: Vec<_> = messages.iter().map(|message| Verdict::none(message.id.clone())).collect();
        let before = |margin| deadline.checked_sub(margin).unwrap_or(deadline);
        let (objects, end) = (self.objects(&messages, before(MARGIN)), before(ANSWER));
        if source == Source::Kinesis {
            // Its objects side by side, and then one message after the other: what follows a failure is sent again, and so would its dead
            // letters be.
            let all = messages.iter().flat_map(|message| message.changes.iter().flatten());
            let _ = tokio::time::timeout_at(end.into(), reconcile(all, &objects)).await;
        }
        let group = |(_, message): &(usize, Message)| match source {
            Source::Kinesis => Some("the shard".to_owned()),
            _ => message.group.clone(),
        };
        let mut chains = JoinSet::new();
        for chain in message::chains(messages.into_iter().enumerate().collect(), group) {
            let (batch, objects) = (self.clone(), Arc::clone(&objects));
            chains.spawn(async move { batch.chain(chain, &objects, end).await });
        }
        // A chain that panics says nothing, and all of it comes back.
        while let Some(chain) = chains.join_next().await {
            for (place, settled) in chain.unwrap_or_default() {
                if let Some(verdict) = verdicts.get_mut(place) {
                    verdict.settled = settled;
                }
            }
        }
        // Between invocations nothing goes on: what is begun ends within this one. It has gone on beside the work.
        if !is_stale {
            let _ = tokio::time::timeout_at(end.into(), refresh).await;
        }
        answer::answer(source, &event, &verdicts)
    }

    /// Reads the catalog again if that is due, beside all other work; ready when that is done.
    pub(crate) fn refresh(&self) -> impl Future<Output = ()> + use<> {
        let catalog = self.reconciler.catalog().clone();
        let refreshing = tokio::spawn(async move { catalog.refresh().await });
        // A panic is told by the runtime, and what is in service stays.
        async move { drop(refreshing.await) }
    }

    /// Handles messages one after the other until one fails; gives what became of each, by its place in the event.
    async fn chain(
        &self,
        messages: Vec<(usize, Message)>,
        objects: &Arc<Objects>,
        deadline: Instant,
    ) -> Vec<(usize, Result<Settled, String>)> {
        let mut all = Vec::with_capacity(messages.len());
        let mut messages = messages.into_iter();
        for (place, message) in messages.by_ref() {
            let handled = tokio::time::timeout_at(deadline.into(), self.handle(&message, objects)).await;
            let settled = handled.unwrap_or_else(|_| Err(Failure::Deadline.to_string()));
            let failure = settled.as_ref().err().cloned();
            all.push((place, settled));
            if let Some(failure) = failure {
                tracing::warn!(message = message.id, %failure, "the message comes back");
                break;
            }
        }
        for (place, message) in messages {
            tracing::warn!(message = message.id, group = message.group, "the message comes back after one before it");
            all.push((place, Err("a message before it has failed".to_owned())));
        }
        all
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

    /// From a message to its outcome: reconciles its objects and sends what must be sent. What became of it, or why it must come back.
    pub(crate) async fn handle(&self, message: &Message, objects: &Arc<Objects>) -> Result<Settled, String> {
        reconcile(message.changes.iter().flatten(), objects).await;
        self.settle(message, objects).await
    }

    /// What became of a message: sends what must be sent first.
    async fn settle(&self, message: &Message, done: &Objects) -> Result<Settled, String> {
        let changes = match &message.changes {
            Ok(changes) => changes,
            Err(error) => {
                let rejection = unreadable(error);
                self.bury(message, None, &rejection).await?;
                return Ok(Settled::Rejected(rejection));
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
        let mut settled = Settled::Done;
        for change in changes {
            if let Some((Outcome::Rejected(rejection), _)) = done.get(change) {
                match self.reconciler.on_rejection() {
                    // What could be copied is no longer rejected.
                    OnRejection::DeadLetter | OnRejection::Copy => self.bury(message, Some(change), rejection).await?,
                    OnRejection::Retry => return Err(rejection.to_string()),
                    OnRejection::Skip => {}
                }
                settled = Settled::Rejected(rejection.clone());
            }
        }
        Ok(settled)
    }

    async fn bury(&self, message: &Message, object: Option<&Change>, rejection: &Rejection) -> Result<(), String> {
        let burial = Burial { message, object, rejection, recipe: self.reconciler.recipe() };
        self.dead_letters.send(burial).await.map_err(|failure| failure.to_string())
    }
}

/// Reconciles objects side by side.
async fn reconcile(changes: impl Iterator<Item = &Change>, objects: &Arc<Objects>) {
    let mut all = JoinSet::new();
    for change in changes {
        let (objects, change) = (Arc::clone(objects), change.clone());
        all.spawn(async move { objects.reconcile(&change).await });
    }
    while all.join_next().await.is_some() {}
}

pub(crate) fn unreadable(error: &EventError) -> Rejection {
    Rejection { reason: Reason::UnreadableEvent, detail: error.to_string() }
}
