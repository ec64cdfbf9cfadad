use super::*;

fn notification(key: &str) -> String {
    serde_json::json!({ "Records": [{ "s3": { "bucket": { "name": "uploads" }, "object": { "key": key } } }] })
        .to_string()
}

#[test]
fn keys_are_decoded_as_s3_encodes_them() {
    for (encoded, key) in [
        ("photo.jpg", "photo.jpg"),
        ("my+photo.jpg", "my photo.jpg"),
        ("my%20photo.jpg", "my photo.jpg"),
        ("a%2Bb.jpg", "a+b.jpg"),
        ("50%25.jpg", "50%.jpg"),
        ("folder/K%C3%A4se.jpg", "folder/Käse.jpg"),
        ("folder%2Fphoto.jpg", "folder/photo.jpg"),
        ("%E5%86%99%E7%9C%9F.png", "写真.png"),
        ("100%.jpg", "100%.jpg"),
    ] {
        let changes = changes(&notification(encoded)).unwrap();
        assert_eq!(changes.len(), 1, "{encoded}");
        assert_eq!(changes[0].key.as_str(), key, "{encoded}");
        assert_eq!(changes[0].bucket.as_str(), "uploads");
    }
}

#[test]
fn a_record_as_aws_sends_it_is_read() {
    let body = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-central-1",
        "eventTime":"2026-01-01T00:00:00.000Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:X"},
        "requestParameters":{"sourceIPAddress":"192.0.2.1"},"responseElements":{"x-amz-request-id":"1"},
        "s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"uploads","ownerIdentity":{"principalId":"X"},
        "arn":"arn:aws:s3:::uploads"},"object":{"key":"a.jpg","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e",
        "sequencer":"0055AED6DCD90281E5"}}}]}"#;
    assert_eq!(changes(body).unwrap().len(), 1);
}

#[test]
fn the_test_event_changes_nothing() {
    let body = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"uploads"}"#;
    assert_eq!(changes(body).unwrap(), Vec::new());
}

#[test]
fn what_is_not_understood_is_an_error_that_quotes_it() {
    for body in ["", "hello", "[]", "{}", r#"{"Records": 5}"#, r#"{"Records":[{"s3":{"bucket":{"name":"uploads"}}}]}"#]
    {
        let error = changes(body).unwrap_err().to_string();
        assert!(error.contains(body) && error.contains("understands"), "{body}: {error}");
    }
    let error = changes(&"x".repeat(10_000)).unwrap_err().to_string();
    assert!(error.len() < 500, "{error}");
}

#[test]
fn a_name_that_cannot_be_one_is_an_error_and_not_a_panic() {
    assert!(matches!(changes(&notification("")), Err(EventError::Name { index: 0, .. })));
    assert!(matches!(changes(&notification(&"a".repeat(1025))), Err(EventError::Name { index: 0, .. })));
    assert!(matches!(changes(&notification("%FF.jpg")), Err(EventError::Encoding { index: 0, .. })));
}
