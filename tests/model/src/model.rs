//! What can happen next.

use stateright::Property;

use crate::{Handler, Handlers, Message, PLACES, Protocol, Queue, Request, Setting, State, Step, Version, rest::Rest};

/// The world that is searched.
#[derive(Debug)]
pub struct Model {
    /// What it is like.
    pub setting: Setting,
    pub(crate) rest: Rest,
}

/// Something that happens at once, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A user puts a version, and S3 sends a message.
    Put(Version, Message),
    /// A user deletes the source, and S3 sends a message.
    Delete(Message),
    /// The queue delivers a message once more than it was sent.
    Duplicate(Message),
    /// A handler receives a message.
    Receive(usize, Message),
    /// A handler does its next step.
    Do(usize, Step),
    /// A handler is gone, and another is in its stead; the message it had is shown again.
    Crash(usize),
    /// S3 does a request of which it has not told anybody.
    Land(Request),
}

impl Model {
    /// Nothing has happened yet.
    pub fn new(setting: Setting) -> Self {
        Self { setting, rest: Rest::default() }
    }

    /// What handlers can do.
    pub(crate) fn work(&self, state: &State, actions: &mut Vec<Action>) {
        let handlers = &state.handlers.0;
        for (index, handler) in handlers.iter().enumerate() {
            match handler.work {
                Some(work) => actions.push(Action::Do(index, work.step)),
                // One of those that wait and are alike is enough.
                None if handlers[..index].contains(handler) => {}
                None => {
                    actions.extend(state.queue.messages().into_iter().map(|message| Action::Receive(index, message)));
                }
            }
        }
    }

    /// What users, the queue and fate can do.
    fn disturbances(&self, state: &State, actions: &mut Vec<Action>) {
        if state.changes > 0 {
            let others = self.setting.versions.iter().copied().filter(|version| state.source != Some(*version));
            actions.extend(others.map(|version| Action::Put(version, self.message(Message::Put(version)))));
            if state.source.is_some() {
                actions.push(Action::Delete(self.message(Message::Deleted)));
            }
        }
        if state.duplicates > 0 {
            actions.extend(state.messages().into_iter().map(Action::Duplicate));
        }
        let busy = state.handlers.0.iter().enumerate().filter(|(_, handler)| handler.work.is_some());
        actions.extend(busy.map(|(index, _)| Action::Crash(index)));
        actions.extend(state.late.map(Action::Land));
    }

    /// As much of an event as the protocol reads.
    fn message(&self, event: Message) -> Message {
        if self.setting.protocol.trusts_events() { event } else { Message::Hint }
    }
}

impl stateright::Model for Model {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            source: None,
            renditions: [None; PLACES],
            buried: false,
            late: None,
            queue: Queue::default(),
            handlers: Handlers(self.setting.handlers.iter().copied().map(Handler::new).collect()),
            changes: self.setting.changes,
            duplicates: self.setting.duplicates,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.work(state, actions);
        self.disturbances(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut state = state.clone();
        match action {
            Action::Put(version, message) => state.change(Some(version), message),
            Action::Delete(message) => state.change(None, message),
            Action::Duplicate(message) => {
                state.duplicates -= 1;
                state.queue.show(message);
            }
            Action::Receive(index, message) => {
                state.queue.hide(message);
                state.handlers.0[index].receive(message);
            }
            Action::Do(index, _) => self.step(&mut state, index),
            Action::Crash(index) => {
                let handler = state.handlers.0[index];
                if self.setting.protocol == Protocol::GivesBackTooEarly {
                    state.late = state.late.or_else(|| self.request(&state, handler, handler.work?.step));
                }
                state.release(index);
            }
            Action::Land(request) => {
                state.late = None;
                self.change(&mut state, request);
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise =
            Property::always("the promise", |model: &Self, state: &State| !state.is_quiet() || model.is_kept(state));
        let rest = Property::always("it comes to rest", |model: &Self, state: &State| model.rest(state).is_some());
        // That a bound is far enough for this to be seen.
        let given_back = Property::sometimes("a message is given back", |_: &Self, state: &State| {
            state.handlers.0.iter().any(|handler| handler.work.is_some_and(|work| work.step == Step::GiveBack))
        });
        if self.setting.protocol == Protocol::Complete { vec![promise, rest, given_back] } else { vec![promise] }
    }
}

impl State {
    fn change(&mut self, source: Option<Version>, message: Message) {
        self.source = source;
        self.buried = false;
        self.changes -= 1;
        self.queue.show(message);
    }
}
