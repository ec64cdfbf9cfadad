//! Calls of S3 that CloudTrail has recorded: the detail of an event of EventBridge.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use serde_json::Value;

use super::{
    Change,
    contents::{Content, Opened, text},
};

/// What reads changes nothing, and what we read ourselves must not come back to us.
const READING: [&str; 4] = ["Get", "Head", "List", "Select"];

/// The parts of an upload are no object before `CompleteMultipartUpload`.
const PARTS: [&str; 4] = ["CreateMultipartUpload", "UploadPart", "UploadPartCopy", "AbortMultipartUpload"];

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("eventSource").filter(|source| *source == "s3.amazonaws.com")?;
    Some(objects(value))
}

/// Every other call may change the object that it names.
fn objects(call: &Value) -> Opened<'_> {
    let name = text(call, "/eventName")?;
    let has_failed = text(call, "/errorCode").is_ok();
    let reads = call.get("readOnly").is_some_and(|is| *is == true) || READING.iter().any(|verb| name.starts_with(verb));
    if has_failed || reads || PARTS.contains(&name) {
        return Ok(Vec::new());
    }
    let parameters = call.get("requestParameters").unwrap_or(&Value::Null);
    // Not encoded.
    let changes = match text(parameters, "/key") {
        Ok(key) => vec![Change::named(text(parameters, "/bucketName")?, key)?],
        Err(_) => resources(call)?,
    };
    // What `DeleteObjects` has deleted is in a record of `DeleteObject` for each; its own names the bucket only.
    // <https://aws.amazon.com/about-aws/whats-new/2025/06/aws-cloudtrail-logging-amazon-s3-deleteobjects-api/>
    if changes.is_empty() && name != "DeleteObjects" {
        return Err(format!("a call of {name} that names no object"));
    }
    Ok(changes.into_iter().map(Content::Change).collect())
}

/// The objects among the resources, where these are named in full: `{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::bucket/key"}`, and not
/// by `ARNPrefix`.
fn resources(call: &Value) -> Result<Vec<Change>, String> {
    let resources = call.get("resources").and_then(Value::as_array).into_iter().flatten();
    let objects = resources.filter(|resource| resource.get("type").is_some_and(|kind| kind == "AWS::S3::Object"));
    let names = objects.filter_map(|object| object.get("ARN")?.as_str()?.split_once(":::")?.1.split_once('/'));
    names.map(|(bucket, key)| Change::named(bucket, key)).collect()
}
