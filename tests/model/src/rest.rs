//! Whether everything comes to an end, once nobody disturbs.
//!
//! A state is at rest when no message is left. From each state that the search finds, every order of the handlers' steps is followed until
//! there, and the longest is measured. There is none if a way leads back to where it was, or to where nothing can be done.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, PoisonError},
};

use stateright::Model as _;

use crate::{Model, State};

/// The longest way to rest from each state, by the state's hash: of one that is being measured, and of one that has none, `None`.
#[derive(Debug, Default)]
pub(crate) struct Rest(Mutex<HashMap<u64, Option<usize>>>);

impl Model {
    /// The most steps from here to rest, if nobody disturbs.
    pub fn rest(&self, state: &State) -> Option<usize> {
        self.measure(state, &mut self.rest.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The most steps that it took from any state so far.
    pub fn longest_rest(&self) -> usize {
        let known = self.rest.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().copied().flatten().max().unwrap_or_default()
    }

    fn measure(&self, state: &State, known: &mut HashMap<u64, Option<usize>>) -> Option<usize> {
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(steps) = known.get(&hash) {
            return *steps;
        }
        known.insert(hash, None);
        let mut actions = Vec::new();
        self.work(state, &mut actions);
        let steps = if actions.is_empty() {
            state.is_quiet().then_some(0)
        } else {
            let next = actions.into_iter().filter_map(|action| self.next_state(state, action));
            let steps: Option<Vec<_>> = next.map(|state| self.measure(&state, known)).collect();
            steps.and_then(|steps| Some(steps.into_iter().max()? + 1))
        };
        known.insert(hash, steps);
        steps
    }
}
