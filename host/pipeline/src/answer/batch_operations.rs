//! S3 Batch Operations has a result for each task in its report, and tries again what failed for a time only.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html#batch-ops-invoke-lambda-response-codes>

use serde_json::{Value, json};

use super::{Settled, Verdict};

pub(super) fn answer(event: &Value, verdicts: &[Verdict]) -> Value {
    let result = |verdict: &Verdict| {
        let (code, text) = match &verdict.settled {
            Ok(Settled::Done) => ("Succeeded", "done".to_owned()),
            Ok(Settled::Rejected(rejection)) => ("PermanentFailure", rejection.to_string()),
            Err(failure) => ("TemporaryFailure", failure.clone()),
        };
        json!({ "taskId": verdict.id, "resultCode": code, "resultString": text })
    };
    json!({
        "invocationSchemaVersion": event.get("invocationSchemaVersion"),
        "invocationId": event.get("invocationId"),
        // None is missing; if one were, nothing would be known of it.
        "treatMissingKeysAs": "TemporaryFailure",
        "results": verdicts.iter().map(result).collect::<Vec<_>>(),
    })
}
