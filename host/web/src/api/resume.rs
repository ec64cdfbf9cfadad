//! An upload in parts: what has arrived, what is missing, and its end.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use sandpress_pipeline::Bucket;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Named, size::whole};
use crate::{
    Web,
    parts::{self, UnderWay},
    problem::{Details, Json, Problem},
};

/// How large the whole file is, as it was said in the beginning.
#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Whole {
    /// Bytes.
    #[serde(deserialize_with = "whole")]
    #[schema(example = 20_000_000, minimum = 1)]
    #[param(example = 20_000_000, minimum = 1)]
    size: u64,
}

/// A part of a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    /// From 1.
    number: u32,
    /// Bytes.
    size: u64,
    /// Where it is put to.
    url: String,
    /// Whether it has arrived.
    is_there: bool,
}

/// The parts of a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartList {
    /// The bytes of each part but the last.
    part_bytes: u64,
    /// All of them.
    parts: Vec<Part>,
}

/// Which parts have arrived
///
/// With new links: of a use where the network was cut off, or links have expired.
#[utoipa::path(
    get,
    path = "/api/uploads/{id}/parts",
    params(("id" = String, Path, format = Uuid, description = "The upload"), Whole),
    responses(
        (status = OK, body = PartList),
        (status = BAD_REQUEST, description = "No such size", body = Details, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "More parts than there may be", body = Details, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "Nothing of this upload is under way in parts", body = Details, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn parts(
    State(web): State<Web>,
    Named(id): Named,
    whole: Result<Query<Whole>, QueryRejection>,
) -> Result<axum::Json<PartList>, Problem> {
    let Query(Whole { size }) = whole.map_err(|rejection| Problem::BadRequest(rejection.body_text()))?;
    check(size)?;
    let under_way = web.under_way(&id.folder(&web.0.settings.prefix)).await?;
    let under_way = under_way.ok_or_else(nothing)?;
    let arrived = parts::arrived(web.0.links.client(), web.bucket(), &under_way).await?;
    let parts = web.parts(&under_way, size, &arrived).await?;
    Ok(axum::Json(PartList { part_bytes: parts::PART, parts }))
}

/// Complete an upload in parts
///
/// May be asked again: it is complete only once.
#[utoipa::path(
    post,
    path = "/api/uploads/{id}/complete",
    params(("id" = String, Path, format = Uuid, description = "The upload")),
    request_body = Whole,
    responses(
        (status = NO_CONTENT, description = "The file is whole"),
        (status = BAD_REQUEST, description = "No such size", body = Details, content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "Nothing of this upload is under way in parts", body = Details, content_type = "application/problem+json"),
        (status = CONFLICT, description = "Parts are missing", body = Details, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "More parts than there may be, or a larger request than any", body = Details, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "A body that is not JSON", body = Details, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn complete(
    State(web): State<Web>,
    Named(id): Named,
    Json(Whole { size }): Json<Whole>,
) -> Result<StatusCode, Problem> {
    check(size)?;
    let folder = id.folder(&web.0.settings.prefix);
    let Some(under_way) = web.under_way(&folder).await? else {
        // The answer to the first request may have been lost.
        let is_there = web.object(&folder).await?.is_some();
        return if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(nothing()) };
    };
    let client = web.0.links.client();
    let arrived = parts::arrived(client, web.bucket(), &under_way).await?;
    let lacking: Vec<_> = parts::plan(size)
        .filter(|(number, size)| !parts::is_whole(arrived.get(number), *size))
        .map(|(number, _)| number.to_string())
        .take(10)
        .collect();
    if !lacking.is_empty() || arrived.len() != parts::plan(size).count() {
        let detail = if lacking.is_empty() {
            "there are more parts than of this size".to_owned()
        } else {
            format!("parts are missing: {}", lacking.join(", "))
        };
        return Err(Problem::Incomplete(detail));
    }
    parts::complete(client, web.bucket(), &under_way, arrived).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancel an upload in parts
///
/// What has arrived of it is thrown away. What is whole stays.
#[utoipa::path(
    delete,
    path = "/api/uploads/{id}",
    params(("id" = String, Path, format = Uuid, description = "The upload")),
    responses(
        (status = NO_CONTENT, description = "Nothing of it is under way"),
        (status = NOT_FOUND, description = "No such upload", body = Details, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel(State(web): State<Web>, Named(id): Named) -> Result<StatusCode, Problem> {
    if let Some(under_way) = web.under_way(&id.folder(&web.0.settings.prefix)).await? {
        parts::abort(web.0.links.client(), web.bucket(), &under_way).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Web {
    pub(super) fn bucket(&self) -> &Bucket {
        &self.0.policy.source.bucket
    }

    async fn under_way(&self, folder: &str) -> Result<Option<UnderWay>, Problem> {
        parts::find(self.0.links.client(), self.bucket(), folder).await
    }

    /// Links for all parts of an upload.
    pub(super) async fn parts(
        &self,
        under_way: &UnderWay,
        size: u64,
        arrived: &BTreeMap<u32, aws_sdk_s3::types::Part>,
    ) -> Result<Vec<Part>, Problem> {
        let mut all = Vec::new();
        for (number, size) in parts::plan(size) {
            let url = self.0.links.part(self.bucket(), under_way, (number, size)).await?;
            all.push(Part { number, size, url, is_there: parts::is_whole(arrived.get(&number), size) });
        }
        Ok(all)
    }
}

/// What parts can carry.
pub(super) fn check(size: u64) -> Result<(), Problem> {
    match size {
        0 => Err(Problem::BadRequest("`size`: an empty file is no image".to_owned())),
        1..=parts::LARGEST => Ok(()),
        _ => Err(Problem::TooLarge(format!("`size`: {size} bytes, the limit of parts is {}", parts::LARGEST))),
    }
}

fn nothing() -> Problem {
    Problem::NotFound("nothing of this upload is under way in parts: begin it anew".to_owned())
}
