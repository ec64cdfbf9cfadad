//! A backfill that is interrupted goes on where it was.

use std::{collections::BTreeSet, fs, process::ExitStatus, time::Duration};

use sandpress_tests::aws::Site;
use serde_json::{Value, json};
use tokio::{process::Command, time};

use crate::{Backfill, said};

/// Enough to be interrupted in the middle.
const OBJECTS: usize = 2000;

/// How long a test waits for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A manifest of so many objects, in the order of their keys.
fn manifest(backfill: &Backfill) -> (String, Vec<String>) {
    let keys: Vec<_> = (0..OBJECTS).map(|number| format!("in/{number:06}.jpg")).collect();
    let lines: String = keys.iter().map(|key| format!("{},{key}\n", backfill.site.source)).collect();
    (backfill.write("manifest.csv", lines), keys)
}

fn state(backfill: &Backfill) -> Option<Value> {
    let text = fs::read_to_string(backfill.path("state.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("a state is whole at any time: {error}: {text}")))
}

/// So many objects have been dealt with, as the state says.
fn recorded(backfill: &Backfill) -> usize {
    state(backfill).and_then(|state| state["progress"]["seen"].as_u64()).unwrap_or(0).try_into().expect("few")
}

/// Starts it, and sends it a signal when a part is recorded; gives how it ended.
async fn interrupt(backfill: &Backfill, arguments: &[&str], signal: &str) -> ExitStatus {
    let mut process = backfill.command(arguments).spawn().expect("the command starts");
    let id = process.id().expect("it runs").to_string();
    let part = async {
        while recorded(backfill) < OBJECTS / 10 {
            time::sleep(Duration::from_millis(1)).await;
        }
    };
    time::timeout(PATIENCE, part).await.expect("it goes on");
    Command::new("kill").args([signal, &id]).status().await.expect("`kill` can be run");
    time::timeout(PATIENCE, process.wait()).await.expect("it ends").expect("a child can be waited for")
}

#[tokio::test]
async fn who_is_killed_sends_nothing_again_that_was_recorded() {
    let backfill = Backfill::new(Site::silent().await);
    let (manifest, keys) = manifest(&backfill);
    let state = backfill.path("state.json");
    let arguments = ["--manifest", &manifest, "--state", &state, "--concurrency", "4"];
    interrupt(&backfill, &arguments, "-KILL").await;
    let recorded = recorded(&backfill);
    assert!(recorded < OBJECTS, "it was not interrupted: this test sees nothing");
    let first = backfill.take().await;
    assert!(keys[..recorded].iter().all(|key| first.contains(key)), "what is recorded has been sent");
    // Batches that were under way: four, and those that wait for one before them.
    assert!(first.len() <= recorded + 10 * 2 * 4, "{} sent, {recorded} recorded", first.len());

    backfill.report(&arguments).await;
    assert_eq!(backfill.take().await, keys[recorded..], "the rest, and nothing that was recorded");
}

#[tokio::test]
async fn who_is_asked_to_stop_sends_nothing_twice() {
    for (signal, in_bucket) in [("-INT", false), ("-TERM", true)] {
        let backfill = Backfill::new(Site::silent().await);
        let (manifest, keys) = manifest(&backfill);
        if in_bucket {
            backfill.site.upload_all(&keys, "1").await;
        }
        let (state, source) = (backfill.path("state.json"), backfill.source(""));
        let from = if in_bucket { [source.as_str()].to_vec() } else { ["--manifest", &manifest].to_vec() };
        let arguments = [&from[..], &["--state", &state, "--concurrency", "4"]].concat();
        let status = interrupt(&backfill, &arguments, signal).await;
        assert_eq!(status.code(), Some(1), "{signal}");
        let recorded = recorded(&backfill);
        assert!(recorded < OBJECTS, "it was not interrupted: this test sees nothing");
        assert_eq!(backfill.take().await, keys[..recorded], "what was sent is recorded");

        let report = backfill.report(&arguments).await;
        assert_eq!(backfill.take().await, keys[recorded..]);
        assert_eq!((&report["enqueued"], &report["complete"]), (&json!(OBJECTS), &json!(true)), "of both runs");

        let output = backfill.run(&arguments).await;
        assert!(output.status.success() && said(&output).contains("enqueued already"), "{output:?}");
        assert!(backfill.take().await.is_empty());
    }
}

#[tokio::test]
async fn where_it_ended_is_said() {
    let backfill = Backfill::new(Site::silent().await);
    let state = backfill.path("state.json");
    let lines = format!("{0},in/a.jpg\n{0},in/b.jpg\nbroken\n", backfill.site.source);
    let manifest = backfill.write("manifest.csv", &lines);
    let output = backfill.run(&["--manifest", &manifest, "--state", &state]).await;
    let expected = format!("it ended after {}/in/b.jpg; the same command goes on from there", backfill.site.source);
    assert!(said(&output).contains(&expected), "{}", said(&output));

    // The line is set right, and the rest follows.
    backfill.write("manifest.csv", lines.replace("broken", &format!("{},in/c.jpg", backfill.site.source)));
    assert_eq!(backfill.take().await, ["in/a.jpg", "in/b.jpg"]);
    backfill.report(&["--manifest", &manifest, "--state", &state]).await;
    assert_eq!(backfill.take().await, ["in/c.jpg"]);
}

#[tokio::test]
async fn a_state_of_something_else_is_refused() {
    let backfill = Backfill::new(Site::silent().await);
    let (manifest, _) = manifest(&backfill);
    let state = backfill.path("state.json");
    backfill.report(&["--manifest", &manifest, "--state", &state]).await;
    let sent: BTreeSet<_> = backfill.take().await.into_iter().collect();
    assert_eq!(sent.len(), OBJECTS);
    for other in [&[backfill.source("").as_str()][..], &["--manifest", &backfill.path("other.csv")]] {
        let output = backfill.run(&[other, &["--state", &state]].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said(&output).contains("is of another backfill"), "{}", said(&output));
    }
    assert!(backfill.take().await.is_empty());
}
