//! Whatever a file does, the encoder says so within its limits.

#![expect(clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use std::{
    collections::BTreeMap,
    env, fs, thread,
    time::{Duration, Instant},
};

use sandpress_sandbox::{Limits, Rendition};
use sandpress_tests::{
    components::{self, target},
    hostile::{self, Case},
    trial::{self, Class, Trial},
};

/// How many of each kind are enough for a test that runs with every change.
const SOME: usize = 250;

#[test]
fn every_hostile_file_ends_in_a_typed_result_within_the_limits() {
    let is_whole = env::var("SANDPRESS_HOSTILE").is_ok_and(|which| which == "all");
    let cases = hostile::cases();
    assert!(cases.len() >= 10_000, "{} cases", cases.len());
    // Each with every encoder, or some with the encoders in turn; every second one is made smaller.
    let encoders: Vec<_> = components::encoders().iter().collect();
    let mut calls = Vec::new();
    for (place, case) in chosen(&cases, is_whole).into_iter().enumerate() {
        let turns = if is_whole { 0..encoders.len() } else { place % encoders.len()..place % encoders.len() + 1 };
        for (media_type, encoder) in turns.map(|turn| encoders[turn]) {
            let rendition = Rendition::new(media_type.clone()).verified();
            let rendition =
                if (place / encoders.len()).is_multiple_of(2) { rendition } else { rendition.contain(16, 16) };
            calls.push((case, encoder, rendition));
        }
    }

    let began = Instant::now();
    let results: Vec<_> =
        parallel(&calls, |(case, encoder, rendition)| trial::run(encoder, &case.file, rendition, &Limits::default()));

    let mut counts: BTreeMap<(&str, Class), usize> = BTreeMap::new();
    let mut slowest: Option<(Duration, String)> = None;
    let mut largest: Option<(u64, String)> = None;
    let mut faults = Vec::new();
    for ((case, encoder, _), result) in calls.iter().zip(results) {
        let name = format!("{}: {} by {}", case.kind, case.name, encoder.name);
        match result {
            Ok(Trial { class, elapsed, peak_memory, .. }) => {
                *counts.entry((case.kind, class)).or_default() += 1;
                slowest = slowest.max(Some((elapsed, name.clone())));
                largest = largest.max(peak_memory.map(|bytes| (bytes, name)));
            }
            Err(fault) => faults.push(format!("{name}: {fault}; the file is {}", keep(case))),
        }
    }
    println!("{} calls in {:.1?}", calls.len(), began.elapsed());
    for ((kind, class), count) in counts {
        println!("{count:>7}  {kind:<9} {class}");
    }
    if let (Some((time, slow)), Some((bytes, large))) = (slowest, largest) {
        println!("slowest: {time:.1?}, {slow}\nlargest: {} MiB, {large}", bytes >> 20);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// All, or every so many of each kind.
fn chosen(cases: &[Case], is_whole: bool) -> Vec<&Case> {
    let mut kinds: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        kinds.entry(case.kind).or_default().push(case);
    }
    let step = |count: usize| if is_whole { 1 } else { count.div_ceil(SOME) };
    kinds.into_values().flat_map(|kind| kind.clone().into_iter().step_by(step(kind.len()))).collect()
}

/// On every processor; the results in the order of what they are of.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let lanes = thread::available_parallelism().map_or(1, Into::into);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let lane = |lane| {
            let work = &work;
            let mine = items.iter().enumerate().skip(lane).step_by(lanes);
            scope.spawn(move || mine.map(|(place, item)| (place, work(item))).collect::<Vec<_>>())
        };
        let threads: Vec<_> = (0..lanes).map(lane).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|_| panic!("a trial panicked"))).collect()
    });
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Keeps the file of a fault, to look at.
fn keep(case: &Case) -> String {
    let folder = target().join("hostile");
    let name: String = case.name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let path = folder.join(format!("{}-{name}", case.kind));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, &case.file));
    written.map_or_else(|error| error.to_string(), |()| path.display().to_string())
}
