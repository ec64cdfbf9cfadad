//! What goes wrong, and when: a plan that a seed decides.

use std::{fmt, time::Duration};

use crate::images::Numbers;

/// The longest that a request is held up. Whatever a process has sent before it was killed has arrived after this.
pub(super) const LATEST: Duration = Duration::from_millis(400);

/// A request that the plan knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// HEAD of an object.
    Head,
    /// GET of an object.
    Get,
    /// PUT of an object.
    Put,
    /// DELETE of an object.
    Delete,
    /// A dead letter.
    SendMessage,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// It takes long, and is well otherwise.
    Delay,
    /// It takes long, and meanwhile its source becomes what it was before.
    Overtaken,
    /// 500, and nothing is done.
    InternalError,
    /// 503 SlowDown, and nothing is done.
    SlowDown,
    /// 409 ConditionalRequestConflict, and nothing is done.
    Conflict,
    /// 412 PreconditionFailed, though the condition holds, and nothing is done.
    PreconditionFailed,
    /// The connection is reset in the middle of the request's body, and nothing is done.
    RequestReset,
    /// A bit of the request's body turns on the way.
    RequestDamaged,
    /// It is done, and the connection is reset before the answer.
    AnswerLost,
    /// It is done, and the answer says 500.
    AnswerDenied,
    /// It is done, and the connection is reset in the middle of the answer's body.
    AnswerReset,
    /// It is done, and the answer's body ends before its length is reached.
    AnswerTruncated,
    /// It is done, and a bit of the answer's body turns on the way.
    AnswerDamaged,
    /// The connection is reset, and then it is done.
    Late,
    /// Nothing is done, and nobody ever answers.
    Silence,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Delay => "delay",
            Self::Overtaken => "write overtaken by a change of its source",
            Self::InternalError => "500 InternalError",
            Self::SlowDown => "503 SlowDown",
            Self::Conflict => "409 ConditionalRequestConflict",
            Self::PreconditionFailed => "412 PreconditionFailed, of a condition that holds",
            Self::RequestReset => "reset in the middle of a request",
            Self::RequestDamaged => "request damaged on the way",
            Self::AnswerLost => "success whose answer is lost",
            Self::AnswerDenied => "success whose answer says 500",
            Self::AnswerReset => "reset in the middle of an answer",
            Self::AnswerTruncated => "answer shorter than its length",
            Self::AnswerDamaged => "answer damaged on the way",
            Self::Late => "reset, and then success",
            Self::Silence => "no answer at all",
        })
    }
}

/// A fault and what it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What goes wrong.
    pub fault: Fault,
    /// For how long, where that matters.
    pub delay: Duration,
}

/// Decides what goes wrong: the fault of a request is a function of the seed, the operation, its object, and how many such requests there were
/// before. So a seed gives the same faults again, however the processes run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Another seed is another plan.
    pub seed: u64,
    /// One request in as many goes wrong.
    pub one_in: usize,
}

impl Plan {
    /// Nothing goes wrong.
    pub const CALM: Self = Self { seed: 0, one_in: usize::MAX };

    /// The fault of this request, if it has one.
    pub fn fault(&self, operation: Operation, object: &str, count: u32) -> Option<Planned> {
        let mut numbers = Numbers::from_text(&format!("{} {operation:?} {object} {count}", self.seed));
        if numbers.below(self.one_in) != 0 {
            return None;
        }
        let delay = Duration::from_millis(20) + LATEST.mul_f64(0.9).div_f64(1.0 + numbers.below(20) as f64);
        // Whoever gets no answer waits until the invocation's time is over: a few are enough.
        let fault = if numbers.below(250) == 0 {
            Fault::Silence
        } else {
            let faults = faults(operation);
            faults[numbers.below(faults.len())]
        };
        Some(Planned { fault, delay })
    }
}

/// What may go wrong with an operation, each as often as the others.
fn faults(operation: Operation) -> &'static [Fault] {
    use Fault::{
        AnswerDamaged, AnswerDenied, AnswerLost, AnswerReset, AnswerTruncated, Conflict, Delay, InternalError, Late,
        Overtaken, PreconditionFailed, RequestDamaged, RequestReset, SlowDown,
    };
    match operation {
        Operation::Head => &[Delay, InternalError, SlowDown, AnswerLost, AnswerReset],
        Operation::Get => &[
            Delay,
            InternalError,
            SlowDown,
            AnswerLost,
            AnswerReset,
            AnswerReset,
            AnswerTruncated,
            AnswerTruncated,
            AnswerDamaged,
        ],
        Operation::Put => &[
            Delay,
            Overtaken,
            Overtaken,
            Overtaken,
            Overtaken,
            Overtaken,
            Overtaken,
            InternalError,
            SlowDown,
            Conflict,
            PreconditionFailed,
            RequestReset,
            RequestDamaged,
            AnswerLost,
            AnswerDenied,
            AnswerReset,
            Late,
        ],
        Operation::Delete | Operation::SendMessage => {
            &[Delay, Delay, InternalError, SlowDown, RequestReset, AnswerLost, AnswerDenied]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_seed_gives_the_same_faults_again_and_all_of_them() {
        let all = |seed| -> Vec<_> {
            let plan = Plan { seed, one_in: 8 };
            let operations =
                [Operation::Head, Operation::Get, Operation::Put, Operation::Delete, Operation::SendMessage];
            let requests = operations.into_iter().flat_map(|operation| (0..4000).map(move |count| (operation, count)));
            requests.map(|(operation, count)| plan.fault(operation, "source/a.jpg", count)).collect()
        };
        let first = all(1);
        assert_eq!(first, all(1));
        assert_ne!(first, all(2));

        let mut kinds: BTreeMap<Fault, usize> = BTreeMap::new();
        for planned in first.iter().flatten() {
            *kinds.entry(planned.fault).or_default() += 1;
            assert!(planned.delay <= LATEST, "{planned:?}");
        }
        let faults: usize = kinds.values().sum();
        assert!(faults.abs_diff(first.len() / 8) < first.len() / 80, "{faults} of {}", first.len());
        assert_eq!(kinds.len(), 15, "{kinds:?}");
    }
}
