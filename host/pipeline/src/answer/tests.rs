use serde_json::json;

use super::*;
use crate::Reason;

fn verdicts(settled: &[(&str, Result<Settled, String>)]) -> Vec<Verdict> {
    settled.iter().map(|(id, settled)| Verdict { id: (*id).to_owned(), settled: settled.clone() }).collect()
}

fn rejected() -> Result<Settled, String> {
    Ok(Settled::Rejected(Rejection { reason: Reason::Malformed, detail: "cut".to_owned() }))
}

fn failed() -> Result<Settled, String> {
    Err("throttled".to_owned())
}

#[test]
fn a_queue_is_told_of_each_failure_and_a_stream_of_the_lowest() {
    let all = verdicts(&[("99", Ok(Settled::Done)), ("1002", failed()), ("200", failed()), ("0100", rejected())]);
    let items = |ids: &[&str]| {
        let items: Vec<_> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        json!({ "batchItemFailures": items })
    };
    let told = |source| answer(source, &Value::Null, &all).unwrap();
    assert_eq!(told(Source::Queue), items(&["1002", "200"]));
    assert_eq!(told(Source::Kinesis), items(&["200"]), "as numbers, not as texts");
    assert_eq!(answer(Source::Kinesis, &Value::Null, &all[..1]).unwrap(), items(&[]));
}

#[test]
fn an_asynchronous_invocation_fails_if_anything_has() {
    let fine = verdicts(&[("a", Ok(Settled::Done)), ("b", rejected())]);
    assert_eq!(answer(Source::Asynchronous, &Value::Null, &fine).unwrap(), Value::Null);
    let not = verdicts(&[("a", Ok(Settled::Done)), ("b", failed()), ("c", failed())]);
    let error = answer(Source::Asynchronous, &Value::Null, &not).unwrap_err().to_string();
    assert_eq!(error, "2 of 3 messages must come back: throttled");
}

#[test]
fn firehose_gets_every_record_back_as_it_was() {
    let event = json!({ "records": [{ "recordId": "1", "data": "YQ==" }, { "recordId": "2", "data": "" }, { "recordId": "3", "data": "Yg==" }] });
    let told =
        answer(Source::Firehose, &event, &verdicts(&[("1", failed()), ("2", rejected()), ("3", Ok(Settled::Done))]));
    let expected = json!({ "records": [
        { "recordId": "1", "result": "ProcessingFailed", "data": "YQ==" },
        { "recordId": "2", "result": "Ok", "data": "" },
        { "recordId": "3", "result": "Ok", "data": "Yg==" },
    ] });
    assert_eq!(told.unwrap(), expected);
}

#[test]
fn batch_operations_get_a_result_for_each_task() {
    let event = json!({ "invocationSchemaVersion": "2.0", "invocationId": "i", "tasks": [] });
    let told = answer(
        Source::BatchOperations,
        &event,
        &verdicts(&[("1", failed()), ("2", rejected()), ("3", Ok(Settled::Done))]),
    );
    let expected = json!({
        "invocationSchemaVersion": "2.0", "invocationId": "i", "treatMissingKeysAs": "TemporaryFailure",
        "results": [
            { "taskId": "1", "resultCode": "TemporaryFailure", "resultString": "throttled" },
            { "taskId": "2", "resultCode": "PermanentFailure", "resultString": "malformed: cut" },
            { "taskId": "3", "resultCode": "Succeeded", "resultString": "done" },
        ],
    });
    assert_eq!(told.unwrap(), expected);
}

#[test]
fn who_asks_by_http_is_told_by_a_status() {
    for (settled, status, outcome) in
        [(Ok(Settled::Done), 200, "done"), (rejected(), 422, "rejected"), (failed(), 503, "failed")]
    {
        let told = answer(Source::Gateway, &Value::Null, &verdicts(&[("r", settled)])).unwrap();
        assert_eq!(told["statusCode"], status, "{told}");
        let body: Value = serde_json::from_str(told["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["outcome"], outcome, "{told}");
    }
}
