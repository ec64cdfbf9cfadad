//! How a worker comes to its end.

use tokio::sync::watch;

/// What a worker does, each phase after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It takes messages and handles them.
    Work,
    /// It begins nothing more.
    Finish,
    /// It gives back what it holds.
    Release,
}

/// The phase that a worker is in. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Phases(watch::Sender<Phase>);

impl Phases {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Phase::Work))
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.0.send_replace(phase);
    }

    /// Whether this phase has begun.
    pub(super) fn is(&self, phase: Phase) -> bool {
        *self.0.borrow() >= phase
    }

    /// Waits until this phase has begun.
    pub(super) async fn reach(&self, phase: Phase) {
        // Fails if there is no sender any more, and we are one.
        let _ = self.0.subscribe().wait_for(|now| *now >= phase).await;
    }
}
