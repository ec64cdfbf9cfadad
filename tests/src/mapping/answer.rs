//! What an answer means: AWS's rules for partial batch responses.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lambda::Answer;

/// Which messages of a batch failed.
///
/// # Errors
///
/// Why all of them did.
pub fn failures(answer: &Answer, batch: &[String]) -> Result<BTreeSet<String>, String> {
    let response = match answer {
        Answer::Response(response) => response,
        Answer::Error(error) => return Err(format!("the function reported an error: {error}")),
        Answer::Exit(status) => return Err(format!("the process ended: {status}")),
        Answer::TimedOut => return Err("the function timed out".to_owned()),
        Answer::Killed => return Err("the process was killed".to_owned()),
    };
    if response.is_empty() {
        return Ok(BTreeSet::new());
    }
    let response: Value = serde_json::from_str(response).map_err(|error| format!("not JSON: {error}"))?;
    let fields = match &response {
        Value::Null => return Ok(BTreeSet::new()),
        Value::Object(fields) => fields,
        other => return Err(format!("not an object: {other}")),
    };
    if let Some(name) = fields.keys().find(|name| *name != "batchItemFailures") {
        return Err(format!("a wrong key: {name}"));
    }
    let list = match fields.get("batchItemFailures") {
        None | Some(Value::Null) => return Ok(BTreeSet::new()),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(format!("not a list: {other}")),
    };
    list.iter()
        .map(|item| match item.get("itemIdentifier") {
            None => Err(format!("a wrong key: {item}")),
            Some(Value::String(id)) if batch.contains(id) => Ok(id.clone()),
            Some(other) => Err(format!("null, empty, or not of this batch: {other}")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_aws_says_they_mean() {
        const ALL: Option<&[&str]> = None;
        for (response, failed) in [
            ("", Some(&[][..])),
            ("null", Some(&[])),
            ("{}", Some(&[])),
            (r#"{"batchItemFailures":[]}"#, Some(&[])),
            (r#"{"batchItemFailures":null}"#, Some(&[])),
            (r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#, Some(&["b"])),
            (r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"a"}]}"#, Some(&["a", "b"])),
            ("{", ALL),
            ("[]", ALL),
            (r#""done""#, ALL),
            (r#"{"failures":[]}"#, ALL),
            (r#"{"batchItemFailures":{}}"#, ALL),
            (r#"{"batchItemFailures":["b"]}"#, ALL),
            (r#"{"batchItemFailures":[{"id":"b"}]}"#, ALL),
            (r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, ALL),
            (r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, ALL),
            (r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#, ALL),
            (r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}"#, ALL),
        ] {
            let found = failures(&Answer::Response(response.to_owned()), &["a".to_owned(), "b".to_owned()]);
            let found = found.as_ref().ok().map(|failed| failed.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), failed, "{response}");
        }
    }

    #[test]
    fn whatever_is_no_response_fails_the_whole_batch() {
        let error = Answer::Error("{}".to_owned());
        for answer in [error, Answer::Exit("signal 9".to_owned()), Answer::TimedOut, Answer::Killed] {
            assert!(failures(&answer, &["a".to_owned()]).is_err(), "{answer:?}");
        }
    }
}
