//! Envelopes of every kind, with what readers look at and little more. The corpus has them whole.

use serde_json::{Value, json};

/// The most bytes that are left as they are in a form: letters, digits and few others.
fn form(key: &str) -> String {
    let encode = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    key.bytes().map(encode).collect()
}

/// RFC 4648, section 4.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
            text.push(if place <= three.len() { letter } else { '=' });
        }
    }
    text
}

/// A plain job.
pub fn job(bucket: &str, key: &str) -> Value {
    json!({ "bucket": bucket, "key": key })
}

/// A notification of S3.
pub fn s3(bucket: &str, key: &str) -> Value {
    json!({ "Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": bucket, "arn": format!("arn:aws:s3:::{bucket}") }, "object": { "key": form(key), "size": 1 } },
    }] })
}

/// S3's event in EventBridge.
pub fn eventbridge(id: &str, bucket: &str, key: &str) -> Value {
    json!({
        "version": "0", "id": id, "detail-type": "Object Created", "source": "aws.s3",
        "detail": { "version": "0", "bucket": { "name": bucket }, "object": { "key": key, "size": 1 }, "reason": "PutObject" },
    })
}

/// CloudTrail's event in EventBridge.
pub fn cloudtrail(id: &str, bucket: &str, key: &str) -> Value {
    json!({
        "version": "0", "id": id, "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3",
        "detail": {
            "eventSource": "s3.amazonaws.com", "eventName": "PutObject", "readOnly": false,
            "requestParameters": { "bucketName": bucket, "key": key },
        },
    })
}

/// A message of SNS as a queue has it.
pub fn notification(id: &str, message: &Value) -> Value {
    json!({ "Type": "Notification", "MessageId": id, "TopicArn": "arn:aws:sns:us-east-1:000000000000:uploads", "Message": message.to_string() })
}

/// An invocation by SNS.
pub fn sns(messages: &[(String, Value)]) -> Value {
    let record = |(id, message): &(String, Value)| json!({ "EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification(id, message) });
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// A batch of SQS.
pub fn queue(messages: &[(String, Value)]) -> Value {
    let record = |(id, message): &(String, Value)| {
        json!({
            "messageId": id, "receiptHandle": "r", "body": message.to_string(), "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:uploads",
        })
    };
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// A batch of Kinesis, of which the identifiers are the sequence numbers.
pub fn kinesis(messages: &[(String, Value)]) -> Value {
    let record = |(id, message): &(String, Value)| {
        json!({
            "kinesis": { "sequenceNumber": id, "partitionKey": "p", "data": base64(message.to_string().as_bytes()) },
            "eventSource": "aws:kinesis", "eventID": format!("shardId-000000000000:{id}"),
        })
    };
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// Records for Firehose.
pub fn firehose(messages: &[(String, Value)]) -> Value {
    let record = |(id, message): &(String, Value)| json!({ "recordId": id, "data": base64(message.to_string().as_bytes()), "approximateArrivalTimestamp": 1_790_000_000_500_u64 });
    json!({
        "invocationId": "i", "deliveryStreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/jobs",
        "records": messages.iter().map(record).collect::<Vec<_>>(),
    })
}

/// Tasks of S3 Batch Operations, by identifier, bucket and key.
pub fn batch_operations(version: &str, tasks: &[(String, String, String)]) -> Value {
    let task = |(id, bucket, key): &(String, String, String)| {
        let mut task = json!({ "taskId": id, "s3Key": form(key), "s3VersionId": null });
        match version {
            "1.0" => task["s3BucketArn"] = format!("arn:aws:s3:::{bucket}").into(),
            _ => task["s3Bucket"] = bucket.as_str().into(),
        }
        task
    };
    let tasks: Vec<_> = tasks.iter().map(task).collect();
    json!({ "invocationSchemaVersion": version, "invocationId": "i", "job": { "id": "j" }, "tasks": tasks })
}

/// A request of API Gateway: payload 1.0, or 2.0 with the body in base64.
pub fn gateway(version: &str, id: &str, body: &Value) -> Value {
    let text = body.to_string();
    if version == "1.0" {
        let context = json!({ "requestId": id, "httpMethod": "POST", "stage": "prod" });
        return json!({ "resource": "/jobs", "path": "/jobs", "httpMethod": "POST", "requestContext": context, "body": text, "isBase64Encoded": false });
    }
    let context = json!({ "requestId": id, "http": { "method": "POST", "path": "/jobs" } });
    json!({ "version": "2.0", "rawPath": "/jobs", "requestContext": context, "body": base64(text.as_bytes()), "isBase64Encoded": true })
}

/// What Lambda sends to an on-failure destination.
pub fn failed(event: &Value) -> Value {
    json!({
        "version": "1.0", "requestContext": { "requestId": "r", "condition": "RetriesExhausted" }, "requestPayload": event,
        "responsePayload": { "errorMessage": "failed" },
    })
}
