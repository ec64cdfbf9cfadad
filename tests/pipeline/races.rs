//! Several processes with the same object at the same time.

use std::{collections::BTreeSet, time::Duration};

use sandpress_tests::{
    images,
    lambda::{Function, Settings},
    mapping::{self, Delivery},
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

/// Longer than it takes to fetch the project's photo, and shorter than it takes to compress it. On a machine where that is not so these
/// tests see less; they do not fail.
const FETCHED: Duration = Duration::from_millis(300);

/// Delivers the one message that is there to a process, and while that compresses, what `meanwhile` causes to another.
async fn overtake(pipeline: &Pipeline, policy: &str, meanwhile: impl Future) -> [Delivery; 2] {
    let site = &pipeline.site;
    let other = Function::new(Settings::new(site, policy));
    pipeline.function.start().await.expect("it starts");
    other.start().await.expect("it starts");
    site.wait_for(1).await;
    let batch = mapping::receive(site).await;
    let (slow, quick) = tokio::join!(pipeline.function.invoke(mapping::event(site, &batch)), async {
        tokio::time::sleep(FETCHED).await;
        meanwhile.await;
        site.wait_for(1).await;
        mapping::deliver(site, &other).await
    });
    [mapping::settle(site, &batch, slow, Duration::ZERO).await, quick]
}

#[tokio::test]
async fn a_source_deleted_while_it_is_compressed_leaves_no_rendition() {
    let policy = policy(&format!("mirror-deletes = true\n{WEB}"));
    let pipeline = Pipeline::new(&policy).await;
    pipeline.site.upload("photo.jpg", images::image("photo.jpg")).await;
    let deliveries = overtake(&pipeline, &policy, pipeline.site.remove("photo.jpg")).await;
    assert!(deliveries.iter().all(|delivery| delivery.returned.is_empty()), "{deliveries:#?}");
    assert_eq!(pipeline.site.renditions().await.into_keys().collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn a_source_put_back_while_another_version_is_compressed_wins() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let first = pictures::photo(1, 160, 120);
    let etag = pipeline.site.upload("photo.jpg", first.clone()).await;
    pipeline.complete(1).await;
    // Whoever hears that the first is back finds its rendition, and has nothing to do.
    pipeline.site.upload("photo.jpg", images::image("photo.jpg")).await;
    let deliveries = overtake(&pipeline, SHIPPED, pipeline.site.upload("photo.jpg", first)).await;
    assert!(deliveries.iter().all(|delivery| delivery.returned.is_empty()), "{deliveries:#?}");
    let rendition = pipeline.site.rendition("photo.jpg").await.expect("a rendition");
    assert_eq!(rendition.metadata["sandpress-source-etag"], etag.trim_matches('"'));
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
        let delivery = mapping::settle(site, &batch, one, Duration::ZERO).await;
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
