//! The pipeline without Lambda: takes messages off a queue, and does what Lambda's event source mapping does for the function.
//!
//! A message is hidden from others as long as it is held here: a heartbeat extends its visibility timeout. One that is done is deleted; one
//! that has failed comes back after the queue's own visibility timeout, as it does under Lambda.

mod held;
mod phase;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

use crate::{Batch, Failure, Queue, QueueError, message, objects::Objects, queue::MOST};
use held::Held;
use phase::{Phase, Phases};

/// The longest that SQS waits for a message.
const LONG_POLL: Duration = Duration::from_secs(20);

/// Any wait makes SQS ask all of its servers, so that an empty answer means an empty queue.
const SHORT_POLL: Duration = Duration::from_secs(1);

/// The shortest visibility timeout that heartbeats can keep up with; a queue may have none at all.
const SHORTEST_VISIBILITY: Duration = Duration::from_secs(2);

/// What one message may take: as long as Lambda would give it.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What is not finished at the end of the grace comes back after this time: a request that it has sent takes effect by then, or never. At
/// once, another handler could be done before it does.
const IN_THE_AIR: Duration = Duration::from_secs(10);

/// After the grace everything is given back within this time, the last answer of the queue included, or comes back by itself.
const RELEASE: Duration = Duration::from_secs(LONG_POLL.as_secs() + 5);

/// Pauses after a call that was refused: the first, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];

/// Works off a queue.
#[derive(Clone, Debug)]
pub struct Worker {
    queue: Queue,
    batch: Batch,
}

/// When a worker ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Never.
    Stopped,
    /// When no message is visible and none is held.
    Empty,
}

/// How many messages a worker has had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Deleted: done, or in the dead-letter queue.
    pub done: u64,
    /// They come back after the visibility timeout.
    pub failed: u64,
    /// Given back at once, since the worker was stopped or a message before them failed.
    pub released: u64,
}

impl Worker {
    /// Brings the parts together.
    pub fn new(queue: Queue, batch: Batch) -> Self {
        Self { queue, batch }
    }

    /// Works until `stop` is ready. Then nothing more is begun, and what was received and not begun is given back at once; what is under way
    /// has the time of `grace` to be finished, and what is not by then is given back for ten seconds later.
    ///
    /// # Errors
    ///
    /// [`QueueError`] if the queue cannot be asked at the start, or at any time where it is to be emptied.
    pub async fn run(
        &self,
        until: Until,
        stop: impl Future<Output = ()>,
        grace: Duration,
    ) -> Result<Tally, QueueError> {
        let visibility = self.queue.visibility_timeout().await?.max(SHORTEST_VISIBILITY);
        let phases = Phases::new();
        let mut working = std::pin::pin!(self.work(until, visibility, &phases));
        tokio::select! {
            ended = &mut working => return ended,
            () = stop => {}
        }
        tracing::info!(grace = grace.as_secs(), "stopping");
        phases.enter(Phase::Finish);
        if let Ok(ended) = tokio::time::timeout(grace, &mut working).await {
            return ended;
        }
        phases.enter(Phase::Release);
        tokio::time::timeout(RELEASE, working).await.unwrap_or_else(|_| {
            tracing::warn!("not everything could be given back: it comes back after its visibility timeout");
            Ok(Tally::default())
        })
    }

    /// Receives as many messages as there is room for, until the phase of that is over, and waits for all that is under way.
    async fn work(&self, until: Until, visibility: Duration, phases: &Phases) -> Result<Tally, QueueError> {
        let room = Arc::new(Semaphore::new(self.batch.lanes().objects()));
        let wait = if until == Until::Empty { SHORT_POLL } else { LONG_POLL };
        let mut chains = JoinSet::new();
        let mut tally = Tally::default();
        let mut pause = None;
        let ended = loop {
            tokio::select! {
                () = phases.reach(Phase::Finish) => break Ok(()),
                () = tokio::time::sleep(pause.unwrap_or_default()) => {}
            }
            let permits = tokio::select! {
                () = phases.reach(Phase::Finish) => break Ok(()),
                permits = take(&room) => permits,
            };
            // Never given up: a message that is on its way to us when the worker stops would be hidden from all others.
            let received = self.queue.receive(permits.len(), wait, visibility).await;
            while let Some(chain) = chains.try_join_next() {
                tally.add(chain.unwrap_or_default());
            }
            let messages = match received {
                Ok(messages) => messages,
                Err(error) if until == Until::Empty => break Err(error),
                Err(error) => {
                    if pause.is_none() {
                        tracing::error!(%error, "the queue does not answer");
                    }
                    pause = Some(pause.map_or(PAUSES[0], |pause: Duration| 2 * pause).min(PAUSES[1]));
                    continue;
                }
            };
            if pause.take().is_some() {
                tracing::info!("the queue answers again");
            }
            if messages.is_empty() && until == Until::Empty {
                match chains.join_next().await {
                    Some(chain) => tally.add(chain.unwrap_or_default()),
                    None => break Ok(()),
                }
                continue;
            }
            let held = messages.into_iter().zip(permits);
            let held = held.filter_map(|(message, room)| Held::new(&self.queue, message, visibility, room)).collect();
            self.begin(held, &mut chains, phases);
        };
        while let Some(chain) = chains.join_next().await {
            tally.add(chain.unwrap_or_default());
        }
        ended.map(|()| tally)
    }

    /// Begins with messages that were received together.
    fn begin(&self, held: Vec<Held>, chains: &mut JoinSet<Tally>, phases: &Phases) {
        drop(self.batch.refresh());
        let messages = held.iter().map(|held| &held.message);
        let objects = self.batch.objects(messages, Instant::now() + LONGEST);
        for chain in message::chains(held, |held| held.message.group.clone()) {
            let (worker, objects, phases) = (self.clone(), Arc::clone(&objects), phases.clone());
            chains.spawn(async move { worker.chain(chain, &objects, &phases).await });
        }
    }

    /// Handles messages one after the other, until one is not done.
    async fn chain(&self, held: Vec<Held>, objects: &Arc<Objects>, phases: &Phases) -> Tally {
        let mut tally = Tally::default();
        let mut held = held.into_iter();
        for next in held.by_ref() {
            if phases.is(Phase::Finish) {
                next.release().await;
                tally.released += 1;
                break;
            }
            let handling = tokio::time::timeout(LONGEST, self.batch.handle(&next.message, objects));
            let handled = tokio::select! {
                handled = handling => handled.unwrap_or_else(|_| Err(Failure::Deadline.to_string())),
                () = phases.reach(Phase::Release) => {
                    tracing::warn!(message = next.message.id, "not finished within the grace: the message comes back soon");
                    next.release_after(IN_THE_AIR).await;
                    tally.released += 1;
                    break;
                }
            };
            let is_done = match handled {
                Ok(_) => next.delete().await,
                Err(failure) => {
                    tracing::warn!(message = next.message.id, %failure, "the message comes back");
                    next.fail().await;
                    false
                }
            };
            if !is_done {
                tally.failed += 1;
                break;
            }
            tally.done += 1;
        }
        for rest in held {
            rest.release().await;
            tally.released += 1;
        }
        tally
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.failed += other.failed;
        self.released += other.released;
    }
}

/// Waits until there is room for one message, and takes as much as there is, for as many as one call gives.
async fn take(room: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    // Never closed: it is ours.
    let first = Arc::clone(room).acquire_owned().await.ok();
    let more = std::iter::from_fn(|| Arc::clone(room).try_acquire_owned().ok());
    first.into_iter().chain(more.take(MOST - 1)).collect()
}
