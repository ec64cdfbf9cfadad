//! The sandbox's side of an object: what is it, and what becomes of it.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use sandpress_catalog::{Catalog, Encoder};
use sandpress_sandbox::{CallError, Compressed, ImageInfo, Limits, Probe, Rendition};

use crate::{Failure, Lanes, Reason, Stages, memory, outcome::Stop, policy::ImageLimits};

/// Headers are read in little memory and little time.
const PROBE_MEMORY: u64 = 64 << 20;
const PROBE_TIME: Duration = Duration::from_secs(5);

/// Enough of a file for most headers.
const HEAD: usize = 4096;

/// The encoders of a catalog, the lanes that they run in, and what an image may cost.
#[derive(Clone, Debug)]
pub(crate) struct Encoders {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) lanes: Lanes,
    pub(crate) limits: ImageLimits,
    /// Whether what is made is decoded again and compared. It changes no byte, so it is no part of a recipe.
    pub(crate) verify: bool,
}

impl Encoders {
    /// What the image is, said by the first encoder that knows it, and within the policy's limits.
    pub(crate) async fn probe(
        &self,
        bytes: &Arc<Vec<u8>>,
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<ImageInfo, Stop> {
        let mut asked = HashSet::new();
        for (_, encoder) in self.catalog.iter() {
            if !asked.insert(encoder.digest) {
                continue;
            }
            let limits = Limits::default().memory(PROBE_MEMORY).time(left(deadline, PROBE_TIME)?).output(1 << 20);
            let (codec, ours, name) = (encoder.codec.clone(), Arc::clone(bytes), name(encoder));
            let waiting = Instant::now();
            let _reserved = self.lanes.reserve(PROBE_MEMORY).await;
            stages.wait += waiting.elapsed();
            let running = Instant::now();
            let probe = blocking(move || probe(&codec, &ours, &limits).map_err(|error| Stop::call(&name, error))).await;
            stages.encode += running.elapsed();
            let probe = probe??;
            match probe {
                Probe::Known(info) => return self.check(info),
                Probe::NeedMore(wanted) => {
                    let detail =
                        format!("the header needs {wanted} bytes, the file has {}: it is truncated", bytes.len());
                    return Err(Stop::rejected(Reason::Malformed, detail));
                }
                Probe::Unknown => {}
            }
        }
        let beginning = bytes.get(..16).unwrap_or(bytes).escape_ascii();
        Err(Stop::rejected(
            Reason::Unsupported,
            format!("no encoder in service reads this; it begins with `{beginning}`"),
        ))
    }

    fn check(&self, info: ImageInfo) -> Result<ImageInfo, Stop> {
        if info.pixels() > self.limits.pixels {
            let detail = format!(
                "{} × {} are {} pixels, the limit is {}; raise limits.megapixels in the policy to allow it",
                info.width,
                info.height,
                info.pixels(),
                self.limits.pixels
            );
            return Err(Stop::rejected(Reason::OverLimit, detail));
        }
        Ok(info)
    }

    /// Makes renditions, all by this encoder, from one image.
    ///
    /// The encoder gets the memory that its image should need. Should it need more, it gets a second try with all there is.
    pub(crate) async fn compress(
        &self,
        encoder: &Encoder,
        info: &ImageInfo,
        bytes: &Arc<Vec<u8>>,
        renditions: Vec<Rendition>,
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<Compressed, Stop> {
        let verified = |rendition: Rendition| if self.verify { rendition.verified() } else { rendition };
        let renditions: Arc<Vec<_>> = Arc::new(renditions.into_iter().map(verified).collect());
        // A prediction is right within 20 %; a quarter more is room for the rest.
        let predicted = memory::predicted(info, bytes.len() as u64, &renditions);
        let expected = predicted + predicted / 4;
        for wanted in [expected, self.lanes.budget()] {
            let waiting = Instant::now();
            let reserved = self.lanes.reserve(wanted).await;
            stages.wait += waiting.elapsed();
            let limits = Limits::default()
                .memory(reserved.bytes)
                .time(left(deadline, self.limits.time)?)
                // No output is kept that is larger than its source; other formats may take more.
                .output((bytes.len() as u64).saturating_mul(4).max(16 << 20));
            let (codec, ours, list) = (encoder.codec.clone(), Arc::clone(bytes), Arc::clone(&renditions));
            let running = Instant::now();
            let result = blocking(move || codec.compress(&ours, &list, &limits)).await?;
            stages.encode += running.elapsed();
            match result {
                Ok(made) => {
                    stages.peak_memory = stages.peak_memory.max(made.usage.peak_memory);
                    return Ok(made);
                }
                Err(CallError::Memory { .. }) if reserved.bytes < self.lanes.budget() => {}
                Err(error) => return Err(Stop::call(&name(encoder), error)),
            }
        }
        // The second try has all of the budget, so its error returns above.
        Err(Stop::rejected(Reason::OverLimit, "more memory is needed than the process has"))
    }
}

fn probe(codec: &sandpress_sandbox::Codec, bytes: &[u8], limits: &Limits) -> Result<Probe, CallError> {
    let mut length = HEAD;
    loop {
        let head = bytes.get(..length).unwrap_or(bytes);
        match codec.probe(head, limits)?.probe {
            // The sandbox has checked that it asks for more than it was given, so this ends; twice as much, so that it ends soon, however
            // many small parts a header has.
            Probe::NeedMore(wanted) if head.len() < bytes.len() => {
                length = usize::try_from(wanted).unwrap_or(usize::MAX).max(2 * head.len());
            }
            probe => return Ok(probe),
        }
    }
}

/// The time that a call may take: what is left, but no more than `most`.
fn left(deadline: Instant, most: Duration) -> Result<Duration, Stop> {
    match deadline.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(left.min(most)),
        _ => Err(Stop::Failed(Failure::Deadline)),
    }
}

/// Guests run on threads for blocking work. They end by themselves, at their deadline, whatever becomes of who waits.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stop> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Stop::Failed(Failure::Panic(error.to_string())))
}

fn name(encoder: &Encoder) -> String {
    format!("{} {}", encoder.name, encoder.version)
}
