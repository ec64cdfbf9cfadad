//! What is in the dead-letter queue can be seen, and sent back.

use std::collections::BTreeMap;

use sandpress_tests::{
    aws::{Site, notification},
    images,
    lambda::Settings,
    worker::{Worker, sandpress},
};
use serde_json::Value;

use crate::SHIPPED;

/// A site with five dead letters: of two reasons that the pipeline gives, and one that the queue gave up.
async fn site() -> (Site, Settings) {
    let site = Site::new().await;
    let settings = Settings::new(&site, SHIPPED);
    for (key, file) in [
        ("a/text.jpg", "text.jpg"),
        ("b/text.jpg", "text.jpg"),
        ("a/cut.jpg", "truncated.jpg"),
        ("b/cut.jpg", "truncated.jpg"),
    ] {
        site.upload(key, images::image(file)).await;
    }
    site.wait_for(4).await;
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    let body = notification(&site.source, "a/given+up.jpg");
    site.sqs.send_message().queue_url(&site.dead_letters.url).message_body(body).send().await.expect("SendMessage");
    assert_eq!(site.waiting_in(&site.dead_letters).await, (5, 0));
    (site, settings)
}

/// Runs a command on the dead letters, which must succeed.
async fn run(site: &Site, settings: &Settings, command: &str, arguments: &[&str]) -> String {
    let mut sandpress = sandpress(settings);
    sandpress.args(["dead-letters", command, "--queue", &site.dead_letters.url]).args(arguments);
    let output = sandpress.output().await.expect("the command runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("a text")
}

fn json(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn dead_letters_are_listed_by_reason_and_stay_where_they_are() {
    let (site, settings) = site().await;
    let groups = json(&run(&site, &settings, "list", &["--json"]).await);
    let counts: BTreeMap<_, _> =
        groups.iter().map(|group| (group["reason"].as_str(), group["letters"].as_array().map(Vec::len))).collect();
    let expected = [("failed", 1), ("malformed", 2), ("unsupported", 2)];
    assert_eq!(counts, expected.map(|(reason, count)| (Some(reason), Some(count))).into());
    let failed = groups.iter().find(|group| group["reason"] == "failed").expect("it is counted above");
    assert_eq!(failed["letters"][0]["objects"][0]["key"], "a/given up.jpg", "read from the message");
    assert_eq!(site.waiting_in(&site.dead_letters).await, (5, 0), "visible again, at once");

    let table = run(&site, &settings, "list", &["--key-prefix", "b/"]).await;
    let rows: Vec<_> = table.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>()).collect();
    assert_eq!(rows, [["reason", "letters"], ["malformed", "1"], ["unsupported", "1"]], "{table}");
}

#[tokio::test]
async fn a_dead_letter_is_shown_with_its_detail_and_its_message() {
    let (site, settings) = site().await;
    let letters = json(&run(&site, &settings, "show", &["--reason", "malformed", "--json"]).await);
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        assert!(letter["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{letter}");
        assert!(letter["body"].as_str().is_some_and(|body| body.contains("cut.jpg")), "{letter}");
        assert_eq!(letter["objects"][0]["bucket"], site.source.as_str());
    }
    let id = letters[0]["id"].as_str().expect("an identifier");
    let shown = run(&site, &settings, "show", &[id]).await;
    let detail = letters[0]["detail"].as_str().expect("a detail");
    assert!(shown.starts_with(id) && shown.contains(detail) && shown.contains("Records"), "{shown}");
    assert_eq!(shown.matches("reason").count(), 1, "{shown}");

    let missing = ["dead-letters", "show", "nobody", "--queue", &site.dead_letters.url];
    let output = sandpress(&settings).args(missing).output().await.expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody: no such dead letter"), "{output:?}");
}

#[tokio::test]
async fn what_is_redriven_is_chosen_and_done_again() {
    let (site, settings) = site().await;
    let to = ["--to", &site.queue.url];
    let redrive = async |more: &[&str]| run(&site, &settings, "redrive", &[&to, more].concat()).await;

    let said = redrive(&["--dry-run", "--reason", "malformed"]).await;
    assert!(said.contains("malformed") && said.ends_with("2 would be sent\n"), "{said}");
    assert_eq!((site.waiting().await, site.waiting_in(&site.dead_letters).await), ((0, 0), (5, 0)));

    let said = redrive(&["--reason", "malformed", "--key-prefix", "a/"]).await;
    assert!(said.ends_with("1 sent\n"), "{said}");
    assert_eq!((site.waiting().await, site.waiting_in(&site.dead_letters).await), ((1, 0), (4, 0)));

    // What was cut off is there by now: the message of its upload, and the one that was redriven.
    site.upload("a/cut.jpg", images::image("greyscale.jpg")).await;
    site.wait_for(2).await;
    redrive(&[]).await;
    assert_eq!((site.waiting().await, site.waiting_in(&site.dead_letters).await), ((6, 0), (0, 0)));
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    assert_eq!(site.renditions().await.into_keys().collect::<Vec<_>>(), ["a/cut.jpg"]);
    assert_eq!(site.take_dead_letters().await.len(), 3, "those that are still no pictures");
}

#[tokio::test]
async fn a_letter_whose_message_cannot_be_sent_stays() {
    let (site, settings) = site().await;
    let nowhere = format!("{}-of-nobody", site.queue.url);
    let arguments = ["dead-letters", "redrive", "--queue", &site.dead_letters.url, "--to", &nowhere];
    let output = sandpress(&settings).args(arguments).output().await.expect("the command runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the rest is in the dead-letter queue still"),
        "{output:?}"
    );
    assert_eq!(site.waiting_in(&site.dead_letters).await, (5, 0));
}

#[tokio::test]
async fn more_letters_than_one_call_gives_are_all_seen() {
    let site = Site::new().await;
    let settings = Settings::new(&site, SHIPPED);
    for number in 0..25 {
        let body = notification(&site.source, &format!("{number}.jpg"));
        site.sqs.send_message().queue_url(&site.dead_letters.url).message_body(body).send().await.expect("SendMessage");
    }
    let letters = json(&run(&site, &settings, "show", &["--json"]).await);
    assert_eq!(letters.len(), 25);
    assert_eq!(site.waiting_in(&site.dead_letters).await, (25, 0));
    let said = run(&site, &settings, "redrive", &["--to", &site.queue.url]).await;
    assert!(said.ends_with("25 sent\n"), "{said}");
    assert_eq!((site.waiting().await, site.waiting_in(&site.dead_letters).await), ((25, 0), (0, 0)));
}
