//! S3, as far as we need it: HEAD, GET with a cap, conditional PUT, DELETE.

use std::collections::HashMap;

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};

use crate::{Bucket, ETag, ObjectKey, event::Change};

/// A client of S3, or of a store with its API.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
}

/// Why a request has no answer that can be worked with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The condition of a PUT does not hold any more, or another PUT is under way.
    #[error("{object}: changed by another writer at the same time")]
    Conflict {
        /// `bucket/key`
        object: String,
    },
    /// An object in an archive: it can be read after it is restored.
    #[error("{object}: is archived; restore it first")]
    Archived {
        /// `bucket/key`
        object: String,
    },
    /// Something that an operator must set right.
    #[error("{operation} {object}: {reason}; {advice}")]
    Misconfigured {
        /// The API operation.
        operation: &'static str,
        /// `bucket/key`
        object: String,
        /// The error's code.
        reason: String,
        /// What to do.
        advice: &'static str,
    },
    /// Anything that may pass: throttling, a fault of the service, the network.
    #[error("{operation} {object}: {reason}")]
    Unavailable {
        /// The API operation.
        operation: &'static str,
        /// `bucket/key`
        object: String,
        /// The whole chain of causes.
        reason: String,
    },
}

/// What HEAD tells.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) etag: ETag,
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: HashMap<String, String>,
}

/// What GET gives.
pub(crate) enum Fetched {
    Gone,
    /// Larger than the cap: not read.
    TooLarge {
        bytes: u64,
        etag: ETag,
    },
    Object(Object),
}

pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) etag: ETag,
    pub(crate) metadata: HashMap<String, String>,
}

/// What a PUT expects to find.
#[derive(Clone, Debug)]
pub(crate) enum Expect {
    Nothing,
    Content(ETag),
}

pub(crate) struct Put {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) cache_control: Option<String>,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) expect: Expect,
}

impl Store {
    /// A store behind this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// `None` where there is no such object.
    pub(crate) async fn head(&self, bucket: &Bucket, key: &ObjectKey) -> Result<Option<Head>, StoreError> {
        let request = self.client.head_object().bucket(bucket.as_str()).key(key.as_str());
        match request.send().await {
            Ok(head) => Ok(Some(Head {
                etag: ETag::new(head.e_tag().unwrap_or_default()),
                content_type: head.content_type().map(str::to_owned),
                metadata: head.metadata.unwrap_or_default(),
            })),
            // HEAD has no body, so no code either: the status is all there is.
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(classify("HeadObject", bucket, key, &error)),
        }
    }

    /// Reads an object whole, unless it has more bytes than `cap`.
    pub(crate) async fn get(&self, object: &Change, cap: u64) -> Result<Fetched, StoreError> {
        let Change { bucket, key } = object;
        let request = self.client.get_object().bucket(bucket.as_str()).key(key.as_str());
        let got = match request.send().await {
            Ok(got) => got,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(Fetched::Gone),
            Err(error) => return Err(classify("GetObject", bucket, key, &error)),
        };
        let cut =
            |reason: String| StoreError::Unavailable { operation: "GetObject", object: name(bucket, key), reason };
        // A length that is missing is learnt while reading, so it only decides how much is reserved.
        let length = got.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or_default();
        let etag = ETag::new(got.e_tag.as_deref().unwrap_or_default());
        if length > cap {
            return Ok(Fetched::TooLarge { bytes: length, etag });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let mut body = got.body;
        while let Some(part) = body.try_next().await.map_err(|error| cut(DisplayErrorContext(error).to_string()))? {
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > cap {
                return Ok(Fetched::TooLarge { bytes: bytes.len() as u64, etag });
            }
        }
        if length != 0 && bytes.len() as u64 != length {
            return Err(cut(format!("{} of {length} bytes arrived", bytes.len())));
        }
        Ok(Fetched::Object(Object { etag, metadata: got.metadata.unwrap_or_default(), bytes }))
    }

    pub(crate) async fn put(&self, bucket: &Bucket, key: &ObjectKey, put: Put) -> Result<(), StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(bucket.as_str())
            .key(key.as_str())
            .content_type(put.content_type)
            .set_cache_control(put.cache_control)
            .set_metadata(Some(put.metadata))
            .body(ByteStream::from(put.bytes));
        let request = match put.expect {
            Expect::Nothing => request.if_none_match("*"),
            Expect::Content(etag) => request.if_match(etag.quoted()),
        };
        match request.send().await {
            Ok(_) => Ok(()),
            // If-Match on an object that is gone by now answers 404.
            Err(error) if matches!(status(&error), Some(404 | 409 | 412)) && error.code() != Some("NoSuchBucket") => {
                Err(StoreError::Conflict { object: name(bucket, key) })
            }
            Err(error) => Err(classify("PutObject", bucket, key, &error)),
        }
    }

    pub(crate) async fn delete(&self, bucket: &Bucket, key: &ObjectKey) -> Result<(), StoreError> {
        let request = self.client.delete_object().bucket(bucket.as_str()).key(key.as_str());
        request.send().await.map(|_| ()).map_err(|error| classify("DeleteObject", bucket, key, &error))
    }
}

fn name(bucket: &Bucket, key: &ObjectKey) -> String {
    format!("{bucket}/{key}")
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn classify<E>(operation: &'static str, bucket: &Bucket, key: &ObjectKey, error: &SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let object = name(bucket, key);
    let misconfigured = |reason: &str, advice| StoreError::Misconfigured {
        operation,
        object: object.clone(),
        reason: reason.to_owned(),
        advice,
    };
    match (error.code(), status(error)) {
        (Some("InvalidObjectState"), _) => StoreError::Archived { object },
        (Some("NoSuchBucket"), _) => misconfigured("NoSuchBucket", "name an existing bucket in the policy"),
        (Some(code @ ("PermanentRedirect" | "AuthorizationHeaderMalformed")), _) => {
            misconfigured(code, "the bucket is in another region than the function")
        }
        (Some(code @ ("InvalidAccessKeyId" | "SignatureDoesNotMatch")), _) => {
            misconfigured(code, "check the function's credentials")
        }
        (code, Some(403)) => misconfigured(
            code.unwrap_or("403 Forbidden"),
            "grant the function s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket as the template does, and the use of the bucket's key",
        ),
        _ => StoreError::Unavailable { operation, reason: DisplayErrorContext(error).to_string(), object },
    }
}
