//! A worker keeps the order of a message group.

use sandpress_tests::{
    aws::{Site, notification},
    components,
    lambda::Settings,
    worker::{Worker, sandpress},
};

use crate::SLOW;

#[tokio::test]
async fn a_poisoned_message_stops_its_group_and_no_other_until_it_is_redriven() {
    let site = Site::fifo().await;
    site.set_visibility_timeout(2).await;
    let mut settings = Settings::new(&site, SLOW.replace("image/avif", "image/png"));
    // An encoder that traps when its input says so.
    let encoders = components::target().join("misbehaving/native");
    settings.environment.push(("SANDPRESS_ENCODERS".to_owned(), encoders.display().to_string()));
    for key in ["a1", "b1", "a2", "c1", "d1", "a3", "e1", "b2", "a4", "c2"] {
        site.upload(key, if key == "a2" { "panic" } else { "an honest picture" }).await;
        site.send_in(&key[..1], &notification(&site.source, key)).await;
    }

    // Until the queue gives up.
    let mut lines = Vec::new();
    while site.waiting().await != (0, 0) {
        let mut worker = Worker::start(&site, &settings, &["--until-empty", "--lanes", "2"]);
        worker.ended().await;
        lines.extend(worker.log());
        assert!(lines.len() < 100, "the queue does not become empty: {lines:#?}");
    }
    let keys = |lines: &[serde_json::Value], outcome: &str| -> Vec<String> {
        let of_it = lines.iter().filter(|line| line["outcome"] == outcome);
        of_it.map(|line| line["key"].as_str().expect("a key").to_owned()).collect()
    };
    assert_eq!(keys(&lines, "failed"), ["a2"; 5]);
    let made = site.renditions().await.into_keys().collect::<Vec<_>>();
    assert_eq!(made, ["a1", "a3", "a4", "b1", "b2", "c1", "c2", "d1", "e1"]);
    let of_the_group = lines.iter().filter(|line| line["key"].as_str().is_some_and(|key| key.starts_with('a')));
    let order: Vec<_> = of_the_group.map(|line| line["key"].as_str().expect("a key")).collect();
    assert_eq!(order, ["a1", "a2", "a2", "a2", "a2", "a2", "a3", "a4"], "what follows is not tried before");

    site.upload("a2", "an honest picture").await;
    let redrive = ["dead-letters", "redrive", "--queue", &site.dead_letters.url, "--to", &site.queue.url];
    let output = sandpress(&settings).args(redrive).output().await.expect("the command runs");
    assert!(output.status.success(), "{output:?}");
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    assert_eq!(site.renditions().await.len(), 10);
    assert_eq!(keys(&worker.log(), "made"), ["a2"]);
    assert_eq!(site.waiting_in(&site.dead_letters).await, (0, 0));
}
