use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const POLICY: &str = r#"
    [source]
    bucket = "uploads"
    prefix = "in/"
    [destination]
    bucket = "renditions"
    [dead-letters]
    queue-url = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters"
    [[rendition]]
    name = "web"
"#;

fn backfill() -> Backfill {
    Backfill::new(Policy::from_toml(POLICY).unwrap())
}

fn object(bucket: &str, key: &str) -> Change {
    Change { bucket: Bucket::new(bucket).unwrap(), key: ObjectKey::new(key).unwrap() }
}

fn candidates(keys: impl IntoIterator<Item = String>) -> impl Stream<Item = Result<Candidate, BackfillError>> {
    let candidate = |key: String| Ok(Candidate { object: object("uploads", &key), bytes: Some(10), etag: None });
    stream::iter(keys.into_iter().map(candidate).collect::<Vec<_>>())
}

fn manifest(text: &str, from: &Progress) -> Vec<String> {
    let told = |candidate: Result<Candidate, ManifestError>| match candidate {
        Ok(Candidate { object, .. }) => format!("{}/{}", object.bucket, object.key),
        Err(error) => format!("error: {error}"),
    };
    manifest::candidates(text.as_bytes(), from).map(told).collect()
}

#[tokio::test]
async fn what_the_policy_wants_is_counted_and_the_rest_is_not() {
    let keys = ["in/a.jpg", "out/b.jpg", "in/folder/", "in/c.jpg"].map(str::to_owned);
    let progress = backfill().run(candidates(keys), Progress::default(), future::pending(), |_| Ok(())).await.unwrap();
    assert_eq!((progress.seen, progress.wanted, progress.announced, progress.bytes), (4, 2, 2, 20));
    assert_eq!(progress.last, Some(object("uploads", "in/c.jpg")));
}

#[tokio::test]
async fn a_long_way_without_anything_to_announce_is_recorded_too() {
    let mut records = Vec::new();
    let keys = (0..2500).map(|number| format!("out/{number:04}.jpg"));
    let record = |progress: &Progress| {
        records.push(progress.seen);
        Ok(())
    };
    backfill().run(candidates(keys), Progress::default(), future::pending(), record).await.unwrap();
    assert_eq!(records, [1000, 2000, 2500]);
}

#[tokio::test]
async fn what_is_before_an_error_is_dealt_with_and_recorded() {
    let failing = candidates((0..25).map(|number| format!("in/{number}.jpg")))
        .chain(stream::once(future::ready(Err(ManifestError::Line { line: 26, text: "x".to_owned() }.into()))))
        .chain(candidates(["in/after.jpg".to_owned()]));
    let mut records = Vec::new();
    let record = |progress: &Progress| {
        records.push(progress.seen);
        Ok(())
    };
    let error = backfill().run(failing, Progress::default(), future::pending(), record).await.unwrap_err();
    assert!(error.to_string().contains("line 26"), "{error}");
    assert_eq!(records, [10, 20, 25]);
}

#[tokio::test]
async fn who_is_stopped_takes_no_more_and_finishes_what_was_taken() {
    let taken = AtomicUsize::new(0);
    let stop = tokio::sync::Notify::new();
    let endless = stream::iter(0..).map(|number| {
        if taken.fetch_add(1, Ordering::Relaxed) == 100 {
            stop.notify_one();
        }
        Ok(Candidate { object: object("uploads", &format!("in/{number}.jpg")), bytes: None, etag: None })
    });
    let stopped = backfill().run(endless, Progress::default(), stop.notified(), |_| Ok(())).await.unwrap();
    assert_eq!(stopped.seen, taken.load(Ordering::Relaxed) as u64);
}

#[test]
fn a_job_names_its_object_in_characters_that_sqs_takes() {
    for (key, expected) in [
        ("a b+c.jpg", r#"{"bucket":"uploads","key":"a b+c.jpg"}"#),
        ("\"\\\u{1}\n", r#"{"bucket":"uploads","key":"\"\\\u0001\n"}"#),
        ("\u{ffff}é\u{fffe}", r#"{"bucket":"uploads","key":"\uffffé\ufffe"}"#),
    ] {
        let job = job::write(&object("uploads", key));
        assert_eq!(job, expected);
        let read: serde_json::Value = serde_json::from_str(&job).unwrap();
        assert_eq!(read["key"], key);
    }
}

#[test]
fn messages_have_a_group_for_each_object_and_an_identity_for_each_backfill() {
    let [one, other] = ["one", "other"].map(|name| Backfill { name: name.to_owned(), ..backfill() });
    let (a, b) = (object("uploads", "in/a.jpg"), object("uploads", &"é".repeat(500)));
    assert_eq!(one.message(&a).group, other.message(&a).group);
    assert_ne!(one.message(&a).group, one.message(&b).group);
    assert_eq!(one.message(&a).identity, one.message(&a).identity);
    assert_ne!(one.message(&a).identity, other.message(&a).identity);
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatchRequestEntry.html
    assert!(one.message(&b).group.len() <= 128 && one.message(&b).identity.is_ascii());
}

#[test]
fn a_manifest_is_read_as_inventories_and_batch_operations_have_it() {
    for (text, expected) in [
        ("uploads,a.jpg\nuploads,b.jpg\n", &["uploads/a.jpg", "uploads/b.jpg"][..]),
        ("\"uploads\",\"in/my+photo%2B1.jpg\",\"3\",\"true\"\r\n", &["uploads/in/my photo+1.jpg"]),
        ("\u{feff}uploads,K%C3%A4se.jpg,version\n\n", &["uploads/Käse.jpg"]),
        ("uploads,a.jpg,1\nuploads,a.jpg,2\nother,a.jpg,1", &["uploads/a.jpg", "other/a.jpg"]),
        ("uploads,comma%2C%22quote.jpg", &["uploads/comma,\"quote.jpg"]),
        ("", &[]),
        (
            "uploads,a.jpg\nuploads\nuploads,b.jpg",
            &["uploads/a.jpg", "error: line 2 of the manifest is not `bucket,key`: uploads"],
        ),
        ("uploads,%FF", &["error: line 1 of the manifest: the key `%FF` is not UTF-8 after decoding"]),
        ("uploads,", &["error: line 1 of the manifest: a key of 0 bytes: S3 allows 1 to 1,024"]),
        (
            "u/s,a",
            &[
                "error: line 1 of the manifest: `u/s` is not the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots are expected",
            ],
        ),
    ] {
        assert_eq!(manifest(text, &Progress::default()), expected, "{text}");
    }
}

#[test]
fn a_manifest_goes_on_after_what_was_dealt_with_if_it_is_the_same_still() {
    let text = "uploads,a\nuploads,a\nuploads,b\nuploads,c\n";
    let from = |seen, last| Progress { seen, last: Some(object("uploads", last)), ..Progress::default() };
    assert_eq!(manifest(text, &from(1, "a")), ["uploads/b", "uploads/c"]);
    assert_eq!(manifest(text, &from(2, "b")), ["uploads/c"]);
    assert_eq!(manifest(text, &from(3, "c")), [""; 0]);
    let changed = manifest(text, &from(2, "x"));
    assert!(changed.len() == 1 && changed[0].contains("has changed"), "{changed:?}");
}
