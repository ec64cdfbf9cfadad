//! A strict stand-in for Lambda's event source mapping of a Kinesis stream: one shard, with `ReportBatchItemFailures` and bisecting.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>

use std::collections::VecDeque;

use serde_json::Value;

use super::failures;
use crate::{events::envelopes, lambda::Function};

/// What became of a shard's records, when nothing is left of them.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The records of each invocation, by sequence number.
    pub invocations: Vec<Vec<String>>,
    /// Given up: their numbers would go to the on-failure destination, with where in the stream they are.
    pub discarded: Vec<String>,
}

/// Delivers records, each with its sequence number, as one batch that is tried this often.
///
/// What stands before the lowest number that is reported is done. The rest is tried again; if nothing was done, in halves at last, and a
/// record that fails alone is given up.
pub async fn deliver(function: &Function, records: &[(String, Value)], attempts: usize) -> Stream {
    let mut stream = Stream::default();
    let mut batches = VecDeque::from([(records.to_vec(), 1)]);
    while let Some((batch, attempt)) = batches.pop_front() {
        assert!(stream.invocations.len() < 200, "it does not come to an end: {stream:?}");
        let ids: Vec<_> = batch.iter().map(|(id, _)| id.clone()).collect();
        stream.invocations.push(ids.clone());
        let answer = function.invoke(envelopes::kinesis(&batch)).await;
        let first = match failures(&answer, &ids) {
            Ok(failed) => match ids.iter().position(|id| failed.contains(id)) {
                Some(first) => first,
                None => continue,
            },
            Err(_) => 0,
        };
        let mut rest = batch[first..].to_vec();
        if first > 0 {
            batches.push_front((rest, 1));
        } else if attempt < attempts {
            batches.push_front((rest, attempt + 1));
        } else if rest.len() > 1 {
            let second = rest.split_off(rest.len() / 2);
            batches.push_front((second, 1));
            batches.push_front((rest, 1));
        } else {
            stream.discarded.extend(ids);
        }
    }
    stream
}
