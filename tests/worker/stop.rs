//! A worker that is stopped loses nothing, and keeps nothing.

use std::time::{Duration, Instant};

use sandpress_tests::{aws::Site, images, lambda::Settings, worker::Worker};

use crate::{SHIPPED, SLOW, until};

/// A worker that waits for messages and has had its first signal.
async fn stopping(site: &Site) -> Worker {
    let worker = Worker::start(site, &Settings::new(site, SHIPPED), &[]);
    until("a start", async || worker.log().iter().any(|line| line["message"] == "ready")).await;
    // It waits for messages by now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    worker.terminate().await;
    until("the signal", async || worker.log().iter().any(|line| line["message"] == "stopping")).await;
    worker
}

#[tokio::test]
async fn a_worker_that_is_stopped_finishes_what_is_under_way_and_holds_nothing() {
    let site = Site::new().await;
    for number in 0..20 {
        site.upload(&format!("{number}.jpg"), images::image("photo.jpg")).await;
    }
    site.wait_for(20).await;
    let settings = Settings::new(&site, SHIPPED);
    let mut worker = Worker::start(&site, &settings, &["--lanes", "1"]);
    until("the first rendition", async || !worker.outcomes("made").is_empty()).await;
    worker.terminate().await;
    assert!(worker.ended().await.success(), "{}", worker.errors());

    let made = worker.outcomes("made").len();
    assert!((1..20).contains(&made), "{made}");
    // Nobody has to wait for a visibility timeout, which is two minutes.
    assert_eq!(site.waiting().await, (20 - made, 0), "{:#?}", worker.log());
    assert_eq!(site.renditions().await.len(), made);

    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    assert_eq!(worker.outcomes("made").len(), 20 - made);
    assert_eq!(site.renditions().await.len(), 20);
    assert!(site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn what_is_not_finished_within_the_grace_comes_back_soon() {
    let site = Site::new().await;
    site.upload("photo.jpg", images::image("photo.jpg")).await;
    site.wait_for(1).await;
    let mut worker = Worker::start(&site, &Settings::new(&site, SLOW), &["--grace", "0"]);
    until("a message in flight", async || site.waiting().await == (0, 1)).await;
    // SQS has given it away. The worker has it by now, and is at work.
    tokio::time::sleep(Duration::from_millis(500)).await;
    worker.terminate().await;
    let stopped = Instant::now();
    // Not before a request that was sent has taken effect, and long before the visibility timeout, which is two minutes.
    while stopped.elapsed() < Duration::from_secs(8) {
        assert_eq!(site.waiting().await, (0, 1), "after {:?}: {:#?}", stopped.elapsed(), worker.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(worker.ended().await.success(), "{}", worker.errors());
    site.wait_for(1).await;
    assert!(stopped.elapsed() < Duration::from_secs(45), "{:?}", stopped.elapsed());
    assert!(site.renditions().await.is_empty());
}

#[tokio::test]
async fn a_message_that_arrives_while_the_worker_stops_is_not_hidden() {
    let site = Site::new().await;
    let mut worker = stopping(&site).await;
    site.upload("photo.jpg", images::image("greyscale.jpg")).await;
    assert!(worker.ended().await.success(), "{}", worker.errors());
    assert_eq!(site.waiting().await, (1, 0), "{:#?}", worker.log());
    assert!(worker.outcomes("made").is_empty(), "nothing is begun any more");
}

#[tokio::test]
async fn the_second_signal_ends_it_at_once() {
    let site = Site::new().await;
    let mut worker = stopping(&site).await;
    worker.terminate().await;
    let stopped = Instant::now();
    assert_eq!(worker.ended().await.code(), Some(1));
    assert!(stopped.elapsed() < Duration::from_secs(3), "{:?}", stopped.elapsed());
    assert!(worker.errors().contains("stopped at once"), "{}", worker.errors());
}
