//! A short attack in every run of the tests, and the same on an implementation that is broken. `make chaos` is the long one.

use sandpress_tests::chaos::Attack;

/// The same in each run, and small enough for every day.
const ATTACK: Attack = Attack { seed: 1, objects: 250, changes: 700, workers: 5, one_in: 6, is_blindfolded: false };

#[tokio::test(flavor = "multi_thread")]
async fn under_faults_races_and_kills_nothing_is_lost_and_nothing_gets_older() {
    let report = ATTACK.run(|_| ()).await;
    println!("{report}\n{:#?}", report.faults);
    assert!(report.findings.is_empty(), "{}", report.findings.join("\n"));
    let faults: u64 = report.faults.values().sum();
    assert!(faults > 200 && report.kills > 3, "that was no attack: {report}");
}

/// The protocol's last step, the look at the source at the end, is what this takes away. An attack meets the moment that matters a few times;
/// should one not meet it, the next does.
#[tokio::test(flavor = "multi_thread")]
async fn an_implementation_that_does_not_look_at_the_source_again_is_found_out() {
    let mut findings = Vec::new();
    for seed in 1..=4 {
        if findings.is_empty() {
            let report = Attack { seed, is_blindfolded: true, ..ATTACK }.run(|_| ()).await;
            println!("{report}\n{}", report.findings.join("\n"));
            findings = report.findings;
        }
    }
    assert!(!findings.is_empty(), "what is broken passed for whole");
}
