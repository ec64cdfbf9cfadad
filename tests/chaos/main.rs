//! `make chaos`: attacks the pipeline for some minutes, round after round, and tells whether anything was lost.
//!
//! Each round is an attack of its own, with the next seed: that of a round that finds something repeats it.
//!
//! ```text
//! sandpress-chaos SEED MINUTES        sandpress-chaos 1 10
//! ```

#![expect(clippy::panic, reason = "a tool for developers: what cannot go on says so and ends")]

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use sandpress_tests::chaos::{Attack, Report};

#[tokio::main]
async fn main() -> ExitCode {
    let number = |place| {
        let word: Option<String> = env::args().nth(place);
        word.and_then(|word| word.parse().ok())
            .unwrap_or_else(|| panic!("sandpress-chaos SEED MINUTES: two numbers are expected"))
    };
    let (seed, minutes): (u64, u64) = (number(1), number(2));
    let began = Instant::now();
    let mut all = Report::default();
    for seed in seed.. {
        println!("seed {seed}");
        let attack = Attack { seed, objects: 2000, changes: 6000, workers: 8, one_in: 6, is_blindfolded: false };
        let report = attack.run(|report| println!("  {:>4} s: {report}", began.elapsed().as_secs())).await;
        println!("  {:>4} s: {report}", began.elapsed().as_secs());
        for finding in &report.findings {
            println!("  {finding}");
        }
        all.add(report);
        if !all.findings.is_empty() || began.elapsed() >= Duration::from_secs(60 * minutes) {
            break;
        }
    }
    println!("{all}");
    for (fault, count) in &all.faults {
        println!("{count:>9}  {fault}");
    }
    if all.findings.is_empty() {
        println!("nothing was lost: the destination is what the source makes it, byte for byte and key for key");
        ExitCode::SUCCESS
    } else {
        println!("FAILED: see what was found above; the last seed repeats it");
        ExitCode::FAILURE
    }
}
