//! A batch of SQS messages, and the answer that says which of them must come back.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use aws_lambda_events::event::sqs::SqsEvent;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    DeadLetters, Failure, OnRejection, Outcome, Reason, Reconciler, Rejection, Stages,
    dead_letter::Letter,
    event::{self, Change},
    report::Reporter,
};

/// Objects end this long before the deadline: what follows is the dead letters' time.
const MARGIN: Duration = Duration::from_millis(500);

/// The answer is on its way this long before the deadline: Lambda ends a function that is late, and then the whole batch comes back.
const ANSWER: Duration = Duration::from_millis(200);

/// Work that is not begun with less than this before the deadline: a photo takes about a second, a large one a few.
const SHORTEST: Duration = Duration::from_secs(3);

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

/// A message as far as we need it.
struct Message {
    id: String,
    body: String,
    /// How often it has been delivered, this time included.
    attempt: Option<String>,
    changes: Result<Vec<Change>, event::EventError>,
}

/// What became of an object, with where its time went.
type Done = (Outcome, Stages);

impl Batch {
    /// Brings the parts together.
    pub fn new(reconciler: Reconciler, dead_letters: DeadLetters) -> Self {
        Self { reconciler, dead_letters, reporter: Reporter::default() }
    }

    /// Runs a batch and answers with `batchItemFailures`.
    ///
    /// Messages that name the same object share one reconciliation. A message is done when all of its objects are; one that is
    /// rejected is done when its dead letter is sent. No message fails because of another.
    ///
    /// # Errors
    ///
    /// [`BatchError`], and then nothing has been done.
    pub async fn run(&self, event: Value, deadline: Instant) -> Result<Value, BatchError> {
        let messages = messages(event)?;
        let before = |margin| deadline.checked_sub(margin).unwrap_or(deadline);
        let mut naming: BTreeMap<&Change, Vec<&str>> = BTreeMap::new();
        for message in &messages {
            for change in message.changes.iter().flatten() {
                naming.entry(change).or_default().push(&message.id);
            }
        }
        let done = self.reconcile(&naming, before(MARGIN)).await;

        let mut failures = Vec::new();
        for message in &messages {
            let settled = tokio::time::timeout_at(before(ANSWER).into(), self.settle(message, &done)).await;
            if let Err(failure) = settled.unwrap_or_else(|_| Err(Failure::Deadline.to_string())) {
                tracing::warn!(message = message.id, %failure, "the message comes back");
                failures.push(json!({ "itemIdentifier": message.id }));
            }
        }
        Ok(json!({ "batchItemFailures": failures }))
    }

    /// Reconciles each object, as many at once as there are lanes; what cannot begin in time is left as it is.
    ///
    /// An object's line is written when the object is done: a process that is killed has told of all that it did.
    async fn reconcile(&self, naming: &BTreeMap<&Change, Vec<&str>>, deadline: Instant) -> BTreeMap<Change, Done> {
        let slots = Arc::new(Semaphore::new(self.reconciler.lanes().objects()));
        let mut tasks = JoinSet::new();
        let mut running = HashMap::new();
        for &change in naming.keys() {
            let (reconciler, slots, object) = (self.reconciler.clone(), Arc::clone(&slots), change.clone());
            let task = tasks.spawn(async move {
                // Never closed: it is ours.
                let _slot = slots.acquire().await.ok();
                if deadline.saturating_duration_since(Instant::now()) < SHORTEST {
                    return unfinished();
                }
                let work = reconciler.reconcile(&object, deadline);
                tokio::time::timeout_at(deadline.into(), work).await.unwrap_or_else(|_| unfinished())
            });
            running.insert(task.id(), change);
        }
        let mut all = BTreeMap::new();
        while let Some(task) = tasks.join_next_with_id().await {
            let (id, done) = task.unwrap_or_else(|error| {
                (error.id(), (Outcome::Failed(Failure::Panic(error.to_string())), Stages::default()))
            });
            if let Some((change, messages)) = running.remove(&id).and_then(|change| naming.get_key_value(change)) {
                self.reporter.object(change, messages, &done.0, &done.1);
                all.insert((*change).clone(), done);
            }
        }
        all
    }

    /// Whether a message is done: sends what must be sent first.
    async fn settle(&self, message: &Message, done: &BTreeMap<Change, Done>) -> Result<(), String> {
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
        let letter = Letter {
            body: &message.body,
            attempt: message.attempt.as_deref(),
            object,
            rejection,
            recipe: self.reconciler.recipe(),
        };
        self.dead_letters.send(letter).await.map_err(|failure| failure.to_string())
    }
}

fn unfinished() -> Done {
    (Outcome::Failed(Failure::Deadline), Stages::default())
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
            let body = record.body.unwrap_or_default();
            let attempt = record.attributes.get("ApproximateReceiveCount").cloned();
            Ok(Message { id, changes: event::changes(&body), attempt, body })
        })
        .collect()
}
