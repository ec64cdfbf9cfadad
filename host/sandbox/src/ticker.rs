//! The clock of the deadlines: it advances the engine's epoch while calls are running, and sleeps while none are.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use wasmtime::EngineWeak;

/// How often running guests look at the clock.
pub(crate) const TICK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct State {
    running: usize,
    stopped: bool,
}

/// Dropping the last handle ends the thread.
pub(crate) struct Ticker(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut State)) {
        // The state is two plain values, whole at every moment: a poisoned lock means nothing.
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }
}

/// A call under way.
pub(crate) struct Running(Arc<Shared>);

impl Ticker {
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let ours = Arc::clone(&shared);
        thread::Builder::new().name("sandpress-ticker".to_owned()).spawn(move || {
            loop {
                let state = ours.state.lock().unwrap_or_else(PoisonError::into_inner);
                let state = ours
                    .changed
                    .wait_while(state, |state| state.running == 0 && !state.stopped)
                    .unwrap_or_else(PoisonError::into_inner);
                if state.stopped {
                    return;
                }
                drop(state);
                thread::sleep(TICK);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        })?;
        Ok(Self(shared))
    }

    pub(crate) fn run(&self) -> Running {
        self.0.change(|state| state.running += 1);
        Running(Arc::clone(&self.0))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.change(|state| state.running -= 1);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.change(|state| state.stopped = true);
    }
}
