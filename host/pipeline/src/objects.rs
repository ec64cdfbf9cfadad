//! The objects that messages name: each is reconciled once, when the first of the messages comes to it.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::OnceCell, task::JoinSet};

use crate::{Failure, Outcome, Reconciler, Stages, event::Change, message::Message, report::Reporter};

/// Work that is not begun with less than this before the deadline: a photo takes about a second, a large one a few.
const SHORTEST: Duration = Duration::from_secs(3);

/// What became of an object, with where its time went.
type Done = (Outcome, Stages);

/// The objects of messages that were received together.
///
/// All of the messages were there before any object is looked at, so what is found is at least as new as any of them tells of. That is so in
/// a FIFO queue too: what a later message of the group stands for has been done when it is its turn.
#[derive(Debug)]
pub(crate) struct Objects {
    reconciler: Reconciler,
    reporter: Reporter,
    objects: BTreeMap<Change, Object>,
    deadline: Instant,
}

#[derive(Debug, Default)]
struct Object {
    /// The identifiers of those that name it.
    messages: Vec<String>,
    done: OnceCell<Done>,
}

impl Objects {
    /// What these messages name, of which nothing is done yet.
    pub(crate) fn new<'a>(
        messages: impl IntoIterator<Item = &'a Message>,
        reconciler: &Reconciler,
        reporter: &Reporter,
        deadline: Instant,
    ) -> Arc<Self> {
        let mut objects: BTreeMap<Change, Object> = BTreeMap::new();
        for message in messages {
            for change in message.changes.iter().flatten() {
                objects.entry(change.clone()).or_default().messages.push(message.id.clone());
            }
        }
        Arc::new(Self { reconciler: reconciler.clone(), reporter: reporter.clone(), objects, deadline })
    }

    /// Reconciles an object, unless that is done or under way; what cannot begin in time is left as it is.
    ///
    /// An object's line is written when the object is done: a process that is killed has told of all that it did.
    pub(crate) async fn reconcile(&self, change: &Change) {
        let Some(object) = self.objects.get(change) else { return };
        let work = async || {
            // In a task of its own, so that a panic is this object's and no other's; in a set, so that it ends with whoever waits for it.
            let mut task = JoinSet::new();
            task.spawn(reconcile(self.reconciler.clone(), change.clone(), self.deadline));
            let panicked = |error| (Outcome::Failed(Failure::Panic(error)), Stages::default());
            let done = match task.join_next().await {
                Some(done) => done.unwrap_or_else(|error| panicked(error.to_string())),
                None => panicked("a task that was spawned is not there".to_owned()),
            };
            self.reporter.object(change, &object.messages, &done.0, &done.1);
            done
        };
        object.done.get_or_init(work).await;
    }

    /// What became of an object that has been reconciled.
    pub(crate) fn get(&self, change: &Change) -> Option<&Done> {
        self.objects.get(change)?.done.get()
    }
}

async fn reconcile(reconciler: Reconciler, object: Change, deadline: Instant) -> Done {
    let unfinished = || (Outcome::Failed(Failure::Deadline), Stages::default());
    let _slot = reconciler.lanes().begin().await;
    if deadline.saturating_duration_since(Instant::now()) < SHORTEST {
        return unfinished();
    }
    let work = reconciler.reconcile(&object, deadline);
    tokio::time::timeout_at(deadline.into(), work).await.unwrap_or_else(|_| unfinished())
}
