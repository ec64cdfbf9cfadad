//! Answers: what each source wants to hear of its messages.

mod asynchronous;
mod batch_operations;
mod firehose;
mod gateway;
mod items;

use serde_json::Value;

pub(crate) use gateway::unreadable;

use crate::{BatchError, Rejection, event::Source};

/// What became of a message that need not come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The destination agrees with all of its objects.
    Done,
    /// It never can be, and what the policy wants done about it is done.
    Rejected(Rejection),
}

/// What became of a message.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// What its source calls it.
    pub(crate) id: String,
    /// Or why it must come back.
    pub(crate) settled: Result<Settled, String>,
}

impl Verdict {
    /// Of a message of which nothing has been heard yet.
    pub(crate) fn none(id: String) -> Self {
        Self { id, settled: Err("it was given up".to_owned()) }
    }
}

/// The answer to an event, of which each message has its verdict, in their order.
pub(crate) fn answer(source: Source, event: &Value, verdicts: &[Verdict]) -> Result<Value, BatchError> {
    match source {
        Source::Queue => Ok(items::failures(verdicts)),
        Source::Kinesis => Ok(items::checkpoint(verdicts)),
        Source::Firehose => Ok(firehose::answer(event, verdicts)),
        Source::BatchOperations => Ok(batch_operations::answer(event, verdicts)),
        Source::Gateway => Ok(gateway::answer(verdicts)),
        Source::Asynchronous => asynchronous::answer(verdicts),
    }
}

#[cfg(test)]
mod tests;
