//! A strict stand-in for Lambda's queue of asynchronous invocations, which waits for nothing between attempts.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>

use serde_json::{Value, json};

use crate::lambda::{Answer, Function};

/// One attempt and two more.
const ATTEMPTS: usize = 3;

/// Invokes until an attempt succeeds: whatever the function returns, it is success, and only an error is none.
///
/// # Errors
///
/// What goes to the on-failure destination when no attempt has succeeded.
pub async fn invoke(function: &Function, event: &Value) -> Result<(), Value> {
    let mut last = Value::Null;
    for _ in 0..ATTEMPTS {
        match function.invoke(event.clone()).await {
            Answer::Response(_) => return Ok(()),
            Answer::Error(error) => last = serde_json::from_str(&error).unwrap_or_else(|_| error.into()),
            other => last = format!("{other:?}").into(),
        }
    }
    Err(json!({
        "version": "1.0",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "requestContext": {
            "requestId": "00000000-0000-4000-8000-000000000000",
            "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:compress:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": ATTEMPTS,
        },
        "requestPayload": event,
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
        "responsePayload": last,
    }))
}
