//! What Firehose, S3 Batch Operations and API Gateway take for an answer, and what it means: the rules of AWS.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::lambda::Answer;

/// The most bytes of an answer.
const BYTES: usize = 6 << 20;

/// What Firehose makes of the records of a transformation: its result, by record.
///
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html>
///
/// # Errors
///
/// Why the transformation fails as a whole.
pub fn firehose(answer: &Answer, event: &Value) -> Result<BTreeMap<String, String>, String> {
    let answer = object(answer)?;
    let sent: BTreeMap<_, _> = list(&event["records"])?
        .iter()
        .map(|record| Ok((text(record, "recordId")?, text(record, "data")?)))
        .collect::<Result<_, String>>()?;
    let mut results = BTreeMap::new();
    for record in list(answer.get("records").unwrap_or(&Value::Null))? {
        let (id, result, data) = (text(record, "recordId")?, text(record, "result")?, text(record, "data")?);
        if !["Ok", "Dropped", "ProcessingFailed"].contains(&&*result) {
            return Err(format!("no result: {result}"));
        }
        // AWS would take other data; that it is kept as it came is ours.
        if sent.get(&id) != Some(&data) {
            return Err(format!("not as it was sent: {record}"));
        }
        if results.insert(id, result).is_some() {
            return Err(format!("twice: {record}"));
        }
    }
    if results.len() == sent.len() { Ok(results) } else { Err(format!("{} of {} records", results.len(), sent.len())) }
}

/// What S3 Batch Operations makes of its tasks: the code and the text in its report, by task.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html>
///
/// # Errors
///
/// Why all of them fail.
pub fn batch_operations(answer: &Answer, event: &Value) -> Result<BTreeMap<String, (String, String)>, String> {
    const CODES: [&str; 3] = ["Succeeded", "TemporaryFailure", "PermanentFailure"];
    let answer = Value::Object(object(answer)?);
    for name in ["invocationSchemaVersion", "invocationId"] {
        if text(&answer, name)? != text(event, name)? {
            return Err(format!("another {name}: {answer}"));
        }
    }
    if !CODES.contains(&&*text(&answer, "treatMissingKeysAs")?) {
        return Err(format!("no code for what is missing: {answer}"));
    }
    let tasks: Vec<_> = list(&event["tasks"])?.iter().map(|task| text(task, "taskId")).collect::<Result<_, _>>()?;
    let mut results = BTreeMap::new();
    for result in list(&answer["results"])? {
        let (id, code) = (text(result, "taskId")?, text(result, "resultCode")?);
        if !tasks.contains(&id) || !CODES.contains(&&*code) {
            return Err(format!("nobody's result, or none: {result}"));
        }
        if results.insert(id, (code, text(result, "resultString")?)).is_some() {
            return Err(format!("twice: {result}"));
        }
    }
    if results.len() == tasks.len() { Ok(results) } else { Err(format!("{} of {} tasks", results.len(), tasks.len())) }
}

/// What API Gateway sends to whoever has asked: the status, and the body, which is JSON.
///
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format>
///
/// # Errors
///
/// Why it sends 502 instead.
pub fn gateway(answer: &Answer) -> Result<(u64, Value), String> {
    let answer = object(answer)?;
    const FIELDS: [&str; 5] = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];
    if let Some(name) = answer.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("a wrong key: {name}"));
    }
    let status = answer.get("statusCode").and_then(Value::as_u64).filter(|status| (100..600).contains(status));
    let headers = answer.get("headers").and_then(Value::as_object).ok_or("no headers")?;
    if !headers.values().all(Value::is_string) || answer.get("isBase64Encoded") != Some(&Value::Bool(false)) {
        return Err(format!("headers that are no texts, or a body that is coded: {answer:?}"));
    }
    let body = answer.get("body").and_then(Value::as_str).ok_or("no body")?;
    Ok((status.ok_or("no status")?, serde_json::from_str(body).map_err(|error| error.to_string())?))
}

fn object(answer: &Answer) -> Result<Map<String, Value>, String> {
    match answer {
        Answer::Response(response) if response.len() > BYTES => Err(format!("{} bytes", response.len())),
        Answer::Response(response) => serde_json::from_str(response).map_err(|error| format!("{error}: {response}")),
        other => Err(format!("{other:?}")),
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("no list: {value}"))
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    let text = value.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("no text `{name}`: {value}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(value: &Value) -> Answer {
        Answer::Response(value.to_string())
    }

    #[test]
    fn firehose_takes_each_record_once_and_nothing_else() {
        let event = json!({ "records": [{ "recordId": "1", "data": "YQ==" }, { "recordId": "2", "data": "" }] });
        let record = |id: &str, result: &str, data: &str| json!({ "recordId": id, "result": result, "data": data });
        let (one, two) = (record("1", "Ok", "YQ=="), record("2", "ProcessingFailed", ""));
        assert!(firehose(&answer(&json!({ "records": [one, two] })), &event).is_ok());
        for records in [
            json!([one]),
            json!([one, two, two]),
            json!([one, record("3", "Ok", "")]),
            json!([one, record("2", "Failed", "")]),
            json!([one, record("2", "Ok", "YQ==")]),
            json!([one, { "recordId": "2", "result": "Ok" }]),
            json!("all"),
        ] {
            assert!(firehose(&answer(&json!({ "records": records })), &event).is_err(), "{records}");
        }
        assert!(firehose(&Answer::Error("{}".to_owned()), &event).is_err());
    }

    #[test]
    fn batch_operations_take_a_result_for_each_task() {
        let event = json!({ "invocationSchemaVersion": "2.0", "invocationId": "i", "tasks": [{ "taskId": "1" }] });
        let result = json!({ "taskId": "1", "resultCode": "Succeeded", "resultString": "done" });
        let all = |version: &str, results: Value| json!({ "invocationSchemaVersion": version, "invocationId": "i", "treatMissingKeysAs": "TemporaryFailure", "results": results });
        assert!(batch_operations(&answer(&all("2.0", json!([result]))), &event).is_ok());
        for wrong in [
            all("1.0", json!([result])),
            all("2.0", json!([])),
            all("2.0", json!([result, result])),
            all("2.0", json!([{ "taskId": "1", "resultCode": "Done", "resultString": "" }])),
            all("2.0", json!([{ "taskId": "2", "resultCode": "Succeeded", "resultString": "" }])),
            Value::Null,
        ] {
            assert!(batch_operations(&answer(&wrong), &event).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_gateway_takes_a_status_and_texts() {
        let right = json!({ "statusCode": 200, "headers": { "a": "b" }, "body": "{}", "isBase64Encoded": false });
        assert_eq!(gateway(&answer(&right)), Ok((200, json!({}))));
        for (name, value) in [
            ("statusCode", json!("200")),
            ("body", json!({})),
            ("headers", json!({ "a": 1 })),
            ("outcome", json!("done")),
        ] {
            let mut wrong = right.clone();
            wrong[name] = value;
            assert!(gateway(&answer(&wrong)).is_err(), "{wrong}");
        }
        assert!(gateway(&Answer::Response("null".to_owned())).is_err());
    }
}
