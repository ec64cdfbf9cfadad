//! Nobody reads an answer. An error is tried again, twice, and then goes to the function's on-failure destination or dead-letter queue.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>

use serde_json::Value;

use super::Verdict;
use crate::BatchError;

pub(super) fn answer(verdicts: &[Verdict]) -> Result<Value, BatchError> {
    let mut failures = verdicts.iter().filter_map(|verdict| verdict.settled.as_ref().err());
    match failures.next() {
        None => Ok(Value::Null),
        Some(failure) => {
            Err(BatchError::Failed { failed: 1 + failures.count(), messages: verdicts.len(), failure: failure.clone() })
        }
    }
}
