//! The destination follows the source, and touches nothing else.

use std::collections::BTreeMap;

use sandpress_tests::{
    aws::notification,
    images,
    lambda::{Function, Settings},
    mapping,
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

/// Two sources of the same name and different extensions meet.
const MEETING: &str = "mirror-deletes = true\n[[rendition]]\nname = \"web\"\nkey = \"{dir}{name}\"\n";

#[tokio::test]
async fn an_overwritten_source_gives_the_new_rendition() {
    let pipeline = Pipeline::new(SHIPPED).await;
    for version in 1..=3 {
        let source = pictures::photo(version, 160, 120);
        let etag = pipeline.site.upload("photo.jpg", source.clone()).await;
        pipeline.complete(1).await;
        let rendition = pipeline.site.rendition("photo.jpg").await.expect("a rendition");
        assert_eq!(rendition.metadata["sandpress-source-etag"], etag.trim_matches('"'));
        let difference = pictures::difference(&rendition, &source);
        assert!(difference < 8.0, "{difference}");
    }
}

#[tokio::test]
async fn a_message_about_an_old_version_gives_the_newest() {
    let pipeline = Pipeline::new(SHIPPED).await;
    pipeline.site.upload("photo.jpg", pictures::photo(1, 160, 120)).await;
    let first = pipeline.complete(1).await;
    let newest = pipeline.site.upload("photo.jpg", pictures::photo(2, 160, 120)).await;
    pipeline.complete(1).await;

    // The first message again, as a replay or a late duplicate has it.
    pipeline.site.send(first.messages.values().next().expect("a message")).await;
    pipeline.complete(1).await;
    let rendition = pipeline.site.rendition("photo.jpg").await.expect("a rendition");
    assert_eq!(rendition.metadata["sandpress-source-etag"], newest.trim_matches('"'));
}

#[tokio::test]
async fn a_deleted_source_takes_its_own_rendition_with_it_and_no_other() {
    let pipeline = Pipeline::new(&policy(MEETING)).await;
    let site = &pipeline.site;
    site.put(&site.destination, "foreign", "hands off", &[]).await;
    site.upload("a.jpg", pictures::photo(1, 64, 48)).await;
    site.upload("b.jpg", pictures::photo(2, 64, 48)).await;
    pipeline.complete(2).await;
    assert_eq!(keys(&pipeline).await, ["a", "b", "foreign"]);

    site.remove("a.jpg").await;
    // Neither has ever made anything, though a rendition of theirs would be in another's place.
    site.remove("b.png").await;
    site.send(&notification(&site.source, "b.png")).await;
    site.send(&notification(&site.source, "foreign.jpg")).await;
    site.wait_for(3).await;
    for delivery in mapping::drain(site, &pipeline.function).await {
        assert_eq!(delivery.returned, [""; 0]);
    }
    assert_eq!(keys(&pipeline).await, ["b", "foreign"]);
    let gone = pipeline.function.outcomes("gone");
    let deleted: BTreeMap<_, _> = gone.iter().map(|line| (line["key"].as_str(), line["deleted"].as_u64())).collect();
    assert_eq!(deleted.get(&Some("a.jpg")), Some(&Some(1)));
    assert_eq!(deleted.get(&Some("b.png")), Some(&Some(0)));
    assert_eq!(deleted.get(&Some("foreign.jpg")), Some(&Some(0)));
}

#[tokio::test]
async fn without_mirror_deletes_renditions_outlive_their_source() {
    let pipeline = Pipeline::new(&policy(WEB)).await;
    pipeline.site.upload("a.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;
    pipeline.site.remove("a.jpg").await;
    pipeline.complete(1).await;
    assert_eq!(keys(&pipeline).await, ["a.jpg"]);
    assert_eq!(pipeline.function.outcomes("gone").len(), 1);
}

#[tokio::test]
async fn two_sources_that_meet_in_one_key_are_a_conflict_that_names_both() {
    let pipeline = Pipeline::new(&policy(MEETING)).await;
    pipeline.site.upload("a.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;
    let rendition = pipeline.site.rendition("a").await;

    pipeline.site.upload("a.png", images::image("graphic.png")).await;
    pipeline.complete(1).await;
    assert_eq!(pipeline.site.rendition("a").await, rendition, "the first one keeps the place");
    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!((letters[0].attribute("reason"), letters[0].attribute("key")), ("conflict", "a.png"));
    assert!(letters[0].attribute("detail").contains("a.jpg"), "{letters:#?}");
}

#[tokio::test]
async fn of_two_sources_that_meet_at_the_same_time_one_wins() {
    let pipeline = Pipeline::new(&policy(MEETING)).await;
    pipeline.site.upload("a.jpg", pictures::photo(1, 160, 120)).await;
    pipeline.site.upload("a.jpeg", pictures::photo(2, 160, 120)).await;
    pipeline.complete(2).await;
    assert_eq!(pipeline.function.outcomes("made").len(), 1);
    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    let rendition = pipeline.site.rendition("a").await.expect("the winner's");
    let winner = &rendition.metadata["sandpress-source"];
    assert!(letters[0].attribute("detail").contains(winner.as_str()), "{letters:#?}");
    assert!(!winner.ends_with(letters[0].attribute("key")));
}

#[tokio::test]
async fn an_object_that_sandpress_has_not_made_is_never_overwritten() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    site.put(&site.destination, "photo.jpg", "hands off", &[("owner", "somebody")]).await;
    let before = site.rendition("photo.jpg").await;
    site.upload("photo.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;

    assert_eq!(site.rendition("photo.jpg").await, before);
    let letters = site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(letters[0].attribute("reason"), "conflict");
    assert!(letters[0].attribute("detail").contains("something other than Sandpress"), "{letters:#?}");
}

#[tokio::test]
async fn a_changed_policy_makes_renditions_anew() {
    let rendition = |line: &str| policy(&format!("{WEB}{line}"));
    let pipeline = Pipeline::new(&rendition("")).await;
    pipeline.site.upload("photo.jpg", pictures::photo(1, 160, 120)).await;
    let message = pipeline.complete(1).await.messages.into_values().next().expect("a message");
    let mut last = pipeline.site.rendition("photo.jpg").await.expect("a rendition");

    // Each one differs from the one before in what it asks for; the event is the same.
    for line in [
        "quality = 40",
        "max-width = 80",
        "format = \"image/png\"",
        "format = \"same\"",
        "format = \"image/png\"",
        "format = \"image/jpeg\"",
        "format = \"image/png\"",
    ] {
        let function = Function::new(Settings::new(&pipeline.site, rendition(line)));
        pipeline.site.send(&message).await;
        pipeline.site.wait_for(1).await;
        let delivery = mapping::deliver(&pipeline.site, &function).await;
        assert_eq!(delivery.done.len(), 1, "{delivery:#?}");
        let now = pipeline.site.rendition("photo.jpg").await.expect("a rendition");
        assert!(now.bytes != last.bytes, "{line}: {:#?}", function.outcomes("unchanged"));
        assert_eq!(now.content_type, if line.contains("png") { "image/png" } else { "image/jpeg" }, "{line}");
        last = now;
    }
}

async fn keys(pipeline: &Pipeline) -> Vec<String> {
    pipeline.site.renditions().await.into_keys().collect()
}
