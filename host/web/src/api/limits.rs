//! What may be uploaded.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Web, parts, settings};

/// What may be uploaded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limits {
    /// The most bytes of a file.
    #[schema(example = 67_108_864)]
    max_bytes: u64,
    /// Their media types. A file whose type nobody knows is let in too: what it is, its first bytes say.
    media_types: Vec<&'static str>,
    /// The extensions of such files.
    extensions: Vec<&'static str>,
    /// The bytes of each part of a large file but the last.
    part_bytes: u64,
    /// Seconds that an upload may take to begin, and that links are valid.
    valid_seconds: u64,
    /// Whether states come as server-sent events.
    events: bool,
}

/// What may be uploaded
#[utoipa::path(get, path = "/api/limits", responses((status = OK, body = Limits)))]
pub(super) async fn limits(State(web): State<Web>) -> Json<Limits> {
    let settings = &web.0.settings;
    Json(Limits {
        max_bytes: settings.largest(&web.0.policy),
        media_types: settings::media_types(&web.0.policy).collect(),
        extensions: settings::extensions(&web.0.policy).collect(),
        part_bytes: parts::PART,
        valid_seconds: settings.time.as_secs(),
        events: settings.events,
    })
}
