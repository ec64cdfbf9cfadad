//! Buckets that keep versions, objects in an archive, stores that know less than S3.

use aws_sdk_s3::types::{BucketVersioningStatus, RestoreRequest, StorageClass, VersioningConfiguration};
use sandpress_tests::{
    aws::{Site, notification},
    chaos::{Door, Operation, Place, Plan, Proxy},
    lambda::{Function, Settings},
    mapping,
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

/// A pipeline that finds its services behind a proxy.
async fn behind_a_proxy(policy: &str) -> (Pipeline, Proxy, Door) {
    let site = Site::new().await;
    // Nobody listens for what is fetched.
    let (fetched, _) = tokio::sync::mpsc::unbounded_channel();
    let proxy = Proxy::new(&site, Plan::CALM, fetched);
    let door = proxy.door(false).await;
    let mut settings = Settings::new(&site, policy);
    settings.environment.push(("AWS_ENDPOINT_URL".to_owned(), door.endpoint.clone()));
    (Pipeline { function: Function::new(settings), site }, proxy, door)
}

/// Uploads a version of `a.jpg`, and expects that its rendition follows.
async fn follows(pipeline: &Pipeline, version: u16) {
    let etag = pipeline.site.upload("a.jpg", pictures::photo(version, 64, 48)).await;
    pipeline.complete(1).await;
    let made = pipeline.site.rendition("a.jpg").await.expect("a rendition");
    assert_eq!(made.metadata["sandpress-source-etag"], etag.trim_matches('"'));
}

#[tokio::test]
async fn an_object_costs_few_requests_and_one_that_has_not_changed_costs_looks_only() {
    let two = "[[rendition]]\nname = \"a\"\nkey = \"a/{key}\"\n[[rendition]]\nname = \"b\"\nkey = \"b/{key}\"\nmax-width = 32\n";
    let (pipeline, proxy, _door) = behind_a_proxy(&policy(two)).await;
    pipeline.site.upload("photo.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;
    let new = proxy.requests();
    println!("a new object with two renditions: {new:?}");
    let expected = [
        ((Place::Source, Operation::Head), 1),
        ((Place::Source, Operation::Get), 1),
        ((Place::Destination, Operation::Head), 2),
        ((Place::Destination, Operation::Put), 2),
    ];
    assert_eq!(new, expected.into());

    pipeline.site.send(&notification(&pipeline.site.source, "photo.jpg")).await;
    pipeline.complete(1).await;
    let looks = |all: &std::collections::BTreeMap<(Place, Operation), u64>, place| all[&(place, Operation::Head)];
    let again = proxy.requests();
    println!("the same, unchanged, together with it: {again:?}");
    assert_eq!((looks(&again, Place::Source), looks(&again, Place::Destination)), (2, 4));
    assert_eq!(again.values().sum::<u64>(), new.values().sum::<u64>() + 3);
}

#[tokio::test]
async fn a_store_that_knows_no_conditions_gets_none_and_agrees_as_well() {
    let (pipeline, proxy, _door) = behind_a_proxy(&policy(&format!("mirror-deletes = true\n{WEB}"))).await;
    proxy.forget_conditions();
    let site = &pipeline.site;
    for version in 1..=2 {
        follows(&pipeline, version).await;
    }
    site.remove("a.jpg").await;
    pipeline.complete(1).await;
    assert_eq!(site.rendition("a.jpg").await, None);
    // Asked once, and not again.
    assert_eq!(proxy.requests()[&(Place::Destination, Operation::Put)], 3);
    assert_eq!(proxy.requests()[&(Place::Destination, Operation::Delete)], 1);
}

#[tokio::test]
async fn buckets_with_versions_agree_as_well() {
    let pipeline = Pipeline::new(&policy(&format!("mirror-deletes = true\n{WEB}"))).await;
    let site = &pipeline.site;
    for bucket in [&site.source, &site.destination] {
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let request = site.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(enabled);
        request.send().await.expect("PutBucketVersioning");
    }
    for version in 1..=2 {
        follows(&pipeline, version).await;

        // A delete marker is how something is gone here.
        site.remove("a.jpg").await;
        pipeline.complete(1).await;
        assert_eq!(site.rendition("a.jpg").await, None);
    }
    assert_eq!(pipeline.function.outcomes("made").len(), 2);
    assert!(site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn an_object_in_an_archive_comes_back_until_it_is_restored() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    let put = site.s3.put_object().bucket(&site.source).key("old.jpg").storage_class(StorageClass::Glacier);
    put.body(pictures::photo(1, 64, 48).into()).send().await.expect("PutObject");
    let delivery = pipeline.deliver(1).await;
    assert_eq!(delivery.returned.len(), 1, "{delivery:#?}");
    let lines = pipeline.function.outcomes("failed");
    assert!(lines[0]["detail"].to_string().contains("is archived"), "{lines:#?}");
    assert!(site.take_dead_letters().await.is_empty());

    let days = RestoreRequest::builder().days(1).build();
    let restore = site.s3.restore_object().bucket(&site.source).key("old.jpg").restore_request(days);
    restore.send().await.expect("RestoreObject");
    // Its own message, which waits, and the one about the restore.
    site.wait_for(2).await;
    mapping::drain(site, &pipeline.function).await;
    assert!(site.rendition("old.jpg").await.is_some());
    assert!(site.take_dead_letters().await.is_empty());
}
