//! All that there is at a moment.

use std::hash::{Hash, Hasher};

use crate::{Handler, Message, Request, Seen, Version};

/// Everything outside and inside of the handlers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The source, if it is there.
    pub source: Option<Version>,
    /// What is in the renditions' places.
    pub renditions: Seen,
    /// Whether a dead letter has told of the source as it is.
    pub buried: bool,
    /// A request that S3 has received and not yet done.
    pub late: Option<Request>,
    /// The messages that can be received.
    pub queue: Queue,
    /// Those who receive them.
    pub handlers: Handlers,
    /// How often users will yet put or delete.
    pub changes: u8,
    /// How many messages will yet come once more.
    pub duplicates: u8,
}

impl State {
    /// Whether no message is left, neither in the queue nor in a handler.
    pub(crate) fn is_quiet(&self) -> bool {
        self.late.is_none() && self.queue.len() == 0 && self.handlers.0.iter().all(|handler| handler.work.is_none())
    }

    /// A handler lets go of its message, which is shown again.
    pub(crate) fn release(&mut self, index: usize) {
        if let Some(work) = self.handlers.0[index].work.take() {
            self.queue.show(work.message);
        }
    }

    /// Every different message that is not yet acknowledged.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let held = self.handlers.0.iter().filter_map(|handler| Some(handler.work?.message));
        distinct(self.queue.0.iter().copied().chain(held).collect())
    }
}

/// A standard queue: it knows no order. Kept sorted, so that it is the same queue however it came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Queue(Vec<Message>);

impl Queue {
    /// A message can be received.
    pub(crate) fn show(&mut self, message: Message) {
        let place = self.0.partition_point(|other| *other < message);
        self.0.insert(place, message);
    }

    /// A message is received.
    pub(crate) fn hide(&mut self, message: Message) {
        if let Some(place) = self.0.iter().position(|other| *other == message) {
            self.0.remove(place);
        }
    }

    /// Every different message that can be received.
    pub(crate) fn messages(&self) -> Vec<Message> {
        distinct(self.0.clone())
    }

    /// How many messages there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

fn distinct(mut messages: Vec<Message>) -> Vec<Message> {
    messages.sort_unstable();
    messages.dedup();
    messages
}

/// The handlers. Who of them does something makes no difference: states that differ only in this are equal, and the search goes on from one
/// of them. Each keeps its number nevertheless, so that a counterexample can be followed.
#[derive(Clone, Debug)]
pub struct Handlers(pub(crate) Vec<Handler>);

impl Handlers {
    fn in_no_order(&self) -> Vec<Handler> {
        let mut handlers = self.0.clone();
        handlers.sort_unstable();
        handlers
    }
}

impl PartialEq for Handlers {
    fn eq(&self, other: &Self) -> bool {
        self.in_no_order() == other.in_no_order()
    }
}

impl Eq for Handlers {}

impl Hash for Handlers {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.in_no_order().hash(hasher);
    }
}
