//! What is no picture, no event, or not wanted: each has its place, and none comes back.

use std::collections::BTreeMap;

use sandpress_tests::{
    aws::{Site, notification},
    images,
    lambda::{Function, Settings},
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

#[tokio::test]
async fn what_is_no_picture_is_rejected_with_the_reason() {
    let pipeline = Pipeline::new(&policy(&format!("{WEB}[limits]\nsource-mebibytes = 1\nmegapixels = 5\n"))).await;
    let photo = pictures::photo(1, 160, 120);
    let cases: [(&str, &str, Vec<u8>); 11] = [
        ("text.jpg", "unsupported", images::image("text.jpg")),
        ("empty.jpg", "malformed", Vec::new()),
        ("like.webp", "unsupported", [&b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0"[..], &[0; 24]].concat()),
        ("like.heic", "unsupported", [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], &[0; 64]].concat()),
        ("truncated.jpg", "malformed", images::image("truncated.jpg")),
        ("header only.jpg", "malformed", photo[..40].to_vec()),
        ("signature only.png", "malformed", images::image("graphic.png")[..8].to_vec()),
        ("bomb.jpg", "over-limit", images::claiming(&photo, 65_500, 65_500)),
        ("bomb.png", "over-limit", images::PNG_BOMB.to_vec()),
        ("many pixels.jpg", "over-limit", images::image("photo.jpg")[..1_000_000].to_vec()),
        ("many bytes.jpg", "over-limit", images::image("photo.jpg")),
    ];
    for batch in cases.chunks(10) {
        for (key, _, bytes) in batch {
            pipeline.site.upload(key, bytes.clone()).await;
        }
        pipeline.complete(batch.len()).await;
    }

    assert!(pipeline.site.renditions().await.is_empty());
    let letters = pipeline.site.take_dead_letters().await;
    let reasons: BTreeMap<_, _> =
        letters.iter().map(|letter| (letter.attribute("key"), letter.attribute("reason"))).collect();
    assert_eq!(reasons, cases.iter().map(|(key, reason, _)| (*key, *reason)).collect(), "{letters:#?}");
    assert_eq!(letters.len(), cases.len());
    assert_eq!(pipeline.function.outcomes("rejected").len(), cases.len());
}

#[tokio::test]
async fn a_format_that_is_read_and_not_made_is_rejected_with_advice() {
    let pipeline = Pipeline::new(&policy(WEB)).await;
    let formats = ["palette.gif", "bytes.bmp", "lzw.tif"];
    for file in formats {
        pipeline.site.upload(file, images::image(&format!("formats/{file}"))).await;
    }
    pipeline.complete(formats.len()).await;
    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!(letters.len(), formats.len());
    for letter in letters {
        assert_eq!(letter.attribute("reason"), "unsupported");
        let detail = letter.attribute("detail");
        assert!(detail.contains("set `format` of rendition `web`") && detail.contains("image/png"), "{detail}");
    }

    // As advised.
    let pipeline = Pipeline::new(&policy(&format!("{WEB}format = \"image/png\"\n"))).await;
    for file in formats {
        pipeline.site.upload(file, images::image(&format!("formats/{file}"))).await;
    }
    pipeline.complete(formats.len()).await;
    assert_eq!(pipeline.site.renditions().await.len(), formats.len());
}

#[tokio::test]
async fn a_key_that_a_message_cannot_hold_is_still_named() {
    let pipeline = Pipeline::new(SHIPPED).await;
    // SQS takes the characters of XML 1.0 only.
    pipeline.site.send(&notification(&pipeline.site.source, "a%01b.jpg")).await;
    pipeline.site.upload("a\u{1}b.jpg", "text").await;
    pipeline.complete(2).await;
    let letters = pipeline.site.take_dead_letters().await;
    assert!(letters.iter().all(|letter| letter.attribute("key") == "a\u{fffd}b.jpg"), "{letters:#?}");
    assert!(!letters.is_empty());
}

#[tokio::test]
async fn a_message_that_is_no_event_is_a_dead_letter() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let bodies = [
        "hello",
        "{}",
        "[1]",
        r#"{"Records":[{"s3":{}}]}"#,
        r#"{"Records":[{"s3":{"bucket":{"name":"?"},"object":{"key":"a"}}}]}"#,
    ];
    for body in bodies {
        pipeline.site.send(body).await;
    }
    pipeline.complete(bodies.len()).await;
    let letters = pipeline.site.take_dead_letters().await;
    assert!(letters.iter().all(|letter| letter.attribute("reason") == "unreadable-event"), "{letters:#?}");
    let mut found: Vec<_> = letters.iter().map(|letter| letter.body.as_str()).collect();
    let mut expected = bodies.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_test_event_of_s3_is_acknowledged() {
    let site = Site::with_test_event().await;
    let function = Function::new(Settings::new(&site, SHIPPED));
    let pipeline = Pipeline { site, function };
    let delivery = pipeline.complete(1).await;
    assert!(delivery.messages.values().all(|body| body.contains("s3:TestEvent")), "{delivery:#?}");
    assert!(pipeline.site.take_dead_letters().await.is_empty());
    assert!(pipeline.function.log().iter().all(|line| line["outcome"].is_null()), "{:#?}", pipeline.function.log());
}

#[tokio::test]
async fn what_is_not_wanted_is_skipped_without_a_trace() {
    let pipeline = Pipeline::new(&policy(WEB).replacen("[dead-letters]", "prefix = \"in/\"\n[dead-letters]", 1)).await;
    let site = &pipeline.site;
    let photo = pictures::photo(1, 64, 48);
    site.upload("in/folder/", "").await;
    site.upload("out/photo.jpg", photo.clone()).await;
    // What Sandpress has made is no source, wherever it is copied to.
    site.put(&site.source, "in/made.jpg", photo.clone(), &[("sandpress-recipe", "00")]).await;
    site.send(&notification("another-bucket", "in/photo.jpg")).await;
    site.upload("in/gone.jpg", photo).await;
    site.remove("in/gone.jpg").await;
    pipeline.complete(6).await;

    assert!(site.renditions().await.is_empty());
    assert!(site.take_dead_letters().await.is_empty());
    assert_eq!(pipeline.function.outcomes("skipped").len(), 4);
    let gone = pipeline.function.outcomes("gone");
    assert_eq!(gone.len(), 1, "two messages, one object: {gone:#?}");
}
