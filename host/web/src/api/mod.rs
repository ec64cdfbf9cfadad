//! The API: every path and its document are written in one place, so that one says what the other does.

mod begin;
mod events;
mod limits;
mod resume;
mod size;
mod state;

use std::time::SystemTime;

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::{header, request},
    routing::get,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Web, id::UploadId, problem::Problem};

#[derive(OpenApi)]
#[openapi(info(
    title = "Sandpress uploads",
    description = "Uploads images to the bucket that Sandpress compresses from, and tells what has become of them. The bytes go from the client to \
                   the store, by links that are given here.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

pub(crate) fn router(web: Web) -> Router {
    let (router, document) = described().split_for_parts();
    let document = document.to_json().unwrap_or_default();
    let document = get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) });
    router
        .route("/api/openapi.json", document)
        .method_not_allowed_fallback(async || Problem::NoSuchMethod)
        .fallback(async || Problem::NotFound("nothing is here".to_owned()))
        .with_state(web)
}

fn described() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(limits::limits))
        .routes(routes!(begin::begin))
        .routes(routes!(state::state, resume::cancel))
        .routes(routes!(events::events))
        .routes(routes!(resume::parts))
        .routes(routes!(resume::complete))
}

/// The upload that a path names.
pub(crate) struct Named(pub(crate) UploadId);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut request::Parts, state: &S) -> Result<Self, Problem> {
        let unknown = || Problem::NotFound("there is no such upload".to_owned());
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        UploadId::parse(&id, SystemTime::now()).map(Self).map_err(|_| unknown())
    }
}
