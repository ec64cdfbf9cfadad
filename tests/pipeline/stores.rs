//! Buckets that keep versions, objects in an archive, stores that know less than S3.

use aws_sdk_s3::types::{BucketVersioningStatus, RestoreRequest, StorageClass, VersioningConfiguration};
use sandpress_tests::mapping;

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

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
        let etag = site.upload("a.jpg", pictures::photo(version, 64, 48)).await;
        pipeline.complete(1).await;
        let made = site.rendition("a.jpg").await.expect("a rendition");
        assert_eq!(made.metadata["sandpress-source-etag"], etag.trim_matches('"'));

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
