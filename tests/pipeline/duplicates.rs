//! Everything arrives at least once.

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
