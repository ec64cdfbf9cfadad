//! Announces objects that are there already, as if each had just been uploaded.
//!
//! The way of an object: a bucket's list or a [`manifest`] names it, the policy wants it, its renditions are not up to date where that is asked,
//! and a batch of ten takes it to the queue, as a plain job `{"bucket": "…", "key": "…"}`. Few are held at any time, however many there are.
//!
//! Requests are under way side by side, but what they say is taken in the order of the objects. So a [`Progress`] means that everything up to its
//! last object has been dealt with, and who goes on from there announces none of that again.

pub mod manifest;

use std::{error::Error, pin::pin};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, future, stream};
use sandpress_sandbox::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    Bucket, Comparison, ETag, Failure, ObjectKey, Policy, Queue, QueueError, StoreError,
    event::{Change, job},
    queue::{MOST, Outgoing},
    store::Store,
};
use manifest::ManifestError;

/// A batch that is not full is closed after so many objects, so that a long way through what is not announced is recorded too.
const STRETCH: u64 = 1000;

/// Finds the objects to announce, and announces them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Backfill {
    /// Which objects have renditions.
    pub policy: Policy,
    /// Announces only objects whose renditions are not all there, of the version that they have now and by the recipes of today. Default: all.
    pub outdated: Option<Comparison>,
    /// Where they are announced. Default: nowhere, they are only counted.
    pub queue: Option<Queue>,
    /// Requests of a kind that are under way at the same time. Default: 16.
    pub concurrency: usize,
    /// What keeps the messages of this backfill apart from those of another: in a FIFO queue, SQS drops a message that this backfill has sent within
    /// five minutes, and none of another one. Default: empty.
    pub name: String,
}

/// An object that may be announced.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// Which.
    pub object: Change,
    /// Its size, where that is known.
    pub bytes: Option<u64>,
    /// Its content, where that is known.
    pub etag: Option<ETag>,
}

/// How far a backfill has come: everything up to its last object has been dealt with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Progress {
    /// Objects that the list or the manifest names.
    pub seen: u64,
    /// Objects of those that the policy wants.
    pub wanted: u64,
    /// Objects of those whose renditions are up to date, where that was asked.
    pub current: u64,
    /// Objects that were announced; without a queue, that would be.
    pub announced: u64,
    /// The bytes of those whose size is known.
    pub bytes: u64,
    /// The last object that was dealt with.
    pub last: Option<Change>,
}

/// Why something could not be recorded.
pub type NotRecorded = Box<dyn Error + Send + Sync>;

/// Why a backfill has ended before its objects did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackfillError {
    /// The bucket could not be listed.
    #[error(transparent)]
    List(#[from] StoreError),
    /// The manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The renditions of an object could not be looked at.
    #[error(transparent)]
    Look(#[from] Failure),
    /// A batch could not be sent. A part of it may have been.
    #[error(transparent)]
    Send(#[from] QueueError),
    /// What was done could not be recorded.
    #[error("what was done could not be recorded")]
    Record(#[source] NotRecorded),
}

/// What became of a candidate.
enum Sorted {
    Unwanted,
    Current,
    Due,
}

/// Candidates that follow one another, of which those that are due go in one call.
#[derive(Default)]
struct Batch {
    due: Vec<Change>,
    progress: Progress,
}

impl Backfill {
    /// Of everything that this policy wants.
    pub fn new(policy: Policy) -> Self {
        Self { policy, outdated: None, queue: None, concurrency: 16, name: String::new() }
    }

    /// Deals with candidates until there are no more, or `stop` is done: then what is under way is finished. Each time that it has come further,
    /// `record` is told, and no batch that is recorded is sent again by who goes on from there.
    ///
    /// # Errors
    ///
    /// [`BackfillError`]: what comes before has been dealt with and recorded.
    pub async fn run(
        &self,
        candidates: impl Stream<Item = Result<Candidate, BackfillError>>,
        from: Progress,
        stop: impl Future<Output = ()>,
        mut record: impl FnMut(&Progress) -> Result<(), NotRecorded>,
    ) -> Result<Progress, BackfillError> {
        let concurrency = self.concurrency.max(1);
        let sorted = candidates.take_until(stop).map(|candidate| self.sort(candidate)).buffered(concurrency);
        let sent = batches(sorted).map(|batch| self.announce(batch)).buffered(concurrency);
        let mut sent = pin!(sent);
        let mut progress = from;
        while let Some(further) = sent.try_next().await? {
            progress.add(further);
            record(&progress).map_err(BackfillError::Record)?;
        }
        Ok(progress)
    }

    async fn sort(&self, candidate: Result<Candidate, BackfillError>) -> Result<(Sorted, Candidate), BackfillError> {
        let candidate = candidate?;
        let sorted = if !self.policy.wants(&candidate.object) {
            Sorted::Unwanted
        } else if let Some(comparison) = &self.outdated
            && comparison.is_current(&candidate.object).await?
        {
            Sorted::Current
        } else {
            Sorted::Due
        };
        Ok((sorted, candidate))
    }

    async fn announce(&self, batch: Result<Batch, BackfillError>) -> Result<Progress, BackfillError> {
        let Batch { due, progress } = batch?;
        if let Some(queue) = self.queue.as_ref().filter(|_| !due.is_empty()) {
            let messages: Vec<_> = due.iter().map(|object| self.message(object)).collect();
            queue.send_batch(&messages).await?;
        }
        Ok(progress)
    }

    /// Each object is a group of its own, since their order means nothing, and the identifiers are digests, since a key may be longer than SQS
    /// allows them to be.
    fn message(&self, object: &Change) -> Outgoing {
        let name = job::write(object);
        let group = Digest::of(name.as_bytes()).to_string();
        let identity = Digest::of(format!("{}\n{name}", self.name).as_bytes()).to_string();
        Outgoing { body: name, group, identity }
    }
}

impl Store {
    /// The objects of a bucket whose key begins so, and comes after another one.
    pub fn candidates(
        &self,
        bucket: &Bucket,
        prefix: &str,
        after: Option<&ObjectKey>,
    ) -> impl Stream<Item = Result<Candidate, BackfillError>> + use<> {
        let bucket = bucket.clone();
        let listed = self.list(&bucket, prefix, after);
        listed.map(move |listed| {
            let listed = listed?;
            let object = Change { bucket: bucket.clone(), key: listed.key };
            Ok(Candidate { object, bytes: Some(listed.bytes), etag: listed.etag })
        })
    }
}

impl Progress {
    fn add(&mut self, further: Self) {
        self.seen += further.seen;
        self.wanted += further.wanted;
        self.current += further.current;
        self.announced += further.announced;
        self.bytes += further.bytes;
        self.last = further.last;
    }
}

impl Batch {
    fn push(&mut self, sorted: &Sorted, candidate: Candidate) {
        let progress = &mut self.progress;
        progress.seen += 1;
        match sorted {
            Sorted::Unwanted => {}
            Sorted::Current => {
                progress.wanted += 1;
                progress.current += 1;
            }
            Sorted::Due => {
                progress.wanted += 1;
                progress.announced += 1;
                progress.bytes += candidate.bytes.unwrap_or_default();
                self.due.push(candidate.object.clone());
            }
        }
        progress.last = Some(candidate.object);
    }

    fn is_full(&self) -> bool {
        self.due.len() == MOST || self.progress.seen == STRETCH
    }
}

/// Candidates in batches. An error comes after what is before it, and is the last.
fn batches<E>(sorted: impl Stream<Item = Result<(Sorted, Candidate), E>>) -> impl Stream<Item = Result<Batch, E>> {
    // The end closes a batch as well.
    let ended = sorted.map(Some).chain(stream::once(future::ready(None)));
    ended
        .scan((Batch::default(), false), |(batch, is_over), next| {
            if *is_over {
                return future::ready(None);
            }
            let full = match next {
                Some(Ok((sorted, candidate))) => {
                    batch.push(&sorted, candidate);
                    vec![batch.is_full().then(|| Ok(std::mem::take(batch)))]
                }
                Some(Err(error)) => {
                    *is_over = true;
                    vec![Some(Ok(std::mem::take(batch))), Some(Err(error))]
                }
                None => vec![Some(Ok(std::mem::take(batch)))],
            };
            future::ready(Some(stream::iter(full.into_iter().flatten())))
        })
        .flatten()
        .filter(|batch| future::ready(batch.as_ref().map_or(true, |batch| batch.progress.seen > 0)))
}

#[cfg(test)]
mod tests;
