//! What is written about a source that is rejected, beside the renditions that it does not have: whoever waits for them can read it, and need
//! not be let into the dead-letter queue.
//!
//! It names the version that it is about, and is written before the source is looked at again, as renditions are: one about an older version
//! does not stay the last word. It is not taken away when a version is accepted, which would cost a request for each image: whoever reads it
//! compares the version.

use serde::{Deserialize, Serialize};

use crate::{
    ETag, Policy, Recipe, Rejection, Stages, Store, StoreError,
    comparison::timed,
    event::Change,
    provenance::{self, Owner},
    store::{Expect, Head, Headers},
};

const MEDIA_TYPE: &str = "application/json";

/// Why a version of a source is rejected, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) etag: String,
    /// The code of a [`Reason`](crate::Reason).
    pub(crate) reason: String,
    /// For people.
    pub(crate) detail: String,
}

/// Writes it, if the policy says where; never over what is not ours.
pub(crate) async fn write(
    store: &Store,
    policy: &Policy,
    (object, version): (&Change, &ETag),
    rejection: &Rejection,
    recipe: Recipe,
    stages: &mut Stages,
) -> Result<(), StoreError> {
    let Some(key) = policy.rejection_key(&object.key) else { return Ok(()) };
    let bucket = &policy.destination.bucket;
    let found = timed(&mut stages.head, store.head(bucket, &key)).await?;
    if let Some(found) = &found
        && !is_ours(found, object)
    {
        tracing::warn!(%bucket, %key, "what is there is not ours: why the source is rejected is not written");
        return Ok(());
    }
    let record = Record {
        bucket: object.bucket.to_string(),
        key: object.key.to_string(),
        etag: version.to_string(),
        reason: rejection.reason.code().to_owned(),
        detail: rejection.detail.clone(),
    };
    let headers = Headers {
        content_type: MEDIA_TYPE.to_owned(),
        cache_control: None,
        metadata: provenance::write(object, version, recipe, None),
    };
    let expect = found.map_or(Expect::Nothing, |found| Expect::Content(found.etag));
    // Texts never fail.
    let bytes = serde_json::to_vec_pretty(&record).unwrap_or_default();
    timed(&mut stages.put, store.put(bucket, &key, bytes, headers, &expect)).await
}

/// Takes away what was written about a source that is gone.
pub(crate) async fn remove(
    store: &Store,
    policy: &Policy,
    object: &Change,
    stages: &mut Stages,
) -> Result<(), StoreError> {
    let Some(key) = policy.rejection_key(&object.key) else { return Ok(()) };
    let bucket = &policy.destination.bucket;
    match timed(&mut stages.head, store.head(bucket, &key)).await? {
        Some(found) if is_ours(&found, object) => store.delete(bucket, &key, &found.etag).await,
        _ => Ok(()),
    }
}

/// A rendition may have such a key too.
fn is_ours(found: &Head, object: &Change) -> bool {
    found.content_type.as_deref() == Some(MEDIA_TYPE) && provenance::owner(&found.metadata, object) == Owner::Ours
}
