//! What is answered when a request is not: problem details (RFC 9457).

use std::time::Duration;

use axum::{
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sandpress_pipeline::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Problem {
    BadRequest(String),
    NotFound(String),
    NoSuchMethod,
    Incomplete(String),
    TooLarge(String),
    UnsupportedType(String),
    TooMany(Duration),
    Unavailable,
}

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Details {
    /// Always `about:blank`: the status says what kind it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// What the status means.
    title: &'static str,
    /// The status.
    #[schema(example = 413)]
    status: u16,
    /// For programs.
    #[schema(example = "too-large")]
    code: &'static str,
    /// For people: what is wrong, and what to do.
    detail: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad-request"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
            Self::NoSuchMethod => (StatusCode::METHOD_NOT_ALLOWED, "no-such-method"),
            Self::Incomplete(_) => (StatusCode::CONFLICT, "incomplete"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::UnsupportedType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-type"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        };
        let mut wait = None;
        let detail = match self {
            Self::BadRequest(detail)
            | Self::NotFound(detail)
            | Self::Incomplete(detail)
            | Self::TooLarge(detail)
            | Self::UnsupportedType(detail) => detail,
            Self::NoSuchMethod => "this address knows other methods: see the Allow header, or openapi.json".to_owned(),
            Self::TooMany(after) => {
                // In whole seconds, and never too early.
                let seconds = after.as_secs() + 1;
                wait = Some(seconds);
                format!("too many uploads from this address; try again in {seconds} s")
            }
            Self::Unavailable => {
                wait = Some(1);
                "the store does not answer as it should; try again".to_owned()
            }
        };
        let title = status.canonical_reason().unwrap_or_default();
        let details = Details { kind: "about:blank", title, status: status.as_u16(), code, detail };
        // Texts and numbers never fail.
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What the store says is for the log: it names buckets and requests.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store");
        Self::Unavailable
    }
}

/// A body in JSON; else a problem in the form of all others.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(Problem::UnsupportedType("the body must be of type application/json".to_owned()))
            }
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::TooLarge("the body is larger than any request here".to_owned()))
            }
            Err(rejection) => Err(Problem::BadRequest(rejection.body_text())),
        }
    }
}
