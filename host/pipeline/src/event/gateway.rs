//! Requests of API Gateway (REST and HTTP APIs, payload 1.0 and 2.0) and of function URLs, with what is wanted in their body.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>

use serde_json::Value;

use super::{
    Event, Message, Read, Source,
    asynchronous::identity,
    contents::{self, Content, Opened, decoded, text},
};

pub(super) fn read(event: &Value) -> Read {
    let messages = || vec![Message::new(identity(event), contents::message(event))];
    open(event).map(|_| Ok(Event { source: Source::Gateway, messages: messages() }))
}

pub(super) fn open(value: &Value) -> Option<Opened<'_>> {
    let context = value.get("requestContext")?;
    value.get("httpMethod").or_else(|| context.get("http"))?;
    let is_coded = value.get("isBase64Encoded").is_some_and(|is| *is == true);
    let plain = || Ok(vec![Content::Text(text(value, "/body")?.into())]);
    Some(if is_coded { decoded(value, "/body") } else { plain() })
}
