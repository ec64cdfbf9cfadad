//! What is in a bucket, in the order of its keys.

use aws_sdk_s3::types::EncodingType;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{Store, StoreError, failed};
use crate::{Bucket, ETag, ObjectKey};

/// An object that is there.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) key: ObjectKey,
    pub(crate) bytes: u64,
    pub(crate) etag: Option<ETag>,
}

impl Store {
    /// The objects whose key begins so, and comes after another one. One page of them is held at a time.
    ///
    /// General purpose buckets are in the order of their keys' bytes, so that a list can go on after any of them.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
    pub(crate) fn list(
        &self,
        bucket: &Bucket,
        prefix: &str,
        after: Option<&ObjectKey>,
    ) -> impl Stream<Item = Result<Listed, StoreError>> + use<> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(bucket.as_str())
            .prefix(prefix)
            // A key may have characters that XML cannot carry.
            .encoding_type(EncodingType::Url)
            .set_start_after(after.map(|key| key.as_str().to_owned()));
        let (bucket, prefix) = (bucket.clone(), prefix.to_owned());
        let pages =
            stream::unfold(request.into_paginator().send(), |mut pages| async { Some((pages.next().await?, pages)) });
        let pages = pages.map(move |page| {
            let page = page.map_err(|error| failed("ListObjectsV2", &bucket, &prefix, &error))?;
            let listed = page.contents.unwrap_or_default().into_iter().map(|object| {
                let encoded = object.key.unwrap_or_default();
                let key = ObjectKey::from_encoded(&encoded);
                Ok(Listed {
                    key: key.ok_or_else(|| StoreError::Unavailable {
                        operation: "ListObjectsV2",
                        object: format!("{bucket}/{encoded}"),
                        reason: "what was listed is no key".to_owned(),
                    })?,
                    bytes: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                    etag: object.e_tag.as_deref().map(ETag::new),
                })
            });
            Ok(stream::iter(listed.collect::<Vec<_>>()))
        });
        pages.try_flatten()
    }
}
