//! `make fuzz-events`: looks for events that the function does not answer for, or that it panics on.
//!
//! Begins with the corpus of `tests/events`, changes events in their values and in the texts and bytes that hold further ones, and goes on
//! with those that are read in a way that none was before: by what source, in how many messages, and with which errors. Messages are changed
//! byte by byte as well. What is found is written to `target/fuzz/found`.
//!
//! ```text
//! sandpress-fuzz-events [MINUTES]
//! ```

#![expect(clippy::expect_used, reason = "a tool for developers: what cannot go on says so and ends")]

use std::{
    collections::BTreeSet,
    env, fs,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    thread,
    time::{Duration, Instant, SystemTime},
};

use sandpress_pipeline::event::{Event, changes};
use sandpress_sandbox::Digest;
use sandpress_tests::{
    components,
    events::{check, corpus::corpus, mutate},
    images::Numbers,
};
use serde_json::Value;

/// The most that are kept to go on with.
const MOST: usize = 50_000;

/// Larger ones are no better.
const LARGEST: usize = 64 << 10;

/// What one thread has done.
#[derive(Default)]
struct Session {
    runs: u64,
    ways: BTreeSet<Digest>,
    found: usize,
}

fn main() -> ExitCode {
    let minutes: f64 = env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1.0);
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    // A panic is caught and told with what it was on.
    panic::set_hook(Box::new(|_| {}));
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let time = Duration::from_secs_f64(60.0 * minutes);
    let began = Instant::now();
    let sessions: Vec<Session> = thread::scope(|scope| {
        let begin = |lane| scope.spawn(move || run(Numbers::from_seed(clock * threads + lane), time));
        let lanes: Vec<_> = (0..threads).map(begin).collect();
        lanes.into_iter().map(|lane| lane.join().expect("what panics is caught")).collect()
    });
    let runs: u64 = sessions.iter().map(|session| session.runs).sum();
    let ways: BTreeSet<_> = sessions.iter().flat_map(|session| &session.ways).collect();
    let found: usize = sessions.iter().map(|session| session.found).sum();
    let seconds = began.elapsed().as_secs().max(1);
    println!(
        "events: {seconds} s, {runs} runs, {} a second, read in {} ways, found {found}",
        runs / seconds,
        ways.len()
    );
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(mut numbers: Numbers, time: Duration) -> Session {
    let began = Instant::now();
    let mut session = Session::default();
    let mut pool: Vec<Value> = corpus().into_iter().map(|case| case.event).collect();
    while began.elapsed() < time && session.found < 10 {
        let [from, other] = [(); 2].map(|()| numbers.below(pool.len()));
        let event = mutate::mutated(&pool[from], &pool[other], &mut numbers);
        session.runs += 1;
        if let Err(fault) = check(&event) {
            session.report(event.to_string().as_bytes(), &fault);
            continue;
        }
        let body = bytes(&pool[from].to_string(), &mut numbers);
        if panic::catch_unwind(AssertUnwindSafe(|| changes(&body).is_ok())).is_err() {
            session.report(body.as_bytes(), "a message that it panics on");
        }
        if session.ways.insert(way(&event)) && pool.len() < MOST && event.to_string().len() < LARGEST {
            pool.push(event);
        }
    }
    session
}

/// How an event is read.
fn way(event: &Value) -> Digest {
    let without_values = |reason: &str| reason.split(['`', ':']).next().unwrap_or_default().to_owned();
    let way = match Event::read(event) {
        Err(error) => without_values(&error.reason),
        Ok(read) => {
            let one = |changes: &Result<Vec<_>, sandpress_pipeline::event::EventError>| match changes {
                Ok(changes) => changes.len().min(3).to_string(),
                Err(error) => without_values(&error.reason),
            };
            let messages: BTreeSet<_> = read.messages.iter().map(|message| one(&message.changes)).collect();
            format!("{:?} {} {messages:?}", read.source, read.messages.len().min(3))
        }
    };
    Digest::of(way.as_bytes())
}

/// A text with a few bytes changed, left out or put in.
fn bytes(text: &str, numbers: &mut Numbers) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + numbers.below(4) {
        let (place, new) = (numbers.below(bytes.len() + 1), numbers.bytes(1));
        match numbers.below(3) {
            0 if place < bytes.len() => bytes[place] = new[0],
            1 if place < bytes.len() => drop(bytes.remove(place)),
            _ => bytes.insert(place, new[0]),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Session {
    fn report(&mut self, input: &[u8], fault: &str) {
        self.found += 1;
        let folder = components::target().join("fuzz/found");
        let path = folder.join(format!("event-{}", Digest::of(input).short()));
        fs::create_dir_all(&folder).and_then(|()| fs::write(&path, input)).expect("the build's folder can be written");
        println!("{fault}\n  {}", path.display());
    }
}
