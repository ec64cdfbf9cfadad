//! What has become of an object so far, as the buckets tell it: for those who wait for its renditions. Changes nothing.

use std::time::SystemTime;

use sandpress_sandbox::MediaType;

use crate::{
    Bucket, ETag, ObjectKey, Policy, Store, StoreError,
    event::Change,
    policy::RenditionPolicy,
    provenance::{self, Owner},
    record::Record,
    store::{Fetched, Head},
};

/// What is written about a rejection is short; more is none of ours.
const LARGEST_RECORD: u64 = 64 << 10;

/// What has become of an object so far.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is not there.
    Gone,
    /// It is there, and some of its renditions are not yet.
    Waiting(Arrived),
    /// Every rendition is there, of the version that it has now.
    Done(Arrived, Vec<Rendition>),
    /// This version of it is rejected. Only known where the policy has it written.
    Rejected {
        /// What is rejected.
        arrived: Arrived,
        /// The code of a [`Reason`](crate::Reason).
        reason: String,
        /// For people.
        detail: String,
    },
}

/// An object in the source bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrived {
    /// Its version.
    pub etag: ETag,
    /// Its size.
    pub bytes: u64,
    /// What its uploader says that it is.
    pub content_type: Option<String>,
    /// When it was written.
    pub modified: Option<SystemTime>,
}

/// A rendition that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendition {
    /// Its name in the policy.
    pub name: String,
    /// Where it is.
    pub key: ObjectKey,
    /// Its size.
    pub bytes: u64,
    /// Its format.
    pub media_type: Option<MediaType>,
    /// Width and height as a person sees them. `None` of a copy, and of one that was made before this was said.
    pub dimensions: Option<(u32, u32)>,
    /// Whether it is the source's own picture, since the encoder's saved too little.
    pub original: bool,
    /// Name and version of the encoder. `None` of a copy.
    pub encoder: Option<String>,
    /// When it was written.
    pub modified: Option<SystemTime>,
}

impl Standing {
    /// Looks at an object, at the places of its renditions, and at what is written about its rejection.
    ///
    /// A rendition counts by whatever recipe it was made: who waits has it. The source is looked at first, so that one that is replaced
    /// meanwhile is still waiting, and never done with the renditions of another version.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    pub async fn of(object: &Change, policy: &Policy, store: &Store) -> Result<Self, StoreError> {
        let Some(source) = store.head(&object.bucket, &object.key).await? else { return Ok(Self::Gone) };
        let arrived = Arrived {
            etag: source.etag,
            bytes: source.bytes,
            content_type: source.content_type,
            modified: source.modified,
        };
        let mut renditions = Vec::with_capacity(policy.renditions.len());
        for rendition in &policy.renditions {
            // A template that makes no key of this one: there will never be a rendition.
            let Ok(key) = policy.destination_key(rendition, &object.key) else { break };
            match store.head(&policy.destination.bucket, &key).await? {
                Some(found) if is_of(&found, object, &arrived.etag) => {
                    renditions.push(Rendition::new(rendition, key, found))
                }
                _ => break,
            }
        }
        if renditions.len() == policy.renditions.len() {
            return Ok(Self::Done(arrived, renditions));
        }
        Ok(match rejection(object, &arrived.etag, policy, store).await? {
            Some(Record { reason, detail, .. }) => Self::Rejected { arrived, reason, detail },
            None => Self::Waiting(arrived),
        })
    }
}

impl Rendition {
    fn new(policy: &RenditionPolicy, key: ObjectKey, found: Head) -> Self {
        Self {
            name: policy.name.clone(),
            key,
            bytes: found.bytes,
            media_type: found.content_type.and_then(|media_type| media_type.parse().ok()),
            dimensions: provenance::dimensions(&found.metadata),
            original: provenance::is_original(&found.metadata),
            encoder: provenance::encoder(&found.metadata),
            modified: found.modified,
        }
    }
}

/// Whether it was made from this version of this object.
fn is_of(found: &Head, object: &Change, version: &ETag) -> bool {
    provenance::owner(&found.metadata, object) == Owner::Ours
        && provenance::version(&found.metadata).as_ref() == Some(version)
}

/// What is written about this version.
async fn rejection(
    object: &Change,
    version: &ETag,
    policy: &Policy,
    store: &Store,
) -> Result<Option<Record>, StoreError> {
    let Some(key) = policy.rejection_key(&object.key) else { return Ok(None) };
    let bucket: Bucket = policy.destination.bucket.clone();
    let Fetched::Object(found) = store.get(&Change { bucket, key }, LARGEST_RECORD).await? else { return Ok(None) };
    let record: Option<Record> = serde_json::from_slice(&found.bytes).ok();
    // A rendition may have such a key too, and say what its uploader wants: whose it is, only we have written.
    let is_ours = provenance::owner(&found.metadata, object) == Owner::Ours;
    Ok(record.filter(|record| is_ours && record.etag == version.as_str()))
}
