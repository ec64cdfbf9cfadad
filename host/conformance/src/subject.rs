//! An encoder under test, and the calls that properties make.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use sandpress_sandbox::{
    CallError, Codec, CodecError, Compressed, Descriptor, Limits, MediaType, Output, Probe, Rendition,
};

use crate::{
    Decode, Picture, Property,
    corpus::{SAMPLES, Sample},
};

/// Why a property is not one that the encoder has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// It does not hold: what was done, and what came of it.
    #[error("{0}")]
    Failed(String),
    /// It cannot be judged, or not asked of this encoder: why.
    #[error("not applicable: {0}")]
    NotApplicable(String),
}

/// Goes on only where something holds; else the property fails with this text.
macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        match $condition {
            true => {}
            false => return Err($crate::Obstacle::Failed(format!($($what)+))),
        }
    };
}
pub(crate) use ensure;

/// What is enough for any encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// Of a call. Default: those that calls have by default.
    pub limits: Limits,
    /// Time for all calls of a property. Default: 5 minutes.
    pub property: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { limits: Limits::default(), property: Duration::from_secs(300) }
    }
}

impl Bounds {
    /// Sets the limits of a call.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the time for all calls of a property.
    #[must_use]
    pub fn property(mut self, time: Duration) -> Self {
        self.property = time;
        self
    }
}

/// An encoder under test, in one of the formats that it makes.
pub struct Subject<'a> {
    codec: &'a Codec,
    descriptor: &'a Descriptor,
    media_type: &'a MediaType,
    decoder: &'a dyn Decode,
    bounds: Bounds,
    taken: OnceLock<Result<Vec<Sample>, Obstacle>>,
}

impl<'a> Subject<'a> {
    /// An encoder, what it says of itself, one of the formats that it produces, and who decodes what it makes.
    pub fn new(
        codec: &'a Codec,
        descriptor: &'a Descriptor,
        media_type: &'a MediaType,
        decoder: &'a dyn Decode,
        bounds: Bounds,
    ) -> Self {
        Self { codec, descriptor, media_type, decoder, bounds, taken: OnceLock::new() }
    }

    /// Whether the encoder has a property.
    ///
    /// # Errors
    ///
    /// Why it has not, or why that cannot be told.
    pub fn has(&self, property: &Property) -> Result<(), Obstacle> {
        (property.holds)(&Exam { subject: self, until: Instant::now() + self.bounds.property })
    }
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("descriptor", self.descriptor).finish_non_exhaustive()
    }
}

/// One property's look at an encoder: it ends in time.
pub(crate) struct Exam<'a> {
    subject: &'a Subject<'a>,
    until: Instant,
}

/// What the codec itself answers: what it made, or its refusal. Anything else is an [`Obstacle`].
pub(crate) type Answer<T> = Result<Result<T, CodecError>, Obstacle>;

impl Exam<'_> {
    pub(crate) fn descriptor(&self) -> &Descriptor {
        self.subject.descriptor
    }

    pub(crate) fn media_type(&self) -> &MediaType {
        self.subject.media_type
    }

    /// Whether the codec reads a format.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        self.descriptor().accepts.iter().any(|accepted| accepted.as_str() == media_type)
    }

    /// A rendition with every default.
    pub(crate) fn rendition(&self) -> Rendition {
        Rendition::new(self.media_type().clone())
    }

    /// What the codec says of itself, asked again.
    pub(crate) fn describe(&self) -> Result<Descriptor, Obstacle> {
        let described = self.call("describe", self.subject.bounds.limits, |limits| self.subject.codec.describe(limits));
        described?.map(|described| described.descriptor).map_err(|error| refused("describe", &error))
    }

    /// What the codec says of the beginning of a file.
    pub(crate) fn probe(&self, what: &str, head: &[u8]) -> Result<Probe, Obstacle> {
        let probed = self.call(what, self.subject.bounds.limits, |limits| self.subject.codec.probe(head, limits));
        probed?.map(|probed| probed.probe).map_err(|error| refused(what, &error))
    }

    /// What the codec makes of an input, or why it refuses. Where it has an option for that, it looks at its own output again, unless
    /// a rendition says something else of that.
    pub(crate) fn compress(&self, what: &str, input: &[u8], renditions: &[Rendition]) -> Answer<Vec<Output>> {
        self.compress_within(self.subject.bounds.limits, what, input, renditions)
    }

    /// The same under other limits.
    pub(crate) fn compress_with_memory(
        &self,
        memory: u64,
        what: &str,
        input: &[u8],
        rendition: &Rendition,
    ) -> Answer<Vec<Output>> {
        let limits = self.subject.bounds.limits.memory(memory);
        self.compress_within(limits, what, input, std::slice::from_ref(rendition))
    }

    fn compress_within(
        &self,
        limits: Limits,
        what: &str,
        input: &[u8],
        renditions: &[Rendition],
    ) -> Answer<Vec<Output>> {
        let is_known = self.descriptor().options.iter().any(|option| option.name == "verify");
        let verified = |rendition: &Rendition| {
            let is_said = rendition.settings.iter().any(|setting| setting.name == "verify");
            if is_said || !is_known { rendition.clone() } else { rendition.clone().verified() }
        };
        let renditions: Vec<_> = renditions.iter().map(verified).collect();
        let made = self.call(what, limits, |limits| self.subject.codec.compress(input, &renditions, limits))?;
        Ok(made.map(|Compressed { outputs, .. }| outputs))
    }

    /// Makes one rendition.
    pub(crate) fn make(&self, what: &str, input: &[u8], rendition: &Rendition) -> Result<Output, Obstacle> {
        // The sandbox has checked that there are as many outputs as renditions.
        let made = self.compress(what, input, std::slice::from_ref(rendition))?.map(|mut outputs| outputs.remove(0));
        made.map_err(|error| refused(what, &error))
    }

    /// Why the codec makes nothing of an input; any other outcome is its fault.
    pub(crate) fn refusal(&self, what: &str, input: &[u8], rendition: &Rendition) -> Result<CodecError, Obstacle> {
        match self.compress(what, input, std::slice::from_ref(rendition))? {
            Err(error) => Ok(error),
            Ok(_) => Err(Obstacle::Failed(format!("{what}: is not refused"))),
        }
    }

    /// Pictures can be judged.
    pub(crate) fn needs_a_decoder(&self) -> Result<(), Obstacle> {
        self.subject.decoder.reads(self.media_type()).map_err(Obstacle::NotApplicable)
    }

    /// The pixels of an output, upright, after a look at what is claimed of it.
    pub(crate) fn decoded(&self, what: &str, output: &Output) -> Result<Picture, Obstacle> {
        let picture = self.subject.decoder.decode(output).map_err(|obstacle| match obstacle {
            Obstacle::Failed(reason) => Obstacle::Failed(format!("{what}: {reason}")),
            Obstacle::NotApplicable(reason) => Obstacle::NotApplicable(format!("{what}: {reason}")),
        })?;
        let (width, height) = output.info.seen();
        ensure!(
            picture.size() == (width, height) && output.info.frames == 1,
            "{what}: {} frame of {width} × {height} is claimed, the file is {} × {}",
            output.info.frames,
            picture.width,
            picture.height
        );
        Ok(picture)
    }

    /// What the encoder reads and can store. It may refuse as unsupported what it has no use for: a feature of a format, or transparency.
    pub(crate) fn samples(&self) -> Result<&[Sample], Obstacle> {
        let taken = self.subject.taken.get_or_init(|| {
            let tiny = self.rendition().contain(16, 16);
            let is_taken = |sample: &Sample| -> Result<bool, Obstacle> {
                let made = self.compress(sample.name, &sample.bytes(), std::slice::from_ref(&tiny))?;
                Ok(!matches!(made, Err(CodecError::Unsupported(_))))
            };
            let mut taken = Vec::new();
            for sample in SAMPLES.iter().filter(|sample| self.accepts(sample.media_type)) {
                if is_taken(sample)? {
                    taken.push(*sample);
                }
            }
            Ok(taken)
        });
        match taken {
            Ok(samples) if samples.is_empty() => {
                Err(Obstacle::NotApplicable("the corpus has no picture that it reads".to_owned()))
            }
            Ok(samples) => Ok(samples),
            Err(obstacle) => Err(obstacle.clone()),
        }
    }

    /// A few that differ as much as they can: the first, the first large one, and the first with transparency.
    pub(crate) fn few_samples(&self) -> Result<impl Iterator<Item = &Sample>, Obstacle> {
        let samples = self.samples()?;
        let large = samples.iter().find(|sample| !sample.is_small());
        let transparent = samples.iter().skip(1).find(|sample| sample.has_alpha);
        Ok(samples.first().into_iter().chain(large).chain(transparent))
    }

    /// A small picture.
    pub(crate) fn sample(&self) -> Result<&Sample, Obstacle> {
        let samples = self.samples()?;
        // There is one, or `samples` says so.
        Ok(samples.iter().find(|sample| sample.is_small()).unwrap_or(&samples[0]))
    }

    /// Makes a call that ends with the property's time.
    fn call<T>(&self, what: &str, limits: Limits, call: impl FnOnce(&Limits) -> Result<T, CallError>) -> Answer<T> {
        let left = self.until.saturating_duration_since(Instant::now());
        let too_long = || Obstacle::Failed(format!("{what}: takes more than {:?}", self.subject.bounds.property));
        if left.is_zero() {
            return Err(too_long());
        }
        match call(&limits.time(limits.time.min(left))) {
            Ok(answer) => Ok(Ok(answer)),
            Err(CallError::Codec(refusal)) => Ok(Err(refusal)),
            Err(CallError::Time { .. }) if left < limits.time => Err(too_long()),
            Err(error) => Err(Obstacle::Failed(format!("{what}: {error}"))),
        }
    }
}

fn refused(what: &str, refusal: &CodecError) -> Obstacle {
    Obstacle::Failed(format!("{what}: is refused as {refusal}"))
}
