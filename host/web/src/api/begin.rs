//! Begins an upload: gives it its identifier, and links to send it by.

use std::{collections::BTreeMap, time::SystemTime};

use axum::{
    extract::State,
    http::{Extensions, StatusCode},
};
use sandpress_pipeline::{ObjectKey, Policy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    resume::{Part, check as check_size},
    size::whole,
};
use crate::{
    Client, Web,
    api::state::rfc3339,
    id::UploadId,
    name, parts,
    problem::{Details, Json, Problem},
    settings,
};

/// Smaller files are sent whole: a part of S3's is at least 5 MiB, and a form takes one request.
const FORM: u64 = 16 << 20;

/// What nobody knows more of.
const BYTES: &str = "application/octet-stream";

/// A file to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Its name, of which what is safe is kept.
    #[schema(example = "photo.jpg", max_length = 4096)]
    name: String,
    /// Its media type; empty if it is not known.
    #[serde(rename = "type", default)]
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// Its bytes: as many must be sent.
    #[serde(deserialize_with = "whole")]
    #[schema(example = 1_234_567, minimum = 1)]
    size: u64,
}

/// An upload that may begin.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Begun {
    /// Whoever knows it can look at the upload: it is not to be shown to others.
    id: UploadId,
    /// Where the object will be, in the source bucket.
    key: String,
    /// Until when it may begin.
    #[schema(format = DateTime)]
    expires_at: String,
    upload: Way,
}

/// How the bytes are sent.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Way {
    /// POST to `url` as `multipart/form-data`: all of `fields`, and then the file as `file`.
    Form {
        /// Where to.
        url: String,
        /// To be sent as they are: they are signed.
        fields: BTreeMap<String, String>,
    },
    /// PUT each part to its own `url`, and then complete the upload.
    #[serde(rename_all = "camelCase")]
    Parts {
        /// The bytes of each part but the last.
        part_bytes: u64,
        /// All of them.
        parts: Vec<Part>,
    },
}

/// Begin an upload
#[utoipa::path(
    post,
    path = "/api/uploads",
    request_body = File,
    responses(
        (status = CREATED, body = Begun),
        (status = BAD_REQUEST, description = "Not such a file", body = Details, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "Larger than the limit", body = Details, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "No image that is read here, or a body that is not JSON", body = Details,
         content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "Try again after a while", body = Details, content_type = "application/problem+json",
         headers(("Retry-After" = u64, description = "Seconds"))),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn begin(
    State(web): State<Web>,
    extensions: Extensions,
    Json(file): Json<File>,
) -> Result<(StatusCode, axum::Json<Begun>), Problem> {
    let (settings, policy) = (&web.0.settings, &web.0.policy);
    let content_type = check(&file, settings.largest(policy), policy)?;
    web.0.rate.count(extensions.get::<Client>())?;

    let id = UploadId::new(SystemTime::now());
    let key = format!("{}{}", id.folder(&settings.prefix), name::safe(&file.name));
    let key = ObjectKey::new(key).map_err(|error| Problem::BadRequest(error.to_string()))?;
    let bucket = &policy.source.bucket;
    let upload = if file.size <= FORM {
        let (url, fields) = web.0.links.form(bucket, &key, content_type, file.size).await?;
        Way::Form { url, fields }
    } else {
        let under_way = parts::begin(web.0.links.client(), bucket, &key, content_type).await?;
        let parts = web.parts(&under_way, file.size, &BTreeMap::new()).await?;
        Way::Parts { part_bytes: parts::PART, parts }
    };
    tracing::info!(%key, bytes = file.size, contentType = content_type, "an upload may begin");
    let expires_at = rfc3339(id.given() + settings.time);
    Ok((StatusCode::CREATED, axum::Json(Begun { id, key: key.to_string(), expires_at, upload })))
}

/// The content type that the object will have.
fn check(file: &File, largest: u64, policy: &Policy) -> Result<&'static str, Problem> {
    check_size(file.size)?;
    if file.size > largest {
        let detail = format!("{} bytes, the limit is {largest}: make it smaller before it is uploaded", file.size);
        return Err(Problem::TooLarge(detail));
    }
    if file.name.len() > 4096 {
        return Err(Problem::BadRequest("`name`: longer than 4,096 bytes".to_owned()));
    }
    if file.media_type.is_empty() || file.media_type == BYTES {
        return Ok(BYTES);
    }
    settings::media_types(policy).find(|known| file.media_type.eq_ignore_ascii_case(known)).ok_or_else(|| {
        let known: Vec<_> = settings::media_types(policy).collect();
        let given: String = file.media_type.chars().take(64).collect();
        Problem::UnsupportedType(format!("`{given}` is not read here, but {}", known.join(", ")))
    })
}
