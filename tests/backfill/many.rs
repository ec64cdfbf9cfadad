//! Memory does not grow with the number of objects. `SANDPRESS_BACKFILL=100000` says how many there are; by default they are few.

use std::{
    collections::BTreeMap,
    env, fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Json, Router, extract::State, routing::post};
use sandpress_tests::aws::Site;
use serde_json::{Value, json};
use tokio::time;

use crate::{
    Backfill,
    queue::{endpoint, entries, stand_in},
};

/// MiB that the whole process may take, at any time.
const MOST: u64 = 64;

/// The largest resident memory of a process until now, in KiB.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// How often each message came.
type Counted = Arc<Mutex<BTreeMap<String, u32>>>;

/// A queue that takes everything and counts it: the local SQS takes longer for each message the more there are, half an hour for 100,000.
async fn count(State(counted): State<Counted>, body: String) -> Json<Value> {
    let mut counted = counted.lock().expect("nobody panics with it");
    let taken = entries(&body).into_iter().map(|entry| {
        *counted.entry(entry["MessageBody"].as_str().expect("a text").to_owned()).or_default() += 1;
        json!({ "Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "1" })
    });
    Json(json!({ "Successful": taken.collect::<Vec<_>>(), "Failed": [] }))
}

#[tokio::test]
async fn memory_does_not_grow_with_the_number_of_objects() {
    let objects = env::var("SANDPRESS_BACKFILL").map_or(3000, |count| count.parse().expect("a number of objects"));
    let counted = Counted::default();
    let queue = stand_in(Router::new().fallback(post(count)).with_state(Arc::clone(&counted))).await;
    let backfill = Backfill::new(Site { queue, ..Site::silent().await });
    let keys: Vec<_> = (0..objects).map(|number| format!("in/{number:08}-{}.jpg", "x".repeat(100))).collect();
    backfill.site.upload_all(&keys, "1").await;
    let (state, source) = (backfill.path("state.json"), backfill.source(""));

    let began = Instant::now();
    let mut command = backfill.command(&[&source, "--state", &state]);
    let mut process =
        command.env("AWS_ENDPOINT_URL_SQS", endpoint(&backfill.site.queue)).spawn().expect("the command starts");
    let id = process.id().expect("it runs");
    let seen = || -> u64 {
        let text = fs::read_to_string(&state).unwrap_or_default();
        serde_json::from_str::<Value>(&text).ok().and_then(|state| state["progress"]["seen"].as_u64()).unwrap_or(0)
    };
    let (mut early, mut last) = (None, 0);
    let status = loop {
        if let Some(peak) = peak(id) {
            last = peak;
            if early.is_none() && seen() >= objects / 10 {
                early = Some(peak);
            }
        }
        match time::timeout(Duration::from_millis(20), process.wait()).await {
            Ok(status) => break status.expect("a child can be waited for"),
            Err(_) => continue,
        }
    };
    assert!(status.success());
    let early = early.expect("it takes longer than a look at it");
    println!("{objects} objects in {:.1?}: {} KiB at the most, {early} KiB after a tenth", began.elapsed(), last);
    assert!(last < MOST << 10, "{last} KiB");
    // Some buffers are filled later than others.
    assert!(last - early < 4 << 10, "{early} KiB after a tenth, and {last} KiB in the end");
    let counted = counted.lock().expect("nobody panics with it");
    let bucket = &backfill.site.source;
    let is_not_sent_once =
        |key: &&String| counted.get(&json!({ "bucket": bucket, "key": key }).to_string()) != Some(&1);
    assert_eq!(keys.iter().find(is_not_sent_once), None, "each of them once");
    assert_eq!(counted.len(), keys.len(), "and nothing else");
}
