//! One call: a fresh store, its limits, and what became of it.

use std::time::{Duration, Instant};

use wasmtime::Trap;

use crate::{
    CallError, Engine, Limits, Usage,
    limits::{Limiter, STACK},
    ticker::TICK,
};

pub(crate) type Store = wasmtime::Store<Limiter>;

/// Told when the instance is ready, so that its cost is known apart from the codec's.
pub(crate) struct Start {
    began: Instant,
    took: Duration,
}

impl Start {
    pub(crate) fn ready(&mut self) {
        self.took = self.began.elapsed();
    }
}

/// What wraps the bytes of an output: names, notes, a description. Far less in any honest answer.
const ENVELOPE: u64 = 64 << 10;

/// Makes a store, runs the call in it, drops it.
pub(crate) fn run<T>(
    engine: &Engine,
    limits: &Limits,
    call: impl FnOnce(&mut Store, &mut Start) -> wasmtime::Result<Result<T, CallError>>,
) -> Result<(T, Usage), CallError> {
    let began = Instant::now();
    let mut store = Store::new(&engine.wasmtime, Limiter::new(limits.memory));
    store.limiter(|limiter| limiter);
    store.set_hostcall_fuel(usize::try_from(limits.output.saturating_add(ENVELOPE)).unwrap_or(usize::MAX));
    // The first tick may come at once, so one more than the limit holds.
    let ticks = limits.time.as_nanos().div_ceil(TICK.as_nanos()) + 1;
    store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX / 2));
    store.epoch_deadline_trap();

    let mut start = Start { began, took: Duration::ZERO };
    let running = engine.ticker.run();
    let result = call(&mut store, &mut start);
    drop(running);

    let elapsed = began.elapsed();
    let limiter = store.data();
    match result {
        Ok(answer) => Ok((answer?, Usage { elapsed, start: start.took, peak_memory: limiter.peak })),
        Err(error) => Err(reason(&error, limiter, limits, elapsed)),
    }
}

/// Names the limit that was hit. Wasmtime tells a trap's kind; that memory was refused only we know.
fn reason(error: &wasmtime::Error, limiter: &Limiter, limits: &Limits, elapsed: Duration) -> CallError {
    match (error.downcast_ref::<Trap>(), limiter.refused) {
        (Some(Trap::Interrupt), _) => CallError::Time { limit: limits.time, elapsed },
        (Some(Trap::StackOverflow), _) => CallError::Stack { limit: STACK as u64 },
        (_, Some(wanted)) => CallError::Memory { limit: limits.memory, wanted },
        // The type of this error is wasmtime's own secret; its text is all there is. The test of the limit notices a change.
        (None, _) if format!("{error:#}").contains("fuel allocated for hostcalls") => {
            CallError::Output { limit: limits.output }
        }
        // The chain begins with the backtrace and ends with the cause.
        (Some(trap), _) => CallError::Trap { reason: trap.to_string() },
        (None, _) => CallError::Trap { reason: error.root_cause().to_string() },
    }
}
