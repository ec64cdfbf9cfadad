//! Amazon Data Firehose gets each record back, unchanged: it keeps what was asked for, and what has failed beside it.
//!
//! <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>

use serde_json::{Value, json};

use super::Verdict;

pub(super) fn answer(event: &Value, verdicts: &[Verdict]) -> Value {
    let records = event.get("records").and_then(Value::as_array).into_iter().flatten();
    let record = |(record, verdict): (&Value, &Verdict)| {
        // A record that is rejected has its dead letter.
        let result = if verdict.settled.is_ok() { "Ok" } else { "ProcessingFailed" };
        json!({ "recordId": verdict.id, "result": result, "data": record.get("data") })
    };
    json!({ "records": records.zip(verdicts).map(record).collect::<Vec<_>>() })
}
