//! Batch item failures: what event source mappings are told.

use serde_json::{Value, json};

use super::Verdict;

/// Of a queue: all that has failed is shown again, and nothing else.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>
pub(super) fn failures(verdicts: &[Verdict]) -> Value {
    items(failed(verdicts))
}

/// Of a stream: all from the lowest sequence number on comes again, so it is the only one that says something.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>
pub(super) fn checkpoint(verdicts: &[Verdict]) -> Value {
    // Numbers of up to 128 digits: the one with fewer is lower.
    let number = |verdict: &&Verdict| {
        let digits = verdict.id.trim_start_matches('0').to_owned();
        (digits.len(), digits)
    };
    items(failed(verdicts).min_by_key(number).into_iter())
}

fn failed(verdicts: &[Verdict]) -> impl Iterator<Item = &Verdict> {
    verdicts.iter().filter(|verdict| verdict.settled.is_err())
}

fn items<'a>(failed: impl Iterator<Item = &'a Verdict>) -> Value {
    let items: Vec<_> = failed.map(|verdict| json!({ "itemIdentifier": verdict.id })).collect();
    json!({ "batchItemFailures": items })
}
