//! The protocol: makes the destination agree with the source as it is now.
//!
//! 1. Look at the renditions. If all are of one version of the source and by the right recipe, and that is the version that the source has
//!    now, nothing is to do.
//! 2. Fetch the source. If it is gone, its renditions go too, where the policy says so.
//! 3. Make the renditions.
//! 4. Write them, on the condition that they are as seen in step 1.
//! 5. Look at the source again. If it has changed, begin again: the last writer is responsible for the truth.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use sandpress_catalog::{Catalog, Encoder};
use sandpress_sandbox::{ImageInfo, MediaType, Metadata, Output, Rendition};

use crate::{
    ETag, Failure, Lanes, Made, ObjectKey, Outcome, Policy, Reason, Recipe, Rejection, Stages, Store, StoreError,
    encode::Encoders,
    event::Change,
    outcome::Stop,
    policy::RenditionPolicy,
    provenance::{self, Owner},
    store::{Expect, Fetched, Head, Object, Put},
};

/// A source that changes all the time is given back to the queue after as many attempts.
const ATTEMPTS: u32 = 5;

/// Does what is missing for one object at a time. Clones share everything.
#[derive(Clone, Debug)]
pub struct Reconciler {
    policy: Arc<Policy>,
    store: Store,
    encoders: Encoders,
}

/// A policy that the encoders in service cannot fulfil.
#[derive(Debug, thiserror::Error)]
#[error("rendition `{rendition}`: no encoder in service makes {media_type}; there are encoders for {served}")]
pub struct Unserved {
    rendition: String,
    media_type: MediaType,
    served: String,
}

/// A rendition that the source should have, and what is there.
struct Place<'a> {
    rendition: &'a RenditionPolicy,
    key: ObjectKey,
    found: Option<Head>,
}

/// What one encoder is to make, and where it goes.
type Group<'a> = (&'a Encoder, Vec<(&'a Place<'a>, Rendition)>);

impl Reconciler {
    /// Brings the parts together.
    ///
    /// # Errors
    ///
    /// [`Unserved`]
    pub fn new(policy: Policy, store: Store, catalog: Catalog, lanes: Lanes) -> Result<Self, Unserved> {
        for rendition in &policy.renditions {
            if let Some(media_type) = rendition.format.fixed().filter(|fixed| catalog.serving(fixed).is_none()) {
                let served: Vec<_> = catalog.iter().map(|(media_type, _)| media_type.as_str()).collect();
                return Err(Unserved {
                    rendition: rendition.name.clone(),
                    media_type: media_type.clone(),
                    served: served.join(", "),
                });
            }
        }
        let (limits, verify) = (policy.limits, policy.verify);
        Ok(Self { policy: Arc::new(policy), store, encoders: Encoders { catalog, lanes, limits, verify } })
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.encoders.lanes
    }

    /// Makes the destination agree with this object, and tells where the time went.
    pub async fn reconcile(&self, object: &Change, deadline: Instant) -> (Outcome, Stages) {
        let mut stages = Stages::default();
        if !self.policy.wants(object) {
            return (Outcome::Skipped("not in the source's place, or a folder marker"), stages);
        }
        for _ in 0..ATTEMPTS {
            if Instant::now() >= deadline {
                return (Outcome::Failed(Failure::Deadline), stages);
            }
            match self.attempt(object, deadline, &mut stages).await {
                Ok(Some(outcome)) => return (outcome, stages),
                // The source has changed, or somebody else has written.
                Ok(None) | Err(Stop::Failed(Failure::Store(StoreError::Conflict { .. }))) => {}
                Err(stop) => return (stop.into(), stages),
            }
        }
        (Outcome::Failed(Failure::Unsettled(ATTEMPTS)), stages)
    }

    /// One way through the steps; `None` if it has to be gone again.
    async fn attempt(&self, object: &Change, deadline: Instant, stages: &mut Stages) -> Result<Option<Outcome>, Stop> {
        let places = timed(&mut stages.head, self.look(object)).await?;
        if let Some(etag) = self.made_from(&places, object) {
            let now = timed(&mut stages.head, self.store.head(&object.bucket, &object.key)).await?;
            if now.is_some_and(|now| now.etag == etag) {
                return Ok(Some(Outcome::Unchanged));
            }
        }
        let fetched = timed(&mut stages.get, self.store.get(object, self.policy.limits.source_bytes)).await?;
        let (version, outcome) = match fetched {
            Fetched::Gone => (None, self.remove(object, &places).await?),
            Fetched::TooLarge { bytes, etag } => {
                let cap = self.policy.limits.source_bytes;
                let detail = format!(
                    "{bytes} bytes, the limit is {cap}; raise limits.source-mebibytes in the policy to allow it"
                );
                (Some(etag), Outcome::Rejected(Rejection { reason: Reason::OverLimit, detail }))
            }
            Fetched::Object(source) if provenance::is_marked(&source.metadata) => {
                return Ok(Some(Outcome::Skipped("made by Sandpress itself")));
            }
            Fetched::Object(source) => {
                stages.source_bytes = source.bytes.len() as u64;
                let etag = source.etag.clone();
                match self.make(object, source, &places, deadline, stages).await {
                    Ok(made) => (Some(etag), Outcome::Made(made)),
                    Err(Stop::Rejected(rejection)) => (Some(etag), Outcome::Rejected(rejection)),
                    Err(stop) => return Err(stop),
                }
            }
        };
        let now = timed(&mut stages.head, self.store.head(&object.bucket, &object.key)).await?;
        Ok((now.map(|now| now.etag) == version).then_some(outcome))
    }

    /// Step 1: what is in the renditions' places.
    async fn look(&self, object: &Change) -> Result<Vec<Place<'_>>, Stop> {
        let mut places = Vec::with_capacity(self.policy.renditions.len());
        for rendition in &self.policy.renditions {
            let key = self
                .policy
                .destination_key(rendition, &object.key)
                .map_err(|error| Stop::rejected(Reason::Conflict, error.to_string()))?;
            let found = self.store.head(&self.policy.destination.bucket, &key).await?;
            places.push(Place { rendition, key, found });
        }
        Ok(places)
    }

    /// The version of the source that all renditions are made from, by the recipes of today.
    fn made_from(&self, places: &[Place<'_>], object: &Change) -> Option<ETag> {
        let mut versions = places.iter().map(|place| self.current(place, object));
        let first = versions.next()??;
        versions.all(|version| version.as_ref() == Some(&first)).then_some(first)
    }

    /// The version of the source that a rendition is made from, if today's recipe would make it so.
    fn current(&self, place: &Place<'_>, object: &Change) -> Option<ETag> {
        let found = place.found.as_ref().filter(|found| provenance::owner(&found.metadata, object) == Owner::Ours)?;
        let media_type = found.content_type.as_ref()?.parse().ok()?;
        let encoder = self.encoders.catalog.serving(&media_type)?;
        let recipe = Recipe::new(encoder, place.rendition, &place.rendition.request(media_type));
        provenance::made_from(&found.metadata, recipe)
    }

    /// Steps 3 and 4, for the renditions that are not yet of this version.
    async fn make(
        &self,
        object: &Change,
        source: Object,
        places: &[Place<'_>],
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<Vec<Made>, Stop> {
        self.own(object, places)?;
        let bytes = Arc::new(source.bytes);
        let info = timed(&mut stages.encode, self.encoders.probe(&bytes, deadline)).await?;
        let mut made = Vec::new();
        for (encoder, group) in self.group(places, object, &info, &source.etag)? {
            let renditions = group.iter().map(|(_, rendition)| rendition.clone()).collect();
            let compressed = self.encoders.compress(encoder, &info, &bytes, renditions, deadline, stages).await?;
            for ((place, rendition), output) in group.into_iter().zip(compressed.outputs) {
                let recipe = Recipe::new(encoder, place.rendition, &rendition);
                let most = place.rendition.worthwhile(bytes.len());
                let (bytes, original) = if output.info.media_type == info.media_type && output.bytes.len() > most {
                    self.unaltered(encoder, &info, &bytes, (&rendition, output), deadline, stages).await?
                } else {
                    (output.bytes, false)
                };
                made.push(Made {
                    rendition: place.rendition.name.clone(),
                    key: place.key.clone(),
                    media_type: rendition.media_type.clone(),
                    bytes: bytes.len() as u64,
                    ratio: ratio(bytes.len() as u64, stages.source_bytes),
                    original,
                    encoder: encoder.digest,
                });
                let put = Put {
                    bytes,
                    content_type: rendition.media_type.into(),
                    cache_control: self.policy.cache_control.clone(),
                    metadata: provenance::write(object, &source.etag, recipe, encoder),
                    expect: place.found.as_ref().map_or(Expect::Nothing, |found| Expect::Content(found.etag.clone())),
                };
                timed(&mut stages.put, self.store.put(&self.policy.destination.bucket, &place.key, put)).await?;
            }
        }
        Ok(made)
    }

    /// The picture as it is, where its format gets no smaller: with what the policy keeps of its metadata, in its own size, and never larger
    /// than the source; and whether it is that.
    ///
    /// The source's own bytes are stored only if nothing in them is to go: if the policy keeps all, or what was made says that nothing was
    /// dropped. Else, where the encoder cannot leave the picture and take the metadata, what was made is stored, be it larger.
    async fn unaltered(
        &self,
        encoder: &Encoder,
        info: &ImageInfo,
        source: &Arc<Vec<u8>>,
        (rendition, made): (&Rendition, Output),
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<(Vec<u8>, bool), Stop> {
        if rendition.metadata == Metadata::Keep {
            return Ok((source.to_vec(), true));
        }
        let unaltered = vec![rendition.unaltered()];
        match self.encoders.compress(encoder, info, source, unaltered, deadline, stages).await {
            Ok(compressed) => {
                let output = compressed.outputs.into_iter().next();
                if let Some(output) = output.filter(|output| output.bytes.len() <= source.len()) {
                    return Ok((output.bytes, true));
                }
            }
            Err(Stop::Failed(Failure::Request { .. })) => {}
            Err(stop) => return Err(stop),
        }
        Ok(if made.dropped().is_some() { (made.bytes, false) } else { (source.to_vec(), true) })
    }

    /// Another's rendition is never touched.
    fn own(&self, object: &Change, places: &[Place<'_>]) -> Result<(), Stop> {
        for place in places {
            let Some(found) = &place.found else { continue };
            if provenance::owner(&found.metadata, object) == Owner::Foreign {
                let detail = format!(
                    "the place of rendition `{}`, {}/{}, is taken by {}; give the renditions a key that keeps them apart, such as {{key}}",
                    place.rendition.name,
                    self.policy.destination.bucket,
                    place.key,
                    provenance::maker(&found.metadata)
                );
                return Err(Stop::rejected(Reason::Conflict, detail));
            }
        }
        Ok(())
    }

    /// What is to make, by encoder, so that each decodes the source once.
    fn group<'a>(
        &'a self,
        places: &'a [Place<'a>],
        object: &Change,
        info: &ImageInfo,
        version: &ETag,
    ) -> Result<Vec<Group<'a>>, Stop> {
        let mut groups: BTreeMap<_, (&Encoder, Vec<_>)> = BTreeMap::new();
        for place in places.iter().filter(|place| self.current(place, object).as_ref() != Some(version)) {
            let media_type = place.rendition.format.fixed().unwrap_or(&info.media_type).clone();
            let encoder = self.encoders.catalog.serving(&media_type).ok_or_else(|| {
                // A format that the policy names was looked for when the function started.
                let served: Vec<_> = self.encoders.catalog.iter().map(|(media_type, _)| media_type.as_str()).collect();
                let detail = format!(
                    "no encoder in service makes {media_type}, the source's own format; set `format` of rendition `{}` in the \
                     policy to one that is made: {}",
                    place.rendition.name,
                    served.join(", ")
                );
                Stop::rejected(Reason::Unsupported, detail)
            })?;
            let rendition = place.rendition.request(media_type);
            groups.entry(encoder.digest).or_insert((encoder, Vec::new())).1.push((place, rendition));
        }
        Ok(groups.into_values().collect())
    }

    /// The source is gone: what was made from it, and only that, goes too, if the policy says so.
    async fn remove(&self, object: &Change, places: &[Place<'_>]) -> Result<Outcome, Stop> {
        let mut deleted = 0;
        if self.policy.mirror_deletes {
            let ours = |found: &Head| provenance::owner(&found.metadata, object) == Owner::Ours;
            for place in places.iter().filter(|place| place.found.as_ref().is_some_and(ours)) {
                self.store.delete(&self.policy.destination.bucket, &place.key).await?;
                deleted += 1;
            }
        }
        Ok(Outcome::Gone { deleted })
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
fn ratio(bytes: u64, of: u64) -> f64 {
    if of == 0 { 1.0 } else { bytes as f64 / of as f64 }
}

async fn timed<T>(total: &mut Duration, work: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let result = work.await;
    *total += began.elapsed();
    result
}
