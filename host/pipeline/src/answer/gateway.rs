//! An HTTP response, of the form that API Gateway takes from either kind of API, and a function URL too.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response>

use serde_json::{Value, json};

use super::{Settled, Verdict};
use crate::{batch, event::EventError};

pub(super) fn answer(verdicts: &[Verdict]) -> Value {
    // There is one message; were there none, nothing would be left to do.
    match verdicts.first().map_or(&Ok(Settled::Done), |verdict| &verdict.settled) {
        Ok(Settled::Done) => response(200, &json!({ "outcome": "done" })),
        Ok(Settled::Rejected(rejection)) => {
            let (reason, detail) = (rejection.reason.code(), &rejection.detail);
            response(422, &json!({ "outcome": "rejected", "reason": reason, "detail": detail }))
        }
        Err(failure) => response(503, &json!({ "outcome": "failed", "detail": failure })),
    }
}

/// The answer to a request that cannot be understood.
pub(crate) fn unreadable(error: &EventError) -> Value {
    let rejection = batch::unreadable(error);
    let (reason, detail) = (rejection.reason.code(), rejection.detail);
    response(400, &json!({ "outcome": "rejected", "reason": reason, "detail": detail }))
}

fn response(status: u16, body: &Value) -> Value {
    json!({
        "statusCode": status,
        "headers": { "content-type": "application/json" },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}
