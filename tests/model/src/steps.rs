//! What a handler does in each step: the functions of `reconcile.rs`, with all but the requests left out.

use crate::{
    Found, Handler, Left, Message, Model, PLACES, Protocol, Put, Rendition, Seen, State, Step, Version, Work,
    handler::{ATTEMPTS, first},
};

impl Model {
    /// Does the next step of a handler.
    pub(crate) fn step(&self, state: &mut State, index: usize) {
        let handler = state.handlers.0[index];
        let Some(work) = handler.work else { return };
        // `None`: to begin again.
        let next = match work.step {
            Step::Look { place, seen } => Some(look(state, handler, place, seen)),
            Step::Compare { version, seen } => Some(self.compare(state, work.message, version, seen)),
            Step::Fetch { seen } => Some(self.fetch(state, handler, work.message, seen)),
            Step::Make { version, left } => Some(self.make(version, left)),
            Step::Write { version, left } => self.write(state, handler, version, left),
            Step::Remove { version, left } => Some(self.remove(state, version, left)),
            Step::LookAgain { version } => look_again(state, version),
            Step::Bury => Some(bury(state)),
            Step::Acknowledge => {
                state.handlers.0[index].work = None;
                return;
            }
            Step::GiveBack => return state.release(index),
        };
        state.handlers.0[index].work = Some(match next {
            Some(step) => Work { step, ..work },
            None if work.attempt < ATTEMPTS => Work { attempt: work.attempt + 1, step: Step::FIRST, ..work },
            None => Work { step: Step::GiveBack, ..work },
        });
    }

    fn compare(&self, state: &State, message: Message, version: Version, seen: Seen) -> Step {
        let is_same = match self.setting.protocol {
            Protocol::NeverCompares => true,
            Protocol::ComparesWithTheEvent => message == Message::Put(version),
            _ => state.source == Some(version),
        };
        if is_same { Step::Acknowledge } else { Step::Fetch { seen } }
    }

    fn fetch(&self, state: &State, handler: Handler, message: Message, seen: Seen) -> Step {
        if self.setting.protocol == Protocol::DropsOldEvents
            && message != state.source.map_or(Message::Deleted, Message::Put)
        {
            return Step::Acknowledge;
        }
        match state.source {
            Some(version) => to_make(version, seen.map(|found| (!handler.is_current(found, version)).then_some(found))),
            None if self.setting.policy.mirror_deletes => {
                self.to_remove(None, seen.map(|found| found.is_some().then_some(found)))
            }
            None => Step::LookAgain { version: None },
        }
    }

    fn make(&self, version: Version, left: Left) -> Step {
        match first(left) {
            Some((place, _)) if !version.is_rejected(place) => Step::Write { version, left },
            _ if self.setting.policy.mirror_rejections => {
                let of_another = |found: &Found| found.is_some_and(|found| found.of != version);
                self.to_remove(Some(version), left.map(|found| found.filter(of_another)))
            }
            _ => Step::LookAgain { version: Some(version) },
        }
    }

    fn write(&self, state: &mut State, handler: Handler, version: Version, mut left: Left) -> Option<Step> {
        let put = handler.put(Step::Write { version, left })?;
        if !self.put(state, put) {
            return None;
        }
        left[put.place] = None;
        Some(match to_make(version, left) {
            Step::LookAgain { .. } if self.setting.protocol == Protocol::NeverLooksAgainAfterWrite => {
                done(Some(version))
            }
            step => step,
        })
    }

    /// What S3 does. The condition, where the store heeds it, is that nothing is there if nothing was, or that the ETag is the one that was
    /// seen.
    pub(crate) fn put(&self, state: &mut State, put: Put) -> bool {
        let there = &mut state.renditions[put.place];
        let holds = !self.setting.conditional_writes || there.map(Rendition::etag) == put.seen.map(Rendition::etag);
        if holds {
            *there = Some(put.rendition);
        }
        holds
    }

    /// Without a condition: what is there may be newer than what was seen.
    fn remove(&self, state: &mut State, version: Option<Version>, mut left: Left) -> Step {
        if let Some((place, _)) = first(left) {
            state.renditions[place] = None;
            left[place] = None;
        }
        self.to_remove(version, left)
    }

    fn to_remove(&self, version: Option<Version>, left: Left) -> Step {
        match first(left) {
            Some(_) => Step::Remove { version, left },
            None if self.setting.protocol == Protocol::NeverLooksAgainAfterRemove => done(version),
            None => Step::LookAgain { version },
        }
    }
}

fn look(state: &State, handler: Handler, place: usize, mut seen: Seen) -> Step {
    seen[place] = state.renditions[place];
    if place + 1 < PLACES {
        return Step::Look { place: place + 1, seen };
    }
    handler.made_from(seen).map_or(Step::Fetch { seen }, |version| Step::Compare { version, seen })
}

fn to_make(version: Version, left: Left) -> Step {
    first(left).map_or(Step::LookAgain { version: Some(version) }, |_| Step::Make { version, left })
}

fn look_again(state: &State, version: Option<Version>) -> Option<Step> {
    (state.source == version).then(|| done(version))
}

/// Nothing is left to do for this version of the source but to tell.
fn done(version: Option<Version>) -> Step {
    if version.is_some_and(Version::is_rejected_somewhere) { Step::Bury } else { Step::Acknowledge }
}

fn bury(state: &mut State) -> Step {
    state.buried = true;
    Step::Acknowledge
}
