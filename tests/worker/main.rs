//! The worker and the commands for dead letters from outside: the real program, with ministack as S3 and SQS.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

mod dead_letters;
mod fifo;
mod stop;

use std::time::{Duration, Instant};

use sandpress_tests::{
    aws::{Queue, Site},
    images,
    lambda::Settings,
    worker::Worker,
};

/// The policy that is deployed.
const SHIPPED: &str = include_str!("../../deploy/sandpress.toml");

/// A rendition that takes seconds: a photo without loss.
const SLOW: &str = "
    [source]\nbucket = \"${SANDPRESS_SOURCE_BUCKET}\"
    [destination]\nbucket = \"${SANDPRESS_DESTINATION_BUCKET}\"
    [dead-letters]\nqueue-url = \"${SANDPRESS_DEAD_LETTER_QUEUE_URL}\"
    [[rendition]]\nname = \"slow\"\nformat = \"image/png\"
";

/// Waits for what another process does.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(120), "not seen: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn every_message_becomes_renditions_or_a_dead_letter() {
    let site = Site::new().await;
    let files = ["greyscale.jpg", "progressive.jpg", "rotated.jpg", "graphic.png", "cmyk.jpg"];
    for number in 0..3 {
        for file in files {
            site.upload(&format!("{number}/{file}"), images::image(file)).await;
        }
    }
    site.upload("text.jpg", images::image("text.jpg")).await;
    site.wait_for(16).await;
    let mut worker = Worker::start(&site, &Settings::new(&site, SHIPPED), &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}{:#?}", worker.errors(), worker.log());

    assert_eq!(site.renditions().await.len(), 15);
    assert_eq!(site.waiting().await, (0, 0));
    assert_eq!(worker.outcomes("made").len(), 15, "nothing is done twice");
    let letters = site.take_dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].attribute("key"), letters[0].attribute("reason")), ("text.jpg", "unsupported"));
}

#[tokio::test]
async fn a_picture_that_takes_longer_than_the_visibility_timeout_is_made_once() {
    let site = Site::new().await;
    site.set_visibility_timeout(2).await;
    site.upload("photo.jpg", images::image("photo.jpg")).await;
    site.wait_for(1).await;
    let settings = Settings::new(&site, SLOW);
    // Each would take the message, if it were to be had.
    let mut workers = [(); 2].map(|()| Worker::start(&site, &settings, &["--lanes", "1"]));
    until("a rendition", async || site.rendition("photo.jpg").await.is_some()).await;
    until("an empty queue", async || site.waiting().await == (0, 0)).await;
    for worker in &workers {
        worker.terminate().await;
    }
    let mut lines = Vec::new();
    for worker in &mut workers {
        assert!(worker.ended().await.success(), "{}", worker.errors());
        lines.extend(worker.log().into_iter().filter(|line| line["outcome"].is_string()));
    }
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let took = lines[0]["encodeMillis"].as_f64().expect("a time");
    assert!(took > 2000.0, "the picture took {took} ms: this test sees nothing");
}

#[tokio::test]
async fn what_fails_comes_back_after_the_visibility_timeout() {
    let site = Site::new().await;
    site.set_visibility_timeout(3).await;
    site.s3.delete_bucket().bucket(&site.destination).send().await.expect("DeleteBucket");
    site.upload("photo.jpg", images::image("greyscale.jpg")).await;
    site.wait_for(1).await;
    let settings = Settings::new(&site, SHIPPED);
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert_eq!(worker.ended().await.code(), Some(1), "{}", worker.errors());
    assert_eq!(worker.outcomes("failed").len(), 1, "not at once: {:#?}", worker.log());
    assert_eq!(site.waiting().await, (0, 1));

    site.s3.create_bucket().bucket(&site.destination).send().await.expect("CreateBucket");
    site.wait_for(1).await;
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    assert_eq!(site.renditions().await.len(), 1);
    assert!(site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn what_is_set_up_wrong_is_said_at_the_start() {
    let site = Site::new().await;
    let settings = Settings::new(&site, SHIPPED);
    let nowhere =
        Site { queue: Queue { url: format!("{}-of-nobody", site.queue.url), ..site.queue.clone() }, ..site.clone() };
    let unset = Settings { environment: settings.environment[1..].to_vec(), ..settings.clone() };
    let small = Settings { memory: 128, ..settings.clone() };
    for (site, settings, arguments, says) in [
        (&site, &settings, &["--encoders", "/nowhere"][..], "/nowhere/catalog.json"),
        (&site, &settings, &["--policy", "/nowhere/sandpress.toml"], "the policy /nowhere/sandpress.toml"),
        (&site, &small, &[], "give the process more memory"),
        (&site, &unset, &[], "SANDPRESS_SOURCE_BUCKET is not set"),
        (&nowhere, &settings, &[], "of-nobody"),
    ] {
        let mut worker = Worker::start(site, settings, arguments);
        assert_eq!(worker.ended().await.code(), Some(1), "{:#?}", worker.log());
        assert!(worker.errors().contains(says), "{says}: {}", worker.errors());
    }
}
