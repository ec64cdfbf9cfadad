//! All properties of an encoder, on as many threads as there are processors.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use sandpress_sandbox::{Codec, Descriptor, MediaType};

use crate::{Bounds, Decode, Obstacle, Property, Subject};

/// An encoder, and how it is to be judged.
#[derive(Clone, Copy)]
pub struct Suite<'a> {
    /// Runs it.
    pub codec: &'a Codec,
    /// What it says of itself.
    pub descriptor: &'a Descriptor,
    /// Decodes what it makes.
    pub decoder: &'a dyn Decode,
    /// What it may take.
    pub bounds: Bounds,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A property is looked at.
    Begins(&'a Property),
    /// What became of it.
    Ends(&'a Finding),
}

/// What became of a property.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The property.
    pub property: Property,
    /// The format that the encoder was to make.
    pub media_type: MediaType,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
}

/// How a property ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not: why.
    Failed(String),
    /// It cannot be judged: why.
    NotApplicable(String),
}

impl Suite<'_> {
    /// How many findings there will be.
    pub fn findings(&self, properties: &[Property]) -> usize {
        self.exams(properties).count()
    }

    /// Looks at each of the properties, for each format that the encoder produces. The findings are in the order of the formats, and of
    /// the properties. Progress is told from several threads.
    pub fn run(&self, properties: &[Property], progress: &(dyn Fn(Progress<'_>) + Sync)) -> Vec<Finding> {
        let Self { codec, descriptor, decoder, bounds } = *self;
        let formats = &descriptor.produces;
        let subjects: Vec<_> =
            formats.iter().map(|format| Subject::new(codec, descriptor, format, decoder, bounds)).collect();
        let exams: Vec<_> = self.exams(properties).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut findings = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(&(format, property)) = exams.get(at) else { return findings };
                progress(Progress::Begins(property));
                let began = Instant::now();
                let outcome = match subjects[format].has(property) {
                    Ok(()) => Outcome::Passed,
                    Err(Obstacle::Failed(reason)) => Outcome::Failed(reason),
                    Err(Obstacle::NotApplicable(reason)) => Outcome::NotApplicable(reason),
                };
                let media_type = formats[format].clone();
                let finding = Finding { property: *property, media_type, outcome, elapsed: began.elapsed() };
                progress(Progress::Ends(&finding));
                findings.push((at, finding));
            }
        };
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(exams.len());
        let mut findings: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            // A panic goes on in the thread that waits for it.
            let joined = threads.into_iter().map(|thread| thread.join());
            joined.flat_map(|found| found.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        findings.sort_by_key(|(at, _)| *at);
        findings.into_iter().map(|(_, finding)| finding).collect()
    }

    /// Formats, by their places, and properties. What is no matter of a format is looked at once.
    fn exams<'p>(&self, properties: &'p [Property]) -> impl Iterator<Item = (usize, &'p Property)> {
        (0..self.descriptor.produces.len()).flat_map(move |format| {
            properties.iter().filter(move |property| format == 0 || property.is_of_format).map(move |p| (format, p))
        })
    }
}
