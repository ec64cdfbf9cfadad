//! Everything arrives at least once.

use std::{collections::BTreeSet, time::Duration};

use sandpress_tests::{
    lambda::{Function, Settings},
    mapping,
};

use crate::{Pipeline, SHIPPED, pictures};

#[tokio::test]
async fn an_upload_or_a_message_that_comes_again_is_not_compressed_again() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let photo = pictures::photo(1, 160, 120);
    pipeline.site.upload("photo.jpg", photo.clone()).await;
    let first = pipeline.complete(1).await;
    let rendition = pipeline.site.rendition("photo.jpg").await;
    assert!(rendition.is_some());

    pipeline.site.upload("photo.jpg", photo).await;
    pipeline.complete(1).await;
    for body in first.messages.values() {
        pipeline.site.send(body).await;
    }
    pipeline.complete(1).await;

    assert_eq!(pipeline.site.renditions().await.len(), 1);
    assert_eq!(pipeline.site.rendition("photo.jpg").await, rendition);
    assert_eq!(pipeline.function.outcomes("made").len(), 1);
    let unchanged = pipeline.function.outcomes("unchanged");
    assert_eq!(unchanged.len(), 2);
    for line in unchanged {
        assert!(line["detail"].as_str().is_some_and(|why| why.contains("every rendition is there")), "{line}");
        assert_eq!(line["encodeMillis"], 0.0, "{line}");
    }
}

#[tokio::test]
async fn messages_of_one_batch_that_name_the_same_object_cost_one_encode() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let photo = pictures::photo(1, 160, 120);
    pipeline.site.upload("photo.jpg", photo.clone()).await;
    pipeline.site.upload("photo.jpg", photo).await;
    pipeline.complete(2).await;

    let lines = pipeline.function.outcomes("made");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["messages"].as_array().map(Vec::len), Some(2), "the line names both messages");
    assert!(pipeline.function.outcomes("unchanged").is_empty());
}

#[tokio::test]
async fn two_processes_that_write_the_same_key_agree_in_the_end() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    let other = Function::new(Settings::new(site, SHIPPED));
    let mut newest = String::new();
    for version in 0..6 {
        newest = site.upload("photo.jpg", pictures::photo(version, 320, 240)).await;
        site.wait_for(1).await;
        let batch = mapping::receive(site).await;
        let event = mapping::event(site, &batch);
        // Both have the message, and meanwhile the source changes: the one that finishes last must not win by that.
        let late = async {
            tokio::time::sleep(Duration::from_millis(40 * u64::from(version))).await;
            newest = site.upload("photo.jpg", pictures::photo(100 + version, 320, 240)).await;
        };
        let (one, two, ()) = tokio::join!(pipeline.function.invoke(event.clone()), other.invoke(event), late);
        // What one of them answers deletes the message; the other's answer must be a good one too.
        let delivery = mapping::settle(site, &batch, one).await;
        assert!(delivery.returned.is_empty(), "{delivery:#?}");
        let ids: Vec<_> = delivery.messages.into_keys().collect();
        assert_eq!(mapping::failures(&two, &ids), Ok(BTreeSet::new()));
    }
    mapping::drain(site, &pipeline.function).await;

    let rendition = site.rendition("photo.jpg").await.expect("a rendition");
    assert_eq!(rendition.metadata["sandpress-source-etag"], newest.trim_matches('"'));
    let difference = pictures::difference(&rendition, &pictures::photo(105, 320, 240));
    assert!(difference < 8.0, "{difference}");
    assert!(site.take_dead_letters().await.is_empty());
}
