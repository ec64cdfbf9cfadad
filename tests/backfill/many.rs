//! Memory does not grow with the number of objects. `SANDPRESS_BACKFILL=100000` says how many there are; by default they are few.

use std::{collections::BTreeSet, env, fs, time::Duration, time::Instant};

use sandpress_tests::aws::Site;
use serde_json::Value;
use tokio::time;

use crate::Backfill;

/// MiB that the whole process may take, at any time.
const MOST: u64 = 64;

/// The largest resident memory of a process until now, in KiB.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[tokio::test]
async fn memory_does_not_grow_with_the_number_of_objects() {
    let objects = env::var("SANDPRESS_BACKFILL").map_or(3000, |count| count.parse().expect("a number of objects"));
    let backfill = Backfill::new(Site::silent().await);
    let keys: Vec<_> = (0..objects).map(|number| format!("in/{number:08}-{}.jpg", "x".repeat(100))).collect();
    backfill.site.upload_all(&keys, "1").await;
    let (state, source) = (backfill.path("state.json"), backfill.source(""));

    let began = Instant::now();
    let mut process = backfill.command(&[&source, "--state", &state]).spawn().expect("the command starts");
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
    let sent: BTreeSet<_> = backfill.take().await.into_iter().collect();
    assert_eq!(sent.len(), keys.len(), "each of them");
}
