//! The limits of a call, and the account of what it used.

use std::time::Duration;

use serde::Serialize;
use wasmtime::ResourceLimiter;

/// The stack of a codec, in bytes: wasmtime's own default, and an eighth of what a thread for blocking work has.
pub(crate) const STACK: usize = 512 << 10;

/// What a call may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of linear memory. Default: 1 GiB.
    pub memory: u64,
    /// Time from call to return. Default: 30 seconds. Kept to within about 20 milliseconds.
    pub time: Duration,
    /// Bytes of all outputs together. Default: 256 MiB.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, time: Duration::from_secs(30), output: 256 << 20 }
    }
}

impl Limits {
    /// Sets the bytes of linear memory.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets the time from call to return.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Sets the bytes of all outputs together.
    #[must_use]
    pub fn output(mut self, bytes: u64) -> Self {
        self.output = bytes;
        self
    }
}

/// What a call used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// From call to return.
    pub elapsed: Duration,
    /// The part of it that made the instance: what the sandbox costs before the codec begins.
    pub start: Duration,
    /// Bytes of linear memory at the highest point.
    pub peak_memory: u64,
}

/// Keeps a store within its memory and remembers what was wanted. A growth that is refused returns -1 to the guest, which may
/// state its own error; most give up with a trap.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: u64,
    held: u64,
    pub(crate) peak: u64,
    pub(crate) refused: Option<u64>,
}

impl Limiter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, held: 0, peak: 0, refused: None }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let wanted = self.held.saturating_add(desired.saturating_sub(current) as u64);
        if wanted > self.limit || maximum.is_some_and(|maximum| desired > maximum) {
            self.refused = Some(wanted);
            return Ok(false);
        }
        self.held = wanted;
        self.peak = self.peak.max(wanted);
        Ok(true)
    }

    // An element is a pointer on the host: a hundred thousand are more than any program has functions.
    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }

    // A component of ours has one memory, one table and three core instances; tools of other languages make a few more.
    fn instances(&self) -> usize {
        64
    }

    fn tables(&self) -> usize {
        16
    }

    fn memories(&self) -> usize {
        16
    }
}
