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
    for body in ["", "hello", "[]", "{}", r#"{"Records":5}"#, r#"{"Records":[{"s3":{"bucket":{"name":"uploads"}}}]}"#] {
        let error = changes(body).unwrap_err().to_string();
        // Of a list the record that it is about.
        let quoted = body.strip_prefix(r#"{"Records":["#).map_or(body, |record| record.trim_end_matches("]}"));
        assert!(error.contains(quoted) && error.contains("understands"), "{body}: {error}");
    }
    let error = changes(&"x".repeat(10_000)).unwrap_err().to_string();
    assert!(error.len() < 500, "{error}");
}

#[test]
fn a_name_that_cannot_be_one_is_an_error_and_not_a_panic() {
    for (key, says) in [
        (String::new(), "no text at /object/key"),
        ("a".repeat(1025), "1025 bytes"),
        ("%FF.jpg".to_owned(), "the key `%FF.jpg` is not UTF-8"),
    ] {
        let error = changes(&notification(&key)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn envelopes_are_opened_to_a_fixed_depth() {
    let mut body = r#"{"bucket":"uploads","key":"a.jpg"}"#.to_owned();
    for depth in 1..20 {
        assert_eq!(changes(&body).is_ok(), depth <= 8, "{depth}");
        body = serde_json::json!({ "Type": "Notification", "Message": body }).to_string();
    }
    assert!(changes(&"[".repeat(1 << 20)).is_err());
}

#[test]
fn an_event_that_could_not_be_answered_is_an_error() {
    for event in [
        r#""hello""#,
        "[]",
        r#"{"Records":5}"#,
        r#"{"Records":[{"eventName":"MODIFY","dynamodb":{}}]}"#,
        r#"{"Records":[{"messageId":"1","body":"{}"},{"messageId":"","body":"{}"}]}"#,
        r#"{"Records":[{"messageId":"1","body":"{}"},{"body":"{}"}]}"#,
        r#"{"Records":[{"kinesis":{"data":"e30="}}]}"#,
        r#"{"records":[{"recordId":"1"}]}"#,
        r#"{"tasks":[{"taskId":"1"}],"invocationId":"1"}"#,
        r#"{"tasks":[{"taskId":""}],"invocationId":"1","invocationSchemaVersion":"1.0"}"#,
    ] {
        let error = Event::read(&serde_json::from_str(event).unwrap()).unwrap_err().to_string();
        assert!(error.contains("understands"), "{event}: {error}");
    }
}

#[test]
fn what_cannot_be_read_in_a_batch_costs_the_others_nothing() {
    for event in [
        r#"{"Records":[{"messageId":"1","body":5},{"messageId":"2","body":"{\"bucket\":\"uploads\",\"key\":\"k\"}"}]}"#,
        r#"{"Records":[{"kinesis":{"sequenceNumber":"1","data":"?"}},{"kinesis":{"sequenceNumber":"2","data":"eyJidWNrZXQiOiJ1cGxvYWRzIiwia2V5IjoiayJ9"}}]}"#,
        r#"{"records":[{"recordId":"1","data":"/w=="},{"recordId":"2","data":"eyJidWNrZXQiOiJ1cGxvYWRzIiwia2V5IjoiayJ9"}]}"#,
        r#"{"Records":[{"Sns":{"MessageId":"1"}},{"Sns":{"MessageId":"2","Message":"{\"bucket\":\"uploads\",\"key\":\"k\"}"}}]}"#,
    ] {
        let event = Event::read(&serde_json::from_str(event).unwrap()).unwrap();
        let [bad, good] = &event.messages[..] else { panic!("{event:?}") };
        assert!(bad.id == "1" && bad.changes.is_err(), "{bad:?}");
        assert!(good.id == "2" && good.changes.as_ref().unwrap()[0].key.as_str() == "k", "{good:?}");
        // The letter that is written of it is as little understood, and by the same words.
        assert_eq!(changes(&bad.body), bad.changes);
    }
}
