//! What a handler does in each step: the functions of `reconcile.rs` and `comparison.rs`, with all but the requests left out.

use crate::{
    Bytes, Found, Handler, Left, Message, Model, PLACES, Protocol, Rendition, Request, Seen, State, Step, Store,
    Version, Work,
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
            Step::Make { version, left } => Some(self.make(handler, version, left)),
            Step::Write { version, left } => self.write(state, handler, version, left),
            Step::Copy { version, left } => self.copy(state, handler, version, left),
            Step::RemoveOlder { version, left } => self.remove_older(state, handler, version, left),
            Step::Remove { left } => self.remove(state, handler, left),
            Step::LookAgain { version } => self.look_again(state, handler, version),
            Step::Bury { version } => Some(bury(state, version)),
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
            Some(version @ Version::Marked) => self.to_remove_older(handler, version, seen.map(Some)),
            Some(version) => to_make(version, seen.map(|found| (!handler.is_current(found, version)).then_some(found))),
            None if self.setting.policy.mirror_deletes => {
                self.to_remove(handler, seen.map(|found| found.is_some().then_some(found)))
            }
            None => Step::LookAgain { version: None },
        }
    }

    /// What is rejected keeps nothing else from being made: it comes last.
    fn make(&self, handler: Handler, version: Version, left: Left) -> Step {
        let made = handler.first_made(version, left);
        let is_stopped = self.setting.protocol == Protocol::StopsAtRejection && made != first(left);
        if made.is_some() && !is_stopped { Step::Write { version, left } } else { self.refuse(handler, version, left) }
    }

    fn write(&self, state: &mut State, handler: Handler, version: Version, left: Left) -> Option<Step> {
        let left = self.send(state, handler, Step::Write { version, left }, left)?;
        Some(match to_make(version, left) {
            Step::LookAgain { .. } if self.setting.protocol == Protocol::NeverLooksAgainAfterWrite => {
                self.done(handler, Some(version))
            }
            step => step,
        })
    }

    /// The source itself, or nothing, in the places that are left.
    fn refuse(&self, handler: Handler, version: Version, left: Left) -> Step {
        if self.setting.policy.copies_rejected {
            first(left).map_or(Step::LookAgain { version: Some(version) }, |_| Step::Copy { version, left })
        } else {
            self.to_remove_older(handler, version, left)
        }
    }

    fn copy(&self, state: &mut State, handler: Handler, version: Version, left: Left) -> Option<Step> {
        let left = self.send(state, handler, Step::Copy { version, left }, left)?;
        Some(self.refuse(handler, version, left))
    }

    fn remove_older(&self, state: &mut State, handler: Handler, version: Version, left: Left) -> Option<Step> {
        let left = self.send(state, handler, Step::RemoveOlder { version, left }, left)?;
        Some(self.to_remove_older(handler, version, left))
    }

    fn to_remove_older(&self, handler: Handler, version: Version, left: Left) -> Step {
        let is_kept = self.setting.protocol == Protocol::KeepsOlder;
        let left = left.map(|seen| seen.filter(|found| !is_kept && found.is_some_and(|found| found.of != version)));
        first(left).map_or_else(|| self.removed(handler, Some(version)), |_| Step::RemoveOlder { version, left })
    }

    fn remove(&self, state: &mut State, handler: Handler, left: Left) -> Option<Step> {
        let left = self.send(state, handler, Step::Remove { left }, left)?;
        Some(self.to_remove(handler, left))
    }

    fn to_remove(&self, handler: Handler, left: Left) -> Step {
        first(left).map_or_else(|| self.removed(handler, None), |_| Step::Remove { left })
    }

    /// Nothing is left to remove.
    fn removed(&self, handler: Handler, version: Option<Version>) -> Step {
        match self.setting.protocol {
            Protocol::NeverLooksAgainAfterRemove => self.done(handler, version),
            _ => Step::LookAgain { version },
        }
    }

    fn look_again(&self, state: &State, handler: Handler, version: Option<Version>) -> Option<Step> {
        (state.source == version).then(|| self.done(handler, version))
    }

    /// Nothing is left to do for this version of the source but to tell, where something is not there.
    fn done(&self, handler: Handler, version: Option<Version>) -> Step {
        match version {
            Some(version) if !self.setting.policy.copies_rejected && handler.rejects(version) => Step::Bury { version },
            _ => Step::Acknowledge,
        }
    }

    /// The request of a step that changes a place.
    ///
    /// A COPY is one of the version that was fetched, whatever the source is by now: S3 reads before it writes. If it does not do it, since
    /// the source has changed before, the handler begins again, which is no more than a crash.
    pub(crate) fn request(&self, state: &State, handler: Handler, step: Step) -> Option<Request> {
        let by = handler.recipe;
        let (at, becomes) = match step {
            Step::Write { version, left } => (handler.first_made(version, left), Some(Rendition::made(version, by))),
            Step::Copy { version, left } => {
                let copied = Rendition::copied(version, by);
                let bytes = match (self.setting.protocol, state.source) {
                    (Protocol::CopiesAnyVersion, Some(version)) => Bytes::Copied(version),
                    _ => copied.bytes,
                };
                (first(left), Some(Rendition { bytes, ..copied }))
            }
            Step::RemoveOlder { left, .. } | Step::Remove { left } => (first(left), None),
            _ => return None,
        };
        at.map(|(place, seen)| Request { place, seen, becomes })
    }

    /// Sends it, and returns what is left then; `None` if the place is not as it was seen.
    fn send(&self, state: &mut State, handler: Handler, step: Step, mut left: Left) -> Option<Left> {
        let request = self.request(state, handler, step)?;
        left[request.place] = None;
        self.change(state, request).then_some(left)
    }

    /// What S3 does. The condition, where the store heeds it, is that nothing is there if nothing was, or that the ETag is the one that was
    /// seen.
    pub(crate) fn change(&self, state: &mut State, request: Request) -> bool {
        let is_conditional = match (self.setting.store, request.becomes.map(|rendition| rendition.bytes)) {
            (Store::Unconditional, _) | (Store::ConditionalPuts, None | Some(Bytes::Copied(_))) => false,
            (Store::ConditionalPuts, Some(Bytes::Made(..))) | (Store::Conditional, _) => true,
        };
        let etag = |found: Found| found.map(|rendition| rendition.bytes);
        let there = &mut state.renditions[request.place];
        let holds = !is_conditional || etag(*there) == etag(request.seen);
        if holds {
            *there = request.becomes;
        }
        holds
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

fn bury(state: &mut State, version: Version) -> Step {
    state.buried |= state.source == Some(version);
    Step::Acknowledge
}
