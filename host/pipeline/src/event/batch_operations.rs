//! Tasks of S3 Batch Operations. Schema 1.0 names the bucket by its ARN, 2.0 by its name.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html>

use serde_json::Value;

use super::{
    Message, Read, Source,
    contents::{Opened, object, text},
    messages, records, s3,
};

pub(super) fn read(event: &Value) -> Read {
    let tasks = records(event, "tasks", "taskId")?;
    // Both go back with the answer.
    if let Err(reason) = text(event, "/invocationSchemaVersion").and(text(event, "/invocationId")) {
        return Some(Err(reason));
    }
    messages(Source::BatchOperations, tasks, "/taskId", |id, task| Message::new(id, task.to_string()))
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    value.get("taskId")?;
    Some(task(value))
}

fn task(task: &Value) -> Opened<'_> {
    let bucket = match text(task, "/s3Bucket") {
        Ok(name) => name,
        Err(_) => text(task, "/s3BucketArn")?.rsplit(':').next().unwrap_or_default(),
    };
    object(bucket, &s3::key(text(task, "/s3Key")?)?)
}
