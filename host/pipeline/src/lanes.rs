//! How much is done at once: as many encoders as cores, and as much memory as the process has.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

const MEBIBYTE: u64 = 1 << 20;

/// What the process needs apart from images: code, connections, the runtime. Measured at 40 MiB; the rest is room for allocators.
const PROCESS: u64 = 96 * MEBIBYTE;

/// The cores and the memory that encoders share. Clones share them.
#[derive(Clone, Debug)]
pub struct Lanes {
    cores: Arc<Semaphore>,
    /// One permit for each mebibyte.
    memory: Arc<Semaphore>,
    budget: u32,
    /// One permit for each object that may be under way.
    slots: Arc<Semaphore>,
    objects: usize,
}

/// A process too small for its policy.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{memory} bytes of memory are too few for sources of up to {source_bytes} bytes: at least {needed} are needed; give the process more \
     memory, or lower limits.source-mebibytes in the policy"
)]
pub struct TooSmall {
    memory: u64,
    source_bytes: u64,
    needed: u64,
}

impl Lanes {
    /// Shares these cores and this much memory between objects of up to `source_bytes`.
    ///
    /// As many objects as twice the cores are under way, so that some are on the network while others are encoded; fewer where their
    /// sources would take more than a quarter of the memory.
    ///
    /// # Errors
    ///
    /// [`TooSmall`] if not even one source and a small encoder have room.
    pub fn new(cores: usize, memory: u64, source_bytes: u64) -> Result<Self, TooSmall> {
        let smallest = 64 * MEBIBYTE;
        let needed = PROCESS + source_bytes + smallest;
        if memory < needed {
            return Err(TooSmall { memory, source_bytes, needed });
        }
        let fitting = usize::try_from(memory / 4 / source_bytes.max(1)).unwrap_or(usize::MAX);
        let objects = (2 * cores.max(1)).min(fitting).max(1);
        let budget = memory - PROCESS - source_bytes * objects as u64;
        // The sources of all lanes take a quarter at most, or there is one lane and `needed` holds: something is left.
        let budget = u32::try_from(budget / MEBIBYTE).unwrap_or(u32::MAX).max(1);
        Ok(Self {
            cores: Arc::new(Semaphore::new(cores.max(1))),
            memory: Arc::new(Semaphore::new(budget as usize)),
            budget,
            slots: Arc::new(Semaphore::new(objects)),
            objects,
        })
    }

    /// How many objects are under way at once.
    pub(crate) fn objects(&self) -> usize {
        self.objects
    }

    /// Waits until one more object may be under way; it is until this is dropped.
    pub(crate) async fn begin(&self) -> Option<SemaphorePermit<'_>> {
        // Never closed: it is ours.
        self.slots.acquire().await.ok()
    }

    /// The most that one encoder can have, in bytes.
    pub(crate) fn budget(&self) -> u64 {
        u64::from(self.budget) * MEBIBYTE
    }

    /// Waits for this much memory, all of the budget at most, and for a core.
    ///
    /// Memory first: who waits for memory holds no core, and who waits for a core waits only for those that run.
    pub(crate) async fn reserve(&self, bytes: u64) -> Reservation<'_> {
        let mebibytes = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX).clamp(1, self.budget);
        // The semaphores are never closed: both are private and nothing closes them.
        let memory = self.memory.acquire_many(mebibytes).await.ok();
        let core = self.cores.acquire().await.ok();
        Reservation { _memory: memory, _core: core, bytes: u64::from(mebibytes) * MEBIBYTE }
    }
}

/// Memory and a core, given back when this is dropped.
pub(crate) struct Reservation<'a> {
    _memory: Option<SemaphorePermit<'a>>,
    _core: Option<SemaphorePermit<'a>>,
    /// What was reserved.
    pub(crate) bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_share_cores_and_memory() {
        for (cores, mebibytes, source_mebibytes, objects, budget) in [
            (2, 2048, 64, 4, 2048 - 96 - 256),
            (2, 1024, 64, 4, 1024 - 96 - 256),
            (1, 256, 64, 1, 256 - 96 - 64),
            (6, 10240, 64, 12, 10240 - 96 - 768),
        ] {
            let lanes = Lanes::new(cores, mebibytes * MEBIBYTE, source_mebibytes * MEBIBYTE).unwrap();
            assert_eq!(lanes.objects(), objects, "{cores} cores, {mebibytes} MiB");
            assert_eq!(lanes.budget(), budget * MEBIBYTE, "{cores} cores, {mebibytes} MiB");
        }
    }

    #[test]
    fn a_process_that_is_too_small_is_told_what_to_do() {
        let error = Lanes::new(1, 128 * MEBIBYTE, 64 * MEBIBYTE).unwrap_err().to_string();
        assert!(error.contains("give the process more memory"), "{error}");
    }

    #[tokio::test]
    async fn what_does_not_fit_waits_and_too_much_gets_all_there_is() {
        let lanes = Lanes::new(2, 1024 * MEBIBYTE, MEBIBYTE).unwrap();
        let all = lanes.reserve(u64::MAX).await;
        assert_eq!(all.bytes, lanes.budget());
        let waits = tokio::time::timeout(std::time::Duration::from_millis(20), lanes.reserve(1)).await;
        assert!(waits.is_err(), "memory was given twice");
        drop(all);
        assert_eq!(lanes.reserve(1).await.bytes, MEBIBYTE);
    }
}
