//! What becomes of a source that is rejected: the policy's choice, and that nothing older stays in its place.

use std::{collections::BTreeSet, time::Duration};

use sandpress_tests::{
    aws::notification,
    components, images,
    lambda::{Function, Settings},
    mapping,
};
use serde_json::{Value, json};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

/// A policy that says what becomes of what is rejected.
fn choosing(choice: &str, rest: &str) -> String {
    format!("rejected = \"{choice}\"\n{}", policy(rest))
}

#[tokio::test]
async fn a_dead_letter_says_what_of_what_by_what_and_how_often() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    let truncated = images::image("truncated.jpg");
    for _ in 0..2 {
        site.upload("a.jpg", truncated.clone()).await;
        pipeline.complete(1).await;
    }
    // The third time by another policy, and after a delivery that failed.
    site.upload("a.jpg", truncated).await;
    site.wait_for(1).await;
    let hasty = Function::new(Settings { timeout: Duration::from_secs(2), ..Settings::new(site, SHIPPED) });
    assert_eq!(mapping::deliver(site, &hasty).await.returned.len(), 1);
    let other = Function::new(Settings::new(site, policy(&format!("{WEB}quality = 50\n"))));
    assert_eq!(mapping::deliver(site, &other).await.done.len(), 1);

    let letters = site.take_dead_letters().await;
    let attempts: Vec<_> = letters.iter().map(|letter| letter.attribute("attempt")).collect();
    assert_eq!(attempts, ["1", "1", "2"]);
    let recipes: Vec<_> = letters.iter().map(|letter| letter.attribute("recipe")).collect();
    assert!(recipes[0].len() >= 64 && recipes[0] == recipes[1] && recipes[1] != recipes[2], "{recipes:?}");
}

#[tokio::test]
async fn retrying_leaves_it_to_the_queue_to_give_up() {
    let pipeline = Pipeline::new(&choosing("retry", WEB)).await;
    pipeline.site.upload("text.jpg", images::image("text.jpg")).await;
    pipeline.site.upload("photo.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.site.wait_for(2).await;
    let deliveries = mapping::drain(&pipeline.site, &pipeline.function).await;
    assert_eq!(deliveries.len(), 5, "as many as the queue's redrive policy says");
    assert_eq!(pipeline.site.renditions().await.into_keys().collect::<Vec<_>>(), ["photo.jpg"]);
    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert!(letters[0].attributes.is_empty(), "it is the queue's own: {letters:#?}");
    assert_eq!(pipeline.function.outcomes("rejected").len(), 5);
}

#[tokio::test]
async fn skipping_leaves_a_line_in_the_log() {
    let pipeline = Pipeline::new(&choosing("skip", WEB)).await;
    pipeline.site.upload("text.jpg", images::image("text.jpg")).await;
    pipeline.complete(1).await;
    assert!(pipeline.site.renditions().await.is_empty());
    assert!(pipeline.site.take_dead_letters().await.is_empty());
    let lines = pipeline.function.outcomes("rejected");
    assert_eq!((lines.len(), lines[0]["reason"].as_str()), (1, Some("unsupported")), "{lines:#?}");
}

#[tokio::test]
async fn what_is_rejected_is_told_beside_the_renditions_and_never_of_an_older_version() {
    let rest = format!("mirror-deletes = true\nrejections = \"no/\"\n{WEB}");
    let pipeline = Pipeline::new(&policy(&rest)).await;
    let site = &pipeline.site;
    let told = async || {
        let stored = site.rendition("no/a.jpg.json").await?;
        assert_eq!(stored.content_type, "application/json");
        Some(serde_json::from_slice::<Value>(&stored.bytes).expect("JSON"))
    };
    for (bad, reason) in [("text.jpg", "unsupported"), ("truncated.jpg", "malformed")] {
        let etag = site.upload("a.jpg", images::image(bad)).await;
        pipeline.complete(1).await;
        let record = told().await.expect("a record");
        let names = [&record["bucket"], &record["key"], &record["etag"], &record["reason"]];
        assert_eq!(names, [&json!(site.source), &json!("a.jpg"), &json!(etag.trim_matches('"')), &json!(reason)]);
        assert!(record["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{record}");
    }
    assert_eq!(site.take_dead_letters().await.len(), 2, "operators are told as ever");

    // It goes with its source, as a rendition would.
    site.remove("a.jpg").await;
    pipeline.complete(1).await;
    assert_eq!(told().await, None);

    // What is not ours is left alone, and an upload whose rendition has such a key is none of these.
    site.put(&site.destination, "no/b.jpg.json", "{}", &[]).await;
    site.upload("b.jpg", "text").await;
    pipeline.complete(1).await;
    assert_eq!(site.rendition("no/b.jpg.json").await.expect("what was there").bytes, b"{}");
    assert_eq!(site.take_dead_letters().await.len(), 1);
}

#[tokio::test]
async fn copying_stores_the_source_under_a_type_that_is_safe() {
    let rest = format!(
        "cache-control = \"max-age=60\"\n{WEB}key = \"{{dir}}{{name}}\"\n[limits]\nsource-mebibytes = 1\nmegapixels = 5\n"
    );
    let pipeline = Pipeline::new(&choosing("copy", &rest)).await;
    let site = &pipeline.site;
    let page = b"<script>alert(1)</script>".to_vec();
    let put = site.s3.put_object().bucket(&site.source).key("pages/a+ b%.jpg").content_type("text/html");
    put.body(page.clone().into()).send().await.expect("PutObject");
    let (cut, large) = (images::image("truncated.jpg"), images::image("photo.jpg"));
    site.upload("cut.jpg", cut.clone()).await;
    site.upload("large.jpg", large.clone()).await;
    let messages = pipeline.complete(3).await.messages;

    let renditions = site.renditions().await;
    let types: Vec<_> = renditions.iter().map(|(key, one)| (key.as_str(), one.content_type.as_str())).collect();
    // Of the first one the header can be read, and of the second nothing is.
    let unknown = "application/octet-stream";
    assert_eq!(types, [("cut", "image/jpeg"), ("large", unknown), ("pages/a+ b%", unknown)]);
    let copies = renditions.values().map(|one| &one.bytes);
    assert!(copies.eq([&cut, &large, &page]), "they are what was uploaded");
    assert!(renditions.values().all(|one| one.cache_control.as_deref() == Some("max-age=60")), "{renditions:#?}");
    assert_eq!(pipeline.function.outcomes("copied").len(), 3);

    // Once more: it is known that nothing else can be done.
    for message in messages.values() {
        site.send(message).await;
    }
    pipeline.complete(3).await;
    assert_eq!(pipeline.function.outcomes("unchanged").len(), 3);

    // A place that is another's is not taken, and that is told.
    site.upload("cut.png", "text").await;
    pipeline.complete(1).await;
    assert_eq!(site.rendition("cut").await.expect("a copy").bytes, cut);
    let letters = site.take_dead_letters().await;
    assert_eq!((letters.len(), letters[0].attribute("key")), (1, "cut.png"), "{letters:#?}");

    // A policy that can do more makes what it can.
    let other = Function::new(Settings::new(site, choosing("copy", &format!("{WEB}key = \"{{dir}}{{name}}\"\n"))));
    site.send(&notification(&site.source, "large.jpg")).await;
    site.wait_for(1).await;
    mapping::deliver(site, &other).await;
    let made = site.rendition("large").await.expect("a rendition");
    assert!(made.content_type == "image/jpeg" && made.bytes.len() < large.len(), "{other:#?}");
}

#[tokio::test]
async fn a_rendition_that_is_rejected_keeps_no_other_from_being_made() {
    // A JPEG has one frame.
    let two = "[[rendition]]\nname = \"a\"\nkey = \"a/{key}\"\nformat = \"image/jpeg\"\n\
               [[rendition]]\nname = \"b\"\nkey = \"b/{key}\"\nformat = \"image/webp\"\n";
    let pipeline = Pipeline::new(&policy(two)).await;
    pipeline.site.upload("moving.gif", images::image("formats/animation.gif")).await;
    pipeline.complete(1).await;
    assert_eq!(pipeline.site.renditions().await.into_keys().collect::<Vec<_>>(), ["b/moving.gif"]);
    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!((letters.len(), letters[0].attribute("reason")), (1, "unsupported"), "{letters:#?}");
}

#[tokio::test]
async fn no_rendition_of_an_older_version_stays_where_the_newest_is_rejected() {
    for (choice, dead_letters) in [("dead-letter", 1), ("skip", 0), ("copy", 0)] {
        let pipeline = Pipeline::new(&choosing(choice, &format!("{WEB}[limits]\nsource-mebibytes = 1\n"))).await;
        let site = &pipeline.site;
        for bad in [images::image("text.jpg"), images::image("truncated.jpg"), images::image("photo.jpg")] {
            site.upload("a.jpg", pictures::photo(1, 64, 48)).await;
            pipeline.complete(1).await;
            assert!(site.rendition("a.jpg").await.is_some_and(|made| made.content_type == "image/jpeg"), "{choice}");
            site.upload("a.jpg", bad.clone()).await;
            pipeline.complete(1).await;
            let expected = (choice == "copy").then_some(bad);
            assert_eq!(site.rendition("a.jpg").await.map(|stored| stored.bytes), expected, "{choice}");
            assert_eq!(site.take_dead_letters().await.len(), dead_letters, "{choice}");
        }
    }
}

#[tokio::test]
async fn nor_where_the_newest_is_a_rendition_itself() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    site.upload("a.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;
    site.put(&site.source, "a.jpg", pictures::photo(2, 64, 48), &[("sandpress-recipe", "some")]).await;
    pipeline.complete(1).await;
    assert_eq!(site.rendition("a.jpg").await, None);
    assert_eq!(pipeline.function.outcomes("skipped").len(), 1);
}

#[tokio::test]
async fn a_rendition_of_this_version_stays_when_a_newer_policy_rejects_it() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    site.upload("a.jpg", images::image("photo.jpg")).await;
    let message = pipeline.complete(1).await.messages.into_values().next().expect("a message");
    let before = site.rendition("a.jpg").await;
    let stricter =
        Function::new(Settings::new(site, policy(&format!("{WEB}quality = 50\n[limits]\nmegapixels = 1\n"))));
    site.send(&message).await;
    site.wait_for(1).await;
    assert_eq!(mapping::deliver(site, &stricter).await.done.len(), 1);
    assert_eq!(site.rendition("a.jpg").await, before);
    assert_eq!(site.take_dead_letters().await[0].attribute("reason"), "over-limit");
}

#[tokio::test]
async fn an_encoder_that_crashes_is_tried_again_and_ends_in_the_dead_letter_queue() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    let mut settings = Settings::new(site, SHIPPED);
    let folder = components::target().join("misbehaving/native").display().to_string();
    settings.environment.push(("SANDPRESS_ENCODERS".to_owned(), folder));
    let function = Function::new(settings);
    // What the misbehaving encoder reads is what it does; the last one names nothing.
    for (key, task) in [("trap.png", "panic"), ("internal.png", "error: internal"), ("honest.png", "be honest")] {
        site.upload(key, task).await;
    }
    site.wait_for(3).await;
    let deliveries = mapping::drain(site, &function).await;
    assert_eq!(deliveries.len(), 5, "{deliveries:#?}");
    let failed: BTreeSet<_> = function.outcomes("failed").iter().map(|line| line["key"].to_string()).collect();
    assert_eq!(failed, BTreeSet::from(["\"internal.png\"".to_owned(), "\"trap.png\"".to_owned()]));
    assert_eq!(site.take_dead_letters().await.len(), 2);
    assert_eq!(site.renditions().await.len(), 1);

    // A later release mends it, and what was given up is sent again.
    site.upload("trap.png", images::image("graphic.png")).await;
    pipeline.complete(1).await;
    assert!(site.rendition("trap.png").await.is_some());
}
