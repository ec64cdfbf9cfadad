//! What has become of an upload.

use std::time::SystemTime;

use aws_sdk_s3::types::EncodingType;
use aws_smithy_types::{DateTime, date_time::Format};
use axum::{Json, extract::State};
use sandpress_pipeline::{Arrived, ObjectKey, Rendition, Standing, event::Change};
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use crate::{
    Web,
    id::UploadId,
    links::file_name,
    parts,
    problem::{Details, Problem},
};

/// What has become of an upload.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "camelCase")]
pub(super) enum UploadState {
    /// Not all is done yet.
    #[serde(rename_all = "camelCase")]
    Waiting {
        id: UploadId,
        /// Until when it may begin.
        #[schema(format = DateTime)]
        expires_at: String,
        /// Whether the file has arrived, and is being compressed.
        received: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        source: Option<Source>,
    },
    /// All renditions are there.
    Done { id: UploadId, source: Source, renditions: Vec<Made> },
    /// There will be none.
    Rejected {
        id: UploadId,
        source: Source,
        /// For programs: `unsupported`, `malformed`, `over-limit` or `conflict`.
        reason: String,
        /// For whoever has uploaded it.
        message: &'static str,
        /// For whoever wants to know more.
        detail: String,
    },
    /// It has not arrived in time, or was removed since.
    Expired { id: UploadId },
}

/// What was uploaded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source {
    name: String,
    /// What its uploader says that it is.
    media_type: String,
    bytes: u64,
    #[schema(format = DateTime)]
    uploaded_at: String,
    /// A link to look at it.
    url: String,
}

/// A rendition.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    /// Its name in the policy.
    name: String,
    file_name: String,
    media_type: String,
    bytes: u64,
    /// Pixels, as a person sees it; null if it is a copy.
    width: Option<u32>,
    /// Pixels, as a person sees it; null if it is a copy.
    height: Option<u32>,
    #[schema(format = DateTime)]
    made_at: String,
    /// Name and version of the encoder; null if it is a copy.
    encoder: Option<String>,
    /// Whether it is the source's own picture, which gets no smaller.
    kept: bool,
    /// A link to look at it.
    url: String,
    /// A link to keep it.
    download_url: String,
}

/// What has become of an upload
#[utoipa::path(
    get,
    path = "/api/uploads/{id}",
    params(("id" = String, Path, format = Uuid, description = "The upload")),
    responses(
        (status = OK, body = UploadState),
        (status = NOT_FOUND, description = "No such upload", body = Details, content_type = "application/problem+json"),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn state(State(web): State<Web>, Named(id): Named) -> Result<Json<UploadState>, Problem> {
    web.state(id).await.map(Json)
}

impl UploadState {
    /// What does not change any more.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting { .. })
    }

    /// Whether two of the same upload tell the same, whatever their links.
    pub(super) fn tells_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Waiting { received: one, .. }, Self::Waiting { received: other, .. }) => one == other,
            _ => false,
        }
    }
}

impl Web {
    /// What has become of an upload, as the buckets tell it now.
    pub(super) async fn state(&self, id: UploadId) -> Result<UploadState, Problem> {
        let policy = &self.0.policy;
        let Some(key) = self.object(&id.folder(&self.0.settings.prefix)).await? else { return Ok(self.not_there(id)) };
        let object = Change { bucket: policy.source.bucket.clone(), key };
        Ok(match Standing::of(&object, policy, &self.0.store).await? {
            Standing::Waiting(arrived) => UploadState::Waiting {
                id,
                expires_at: self.expires_at(id),
                received: true,
                source: Some(self.source(&object, arrived).await?),
            },
            Standing::Done(arrived, found) => {
                let mut renditions = Vec::with_capacity(found.len());
                for rendition in found {
                    renditions.push(self.made(rendition).await?);
                }
                UploadState::Done { id, source: self.source(&object, arrived).await?, renditions }
            }
            Standing::Rejected { arrived, reason, detail } => {
                let message = message(&reason);
                UploadState::Rejected { id, source: self.source(&object, arrived).await?, reason, message, detail }
            }
            _ => self.not_there(id),
        })
    }

    /// The key of the one object in the folder of an upload.
    pub(super) async fn object(&self, folder: &str) -> Result<Option<ObjectKey>, Problem> {
        let request = self.0.links.client().list_objects_v2().bucket(self.bucket().as_str()).prefix(folder);
        let listed = request.max_keys(1).encoding_type(EncodingType::Url).send().await;
        let listed = listed.map_err(|error| parts::failed("ListObjectsV2", &error))?;
        Ok(listed.contents.unwrap_or_default().into_iter().find_map(|object| ObjectKey::from_encoded(&object.key?)))
    }

    fn not_there(&self, id: UploadId) -> UploadState {
        if SystemTime::now() > id.given() + self.0.settings.time {
            return UploadState::Expired { id };
        }
        UploadState::Waiting { id, expires_at: self.expires_at(id), received: false, source: None }
    }

    fn expires_at(&self, id: UploadId) -> String {
        rfc3339(id.given() + self.0.settings.time)
    }

    async fn source(&self, object: &Change, arrived: Arrived) -> Result<Source, Problem> {
        let url = self.0.links.look(&object.bucket, &object.key, arrived.content_type.as_deref()).await?;
        Ok(Source {
            name: file_name(&object.key).to_owned(),
            media_type: arrived.content_type.unwrap_or_default(),
            bytes: arrived.bytes,
            uploaded_at: arrived.modified.map(rfc3339).unwrap_or_default(),
            url,
        })
    }

    async fn made(&self, rendition: Rendition) -> Result<Made, Problem> {
        let bucket = &self.0.policy.destination.bucket;
        let media_type = rendition.media_type.as_ref().map_or("application/octet-stream", |known| known.as_str());
        let (width, height) = rendition.dimensions.unzip();
        Ok(Made {
            url: self.0.links.look(bucket, &rendition.key, Some(media_type)).await?,
            download_url: self.0.links.download(bucket, &rendition.key, media_type).await?,
            file_name: file_name(&rendition.key).to_owned(),
            media_type: media_type.to_owned(),
            bytes: rendition.bytes,
            width,
            height,
            made_at: rendition.modified.map(rfc3339).unwrap_or_default(),
            encoder: rendition.encoder,
            kept: rendition.original,
            name: rendition.name,
        })
    }
}

/// What whoever has uploaded it can do about it.
fn message(reason: &str) -> &'static str {
    match reason {
        "unsupported" => {
            "This is not an image of a kind that is read here. Save it as JPEG, PNG, WebP or AVIF, and upload it again."
        }
        "malformed" => "The file is damaged or incomplete. Open it, save it anew, and upload it again.",
        "over-limit" => "The image is too large. Make it smaller, and upload it again.",
        "conflict" => "Another image is in its place. Give it another name, and upload it again.",
        _ => "The image was not accepted.",
    }
}

/// 2026-11-28T07:30:00Z
pub(super) fn rfc3339(time: SystemTime) -> String {
    DateTime::from(time).fmt(Format::DateTime).unwrap_or_default()
}
