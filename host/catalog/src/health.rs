//! How a candidate does beside the release in service: one that fails far more often is taken out of traffic.
//!
//! The rule: a candidate is taken out when it has failed three times, more often than once in a hundred, and four times as often as the release in
//! service. It is each process' own, and holds until an operator changes the candidate. No image is lost by it before: what a candidate fails at,
//! the release in service makes.

use std::sync::Mutex;

/// Fewer failures may be chance.
const LEAST: u64 = 3;

/// A candidate that fails more seldom than once in as many calls is not taken out.
const SELDOM: u64 = 100;

/// How many times as often it fails as the release in service.
const FAR_MORE: u64 = 4;

/// How often each has been asked, and has failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Calls of the candidate.
    pub candidate: Calls,
    /// Calls of the release in service.
    pub in_service: Calls,
}

/// Calls of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// All of them.
    pub all: u64,
    /// Those that were the release's fault.
    pub failed: u64,
}

/// Keeps the count of one candidate.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    tally: Tally,
    is_out: bool,
}

impl Calls {
    fn count(&mut self, failed: bool) {
        self.all += 1;
        self.failed += u64::from(failed);
    }
}

impl Tally {
    fn is_far_worse(&self) -> bool {
        let Calls { all, failed } = self.candidate;
        // Compared as products, in which nothing is rounded: failed/all > FAR_MORE × failed/all of the other.
        let product = |one: u64, other: u64| u128::from(one) * u128::from(other);
        failed >= LEAST
            && product(failed, SELDOM) > u128::from(all)
            // Before the other has been asked there is nothing to compare with, and a candidate has to be good by itself.
            && (self.in_service.all == 0
                || product(failed, self.in_service.all) > product(all, self.in_service.failed) * u128::from(FAR_MORE))
    }
}

impl Health {
    /// Counts a call. Gives the tally if the candidate is taken out by it.
    pub(crate) fn count(&self, is_candidate: bool, failed: bool) -> Option<Tally> {
        // Nobody panics while holding it.
        let mut state = self.0.lock().ok()?;
        let Tally { candidate, in_service } = &mut state.tally;
        if is_candidate {
            candidate.count(failed)
        } else {
            in_service.count(failed)
        }
        let is_new = !state.is_out && state.tally.is_far_worse();
        state.is_out |= is_new;
        is_new.then_some(state.tally)
    }

    pub(crate) fn is_out(&self) -> bool {
        self.0.lock().is_ok_and(|state| state.is_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many calls of the candidate it takes, where one in so many fails, of as many of each.
    fn taken_out(candidate: u64, in_service: u64) -> Option<u64> {
        let health = Health::default();
        (1..=100_000).find(|call| {
            assert_eq!(health.count(false, call % in_service == 0), None, "the other one is never taken out");
            let is_out = health.count(true, call % candidate == 0).is_some();
            assert_eq!(is_out, health.is_out());
            is_out
        })
    }

    #[test]
    fn one_that_traps_on_every_tenth_is_taken_out_at_the_third() {
        assert_eq!(taken_out(10, 1_000_000), Some(30));
    }

    #[test]
    fn one_that_fails_no_more_often_than_the_other_is_kept() {
        assert_eq!(taken_out(10, 10), None);
        assert_eq!(taken_out(50, 100), None, "twice as often");
        assert!(taken_out(10, 100).is_some(), "ten times as often");
        assert_eq!(taken_out(1000, 1_000_000), None, "seldom");
    }

    #[test]
    fn it_is_said_once() {
        let health = Health::default();
        let said: Vec<_> = (0..10).filter_map(|_| health.count(true, true)).collect();
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].candidate, Calls { all: 3, failed: 3 });
    }
}
