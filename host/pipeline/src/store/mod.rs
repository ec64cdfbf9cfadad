//! S3, as far as we need it: HEAD, GET with a cap, PUT, COPY and DELETE on a condition, and LIST.

mod errors;
mod list;
mod shelf;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
    types::{MetadataDirective, TaggingDirective},
};
use bytes::Bytes;

use crate::{Bucket, ETag, ObjectKey, event::Change, names::percent_encoded};
use errors::{Meaning, meaning};

pub use shelf::BucketShelf;

/// A client of S3, or of a store with its API. Clones share what they learn of it.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    /// Whether the store has refused a condition as something that it does not know. Without conditions the destination agrees with the
    /// source in the end too, since whoever has written looks at the source again.
    is_unconditional: Arc<AtomicBool>,
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
    #[error("{object}: is archived; it is read once it is restored")]
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
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
}

/// What GET gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fetched {
    /// There is no such object.
    Gone,
    /// Larger than the cap: not read.
    TooLarge {
        /// Its size, or as much of it as was read.
        bytes: u64,
        /// Its content.
        etag: ETag,
    },
    /// All of it.
    Object(Object),
}

/// An object that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// The content's name.
    pub etag: ETag,
    /// What its writer says of it.
    pub metadata: HashMap<String, String>,
}

/// What a write expects to find.
#[derive(Clone, Debug)]
pub(crate) enum Expect {
    Nothing,
    Content(ETag),
}

/// What is said of an object that is written.
#[derive(Clone, Debug)]
pub(crate) struct Headers {
    pub(crate) content_type: String,
    pub(crate) cache_control: Option<String>,
    pub(crate) metadata: HashMap<String, String>,
}

impl Store {
    /// A store behind this client.
    pub fn new(client: Client) -> Self {
        Self { client, is_unconditional: Arc::default() }
    }

    /// `None` where there is no such object.
    pub(crate) async fn head(&self, bucket: &Bucket, key: &ObjectKey) -> Result<Option<Head>, StoreError> {
        let request = self.client.head_object().bucket(bucket.as_str()).key(key.as_str());
        match request.send().await {
            Ok(head) => Ok(Some(Head {
                etag: ETag::new(head.e_tag().unwrap_or_default()),
                content_type: head.content_type().map(str::to_owned),
                bytes: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or_default(),
                modified: head.last_modified().and_then(|time| SystemTime::try_from(*time).ok()),
                metadata: head.metadata.unwrap_or_default(),
            })),
            Err(error) if meaning_of(&error) == Meaning::Gone => Ok(None),
            Err(error) => Err(failed("HeadObject", bucket, key, &error)),
        }
    }

    /// Reads an object whole, unless it has more bytes than `cap`.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: of a store that cannot be reached or forbids it, of an object in an archive, and of one that did not arrive whole.
    pub async fn get(&self, object: &Change, cap: u64) -> Result<Fetched, StoreError> {
        let Change { bucket, key } = object;
        let request = self.client.get_object().bucket(bucket.as_str()).key(key.as_str());
        let got = match request.send().await {
            Ok(got) => got,
            Err(error) if meaning_of(&error) == Meaning::Gone => return Ok(Fetched::Gone),
            Err(error) => return Err(failed("GetObject", bucket, key, &error)),
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

    /// Writes an object in the place of what is expected there.
    pub(crate) async fn put(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        bytes: Vec<u8>,
        headers: Headers,
        expect: &Expect,
    ) -> Result<(), StoreError> {
        let bytes = Bytes::from(bytes);
        self.on_condition(expect, "PutObject", bucket, key, |none_match, if_match| {
            self.client
                .put_object()
                .bucket(bucket.as_str())
                .key(key.as_str())
                .content_type(&headers.content_type)
                .set_cache_control(headers.cache_control.clone())
                .set_metadata(Some(headers.metadata.clone()))
                .set_if_none_match(none_match)
                .set_if_match(if_match)
                .body(ByteStream::from(bytes.clone()))
                .send()
        })
        .await
    }

    /// Copies this version of an object within the store, in the place of what is expected there.
    pub(crate) async fn copy(
        &self,
        (source, version): (&Change, &ETag),
        bucket: &Bucket,
        key: &ObjectKey,
        headers: Headers,
        expect: &Expect,
    ) -> Result<(), StoreError> {
        let from = percent_encoded(&name(&source.bucket, &source.key));
        self.on_condition(expect, "CopyObject", bucket, key, |none_match, if_match| {
            self.client
                .copy_object()
                .copy_source(&from)
                .copy_source_if_match(version.quoted())
                .bucket(bucket.as_str())
                .key(key.as_str())
                .content_type(&headers.content_type)
                .set_cache_control(headers.cache_control.clone())
                .set_metadata(Some(headers.metadata.clone()))
                .metadata_directive(MetadataDirective::Replace)
                // Tags are the source's own, and a permission of their own.
                .tagging_directive(TaggingDirective::Replace)
                .set_if_none_match(none_match)
                .set_if_match(if_match)
                .send()
        })
        .await
    }

    /// Deletes an object that still has this content.
    pub(crate) async fn delete(&self, bucket: &Bucket, key: &ObjectKey, content: &ETag) -> Result<(), StoreError> {
        let expect = Expect::Content(content.clone());
        self.on_condition(&expect, "DeleteObject", bucket, key, |_, if_match| {
            self.client.delete_object().bucket(bucket.as_str()).key(key.as_str()).set_if_match(if_match).send()
        })
        .await
    }

    /// Sends a request with `If-None-Match` or `If-Match`; without either to a store that does not know them.
    async fn on_condition<T, E, F>(
        &self,
        expect: &Expect,
        operation: &'static str,
        bucket: &Bucket,
        key: &ObjectKey,
        send: impl Fn(Option<String>, Option<String>) -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if !self.is_unconditional.load(Ordering::Relaxed) {
            let sent = match expect {
                Expect::Nothing => send(Some("*".to_owned()), None).await,
                Expect::Content(etag) => send(None, Some(etag.quoted())).await,
            };
            match sent {
                Ok(_) => return Ok(()),
                Err(error) => match meaning_of(&error) {
                    // A condition on an object that is gone by now is answered by 404.
                    Meaning::Conflict | Meaning::Gone => {
                        return Err(StoreError::Conflict { object: name(bucket, key) });
                    }
                    Meaning::NotImplemented => {
                        tracing::warn!(operation, "the store knows no conditional writes: it gets none from now on");
                        self.is_unconditional.store(true, Ordering::Relaxed);
                    }
                    _ => return Err(failed(operation, bucket, key, &error)),
                },
            }
        }
        send(None, None).await.map(|_| ()).map_err(|error| failed(operation, bucket, key, &error))
    }
}

fn name(bucket: &Bucket, key: &ObjectKey) -> String {
    format!("{bucket}/{key}")
}

fn meaning_of<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Meaning {
    meaning(error.code(), error.raw_response().map(|response| response.status().as_u16()))
}

fn failed<E>(operation: &'static str, bucket: &Bucket, key: impl fmt::Display, error: &SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let object = format!("{bucket}/{key}");
    match meaning_of(error) {
        Meaning::Archived => StoreError::Archived { object },
        Meaning::Conflict => StoreError::Conflict { object },
        Meaning::Misconfigured(advice) => {
            let status = || error.raw_response().map(|response| response.status().as_u16()).unwrap_or_default();
            let reason = error.code().map_or_else(|| format!("status {}", status()), str::to_owned);
            StoreError::Misconfigured { operation, object, reason, advice }
        }
        Meaning::Gone | Meaning::NotImplemented | Meaning::Passing => {
            StoreError::Unavailable { operation, reason: DisplayErrorContext(error).to_string(), object }
        }
    }
}
