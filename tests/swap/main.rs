//! `make bench`, on catalogs: how much later a call comes back when the catalog is exchanged meanwhile.
//!
//! Threads have tiny pictures made, one after the other, each by the release that is in service when it begins. Meanwhile the catalog goes back and
//! forth between two releases, of which each is read, verified, mapped and tried anew. A call that an exchange has overlapped is compared with the median of
//! those that none has, of the same thread and the same release.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for developers: what cannot go on says so and ends"
)]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sandpress_catalog::{Folder, Live, Remote};
use sandpress_sandbox::{Digest, Limits, MediaType, Rendition};
use sandpress_tests::{
    components,
    releases::{Signer, put, releases, serving, shelf},
};

const EXCHANGES: u64 = 60;

/// Between two exchanges, so that calls go on without one too.
const PAUSE: Duration = Duration::from_millis(60);

/// A picture that takes about a millisecond.
const TINY: &[u8] = include_bytes!("../../host/catalog/src/trial/tiny.png");

/// A call: by which release, when it began, and when it came back.
type Call = (Digest, Instant, Instant);

#[tokio::main]
async fn main() {
    println!("A call that an exchange of the catalog overlaps, beside one that none does, {EXCHANGES} exchanges");
    for threads in [1, 2] {
        round(threads).await;
    }
}

async fn round(threads: usize) {
    let (document, one, other) = releases();
    let (shelf, signer) = (shelf(&document), Signer::new());
    let mut serial = 1;
    put(shelf.path(), &signer.sign(&serving(&document, one, serial).to_json()));
    let mut remote = Remote::new(Arc::new(Folder::new(shelf.path())), signer.keys());
    remote.time_to_live = Duration::ZERO;
    let live = Live::start(components::engine(), remote, None, Box::new(|_| {})).await.expect("a catalog");

    let is_over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..threads)
        .map(|_| {
            let (live, is_over) = (live.clone(), Arc::clone(&is_over));
            thread::spawn(move || calls(&live, &is_over))
        })
        .collect();
    let mut exchanges = Vec::new();
    while serial <= EXCHANGES {
        tokio::time::sleep(PAUSE).await;
        serial += 1;
        let release = if serial % 2 == 0 { other } else { one };
        put(shelf.path(), &signer.sign(&serving(&document, release, serial).to_json()));
        let began = Instant::now();
        live.refresh().await;
        exchanges.push((began, Instant::now()));
        assert_eq!(live.current().document().serial, serial, "it is taken");
    }
    is_over.store(true, Ordering::Relaxed);
    let calls: Vec<Vec<Call>> = callers.into_iter().map(|caller| caller.join().expect("it ends")).collect();
    report(threads, &exchanges, &calls);
}

fn calls(live: &Live, is_over: &AtomicBool) -> Vec<Call> {
    let mut calls = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let catalog = live.current();
        let encoder = catalog.serving(&MediaType::PNG).expect("it serves");
        encoder.codec.compress(TINY, &[Rendition::new(MediaType::PNG)], &Limits::default()).expect("a picture");
        calls.push((encoder.digest, began, Instant::now()));
    }
    calls
}

fn report(threads: usize, exchanges: &[(Instant, Instant)], calls: &[Vec<Call>]) {
    let (mut slowest, mut all, mut undisturbed_all) = (Vec::new(), Vec::new(), Vec::new());
    for calls in calls {
        let overlaps = |call: &Call, exchange: &(Instant, Instant)| call.1 < exchange.1 && exchange.0 < call.2;
        let mut undisturbed: BTreeMap<Digest, Vec<f64>> = BTreeMap::new();
        for call in calls.iter().filter(|call| !exchanges.iter().any(|exchange| overlaps(call, exchange))) {
            undisturbed.entry(call.0).or_default().push(millis(call));
        }
        let usual: BTreeMap<_, _> = undisturbed.into_iter().map(|(release, times)| (release, median(times))).collect();
        undisturbed_all.extend(usual.values().copied());
        for exchange in exchanges {
            let delays = calls
                .iter()
                .filter(|call| overlaps(call, exchange))
                .filter_map(|call| Some(millis(call) - usual.get(&call.0)?));
            let delays: Vec<_> = delays.collect();
            slowest.extend(delays.iter().copied().reduce(f64::max));
            all.extend(delays);
        }
    }
    let took = median(exchanges.iter().map(|(began, ended)| (*ended - *began).as_secs_f64() * 1e3).collect());
    println!(
        "{threads} thread(s): an exchange takes {took:.1} ms; a call takes {:.2} ms, while one is under way {:+.2} ms more, the slowest call in each {:+.2} ms (medians); promise: at most 5",
        median(undisturbed_all),
        median(all),
        median(slowest)
    );
}

fn millis((_, began, ended): &Call) -> f64 {
    (*ended - *began).as_secs_f64() * 1e3
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
