//! The protocol: makes the destination agree with the source as it is now.
//!
//! | step | what it does |
//! | --- | --- |
//! | look | HEAD each rendition |
//! | compare | where all are of one version of the source and by the right recipe, HEAD the source: if it has that version, nothing is to do |
//! | fetch | GET the source |
//! | make | the renditions that are not of this version |
//! | write | PUT each, on the condition that its place is as seen when looking |
//! | remove | DELETE, on the same condition: the renditions of a source that is gone, where the policy says so, and of one that is rejected those of its other versions |
//! | record | PUT why the source is rejected, where the policy says so, on the condition that its place is as seen right before |
//! | look again | HEAD the source: if it has changed, begin again, since the last writer is responsible for the truth |
//!
//! The message is acknowledged only then. The model of the tests has actions of these names, but for the record, which no step reads.
//!
//! One thing is up to whoever calls: a request must have its effect, if ever, before its message is acknowledged or shown again, since no
//! condition helps against a PUT that S3 does later. Where this work is dropped with a request under way, its message stays hidden for as long
//! as that takes: under Lambda until its visibility timeout ends, and ten seconds when a worker stops.

use std::{sync::Arc, time::Instant};

use sandpress_catalog::{Catalog, Encoder, Live};
use sandpress_sandbox::{ImageInfo, MediaType, Metadata, Output, Rendition};

use crate::{
    Comparison, ETag, Failure, Lanes, Made, OnRejection, Outcome, Policy, Reason, Recipe, Rejection, Stages, Store,
    StoreError, Unserved,
    comparison::{Place, timed},
    encode::Encoders,
    event::Change,
    group::Group,
    outcome::Stop,
    provenance::{self, Owner},
    record, report,
    store::{Fetched, Headers},
};

/// A source that changes all the time is given back to the queue after as many attempts.
const ATTEMPTS: u32 = 5;

/// The most that S3 copies in one call.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
const LARGEST_COPY: u64 = 5 << 30;

/// Does what is missing for one object at a time. Clones share everything.
#[derive(Clone, Debug)]
pub struct Reconciler {
    policy: Arc<Policy>,
    store: Store,
    catalog: Live,
    lanes: Lanes,
}

/// The work by one catalog, whatever comes into service meanwhile.
struct Work {
    comparison: Comparison,
    encoders: Encoders,
}

/// A version of a source.
struct Source<'a> {
    object: &'a Change,
    version: ETag,
    /// How many bytes it has.
    size: u64,
}

/// What goes into a place.
struct Picture {
    bytes: Vec<u8>,
    /// Width and height as a person sees them.
    dimensions: (u32, u32),
    /// Whether it is the source's own picture.
    original: bool,
}

/// A place with what is wrong with its source, in that place.
type Refused<'a> = Vec<(&'a Place<'a>, Rejection)>;

impl Picture {
    fn made(Output { bytes, info, .. }: Output) -> Self {
        Self { bytes, dimensions: info.seen(), original: false }
    }

    fn kept(bytes: Vec<u8>, info: &ImageInfo) -> Self {
        Self { bytes, dimensions: info.seen(), original: true }
    }
}

impl Reconciler {
    /// Brings the parts together.
    ///
    /// # Errors
    ///
    /// [`Unserved`]
    pub fn new(policy: Policy, store: Store, catalog: Live, lanes: Lanes) -> Result<Self, Unserved> {
        let reconciler = Self { policy: Arc::new(policy), store, catalog, lanes };
        reconciler.comparison(&reconciler.catalog.current()).map(|_| reconciler)
    }

    /// What becomes of a source that is rejected.
    pub(crate) fn on_rejection(&self) -> OnRejection {
        self.policy.rejected
    }

    /// The recipe of everything that is made by the catalog in service.
    pub(crate) fn recipe(&self) -> Recipe {
        Recipe::whole(&self.catalog.current().document().in_service(), &self.policy)
    }

    /// The catalog in service.
    pub(crate) fn catalog(&self) -> &Live {
        &self.catalog
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    fn comparison(&self, catalog: &Catalog) -> Result<Comparison, Unserved> {
        Comparison::new(Arc::clone(&self.policy), self.store.clone(), Arc::clone(catalog.document()))
    }

    fn work(&self) -> Result<Work, Unserved> {
        let catalog = self.catalog.current();
        let comparison = self.comparison(&catalog)?;
        let (lanes, limits, verify) = (self.lanes.clone(), self.policy.limits, self.policy.verify);
        Ok(Work { comparison, encoders: Encoders { catalog, lanes, limits, verify } })
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
            let work = match self.work() {
                Ok(work) => work,
                Err(unserved) => return (Outcome::Failed(unserved.into()), stages),
            };
            match work.attempt(object, deadline, &mut stages).await {
                Ok(Some(outcome)) => return (outcome, stages),
                // The source has changed, or somebody else has written.
                Ok(None) | Err(Stop::Failed(Failure::Store(StoreError::Conflict { .. }))) => {}
                Err(stop) => return (stop.into(), stages),
            }
        }
        (Outcome::Failed(Failure::Unsettled(ATTEMPTS)), stages)
    }
}

impl Work {
    /// One way through the steps; `None` if it has to be gone again.
    async fn attempt(&self, object: &Change, deadline: Instant, stages: &mut Stages) -> Result<Option<Outcome>, Stop> {
        let places = self.comparison.look(object, stages).await?;
        if self.comparison.compare(object, &places, stages).await? {
            return Ok(Some(Outcome::Unchanged));
        }
        let (version, outcome) = match self.fetch(object, stages).await? {
            Fetched::Gone => (None, self.remove(object, &places, stages).await?),
            Fetched::TooLarge { bytes, etag } => {
                let cap = self.comparison.policy.limits.source_bytes;
                let detail = format!(
                    "{bytes} bytes, the limit is {cap}; raise limits.source-mebibytes in the policy to allow it"
                );
                let source = Source { object, version: etag, size: bytes };
                let rejection = Rejection { reason: Reason::OverLimit, detail };
                let refused = places.iter().map(|place| (place, rejection.clone())).collect();
                let outcome = self.refuse(&source, refused, None, stages).await?;
                (Some((source.version, false)), outcome.unwrap_or(Outcome::Unchanged))
            }
            Fetched::Object(found) if provenance::is_marked(&found.metadata) => {
                let source = Source { object, version: found.etag, size: found.bytes.len() as u64 };
                for place in &places {
                    self.remove_older(&source, place).await?;
                }
                (Some((source.version, true)), Outcome::Skipped("made by Sandpress itself"))
            }
            Fetched::Object(found) => {
                stages.source_bytes = found.bytes.len() as u64;
                let source = Source { object, version: found.etag, size: stages.source_bytes };
                let outcome = self.make(&source, &Arc::new(found.bytes), &places, deadline, stages).await?;
                (Some((source.version, false)), outcome)
            }
        };
        if let (Some((version, _)), Outcome::Rejected(rejection)) = (&version, &outcome) {
            let Comparison { store, policy, recipe, .. } = &self.comparison;
            record::write(store, policy, (object, version), rejection, *recipe, stages).await?;
        }
        Ok((self.look_again(object, stages).await? == version).then_some(outcome))
    }

    async fn fetch(&self, object: &Change, stages: &mut Stages) -> Result<Fetched, Stop> {
        Ok(timed(&mut stages.get, self.comparison.store.get(object, self.comparison.policy.limits.source_bytes))
            .await?)
    }

    /// The source's version after all that was done, and whether it is marked: the same bytes may have been put with a mark and without.
    /// `None` where it is gone.
    async fn look_again(&self, object: &Change, stages: &mut Stages) -> Result<Option<(ETag, bool)>, Stop> {
        let now = timed(&mut stages.head, self.comparison.store.head(&object.bucket, &object.key)).await?;
        Ok(now.map(|now| (now.etag, provenance::is_marked(&now.metadata))))
    }

    /// Makes and writes the renditions that are not yet of this version. One that is rejected keeps no other from being made.
    async fn make(
        &self,
        source: &Source<'_>,
        bytes: &Arc<Vec<u8>>,
        places: &[Place<'_>],
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<Outcome, Stop> {
        let is_missing =
            |place: &&Place<'_>| self.comparison.current(place, source.object).as_ref() != Some(&source.version);
        let missing: Vec<_> = places.iter().filter(is_missing).collect();
        let info = match self.encoders.probe(bytes, deadline, stages).await {
            Ok(info) => info,
            Err(Stop::Rejected(rejection)) => {
                let refused = missing.into_iter().map(|place| (place, rejection.clone())).collect();
                let outcome = self.refuse(source, refused, None, stages).await?;
                return Ok(outcome.unwrap_or(Outcome::Unchanged));
            }
            Err(stop) => return Err(stop),
        };
        let (catalog, time) = (&self.encoders.catalog, self.encoders.limits.time);
        let mut made = Vec::new();
        let (mut groups, mut refused) = self.group(source, missing, &info);
        while let Some(group) = groups.pop() {
            let renditions = self.encode(&group, (bytes, &info), deadline, stages).await;
            group.count(catalog, &renditions, time);
            let stop = match renditions {
                Ok(renditions) => {
                    for (place, picture) in group.places.into_iter().zip(renditions) {
                        made.push(self.write(source, group.encoder, place, picture, stages).await?);
                    }
                    continue;
                }
                Err(stop) => stop,
            };
            let candidate = group.encoder;
            match (group.again(catalog, &stop, time), stop) {
                (Ok(again), stop) => {
                    stages.candidate_failures += 1;
                    report::candidate_failed(source.object, candidate, &stop.into());
                    groups.extend(again);
                }
                (Err(group), Stop::Rejected(rejection)) => {
                    refused.extend(group.places.into_iter().map(|(place, _)| (place, rejection.clone())));
                }
                (Err(_), stop) => return Err(stop),
            }
        }
        let outcome = self.refuse(source, refused, Some(&info.media_type), stages).await?;
        Ok(outcome.unwrap_or(Outcome::Made(made)))
    }

    /// What is to make, by encoder, and what cannot be.
    fn group<'a>(
        &'a self,
        source: &Source<'_>,
        missing: Vec<&'a Place<'a>>,
        info: &ImageInfo,
    ) -> (Vec<Group<'a>>, Refused<'a>) {
        let (mut renditions, mut refused) = (Vec::with_capacity(missing.len()), Refused::new());
        for place in missing {
            let media_type = place.rendition.format.fixed().unwrap_or(&info.media_type).clone();
            match self.own(place, source.object).and_then(|()| self.encoder(place, &media_type, source.object)) {
                Ok(encoder) => renditions.push((place, place.rendition.request(media_type), encoder)),
                Err(rejection) => refused.push((place, rejection)),
            }
        }
        (Group::all(renditions, &self.encoders.catalog), refused)
    }

    /// Another's rendition is never touched.
    fn own(&self, place: &Place<'_>, object: &Change) -> Result<(), Rejection> {
        match &place.found {
            Some(found) if place.owner(object) == Some(Owner::Foreign) => {
                let detail = format!(
                    "the place of rendition `{}`, {}/{}, is taken by {}; give the renditions a key that keeps them apart, such as {{key}}",
                    place.rendition.name,
                    self.comparison.policy.destination.bucket,
                    place.key,
                    provenance::maker(&found.metadata)
                );
                Err(Rejection { reason: Reason::Conflict, detail })
            }
            _ => Ok(()),
        }
    }

    fn encoder(&self, place: &Place<'_>, media_type: &MediaType, object: &Change) -> Result<&Encoder, Rejection> {
        let encoder = self.encoders.catalog.encoder(media_type, object.bucket.as_str(), object.key.as_str());
        encoder.ok_or_else(|| {
            // A format that the policy names was looked for when the function started.
            let served: Vec<_> = self.encoders.catalog.iter().map(|(media_type, _)| media_type.as_str()).collect();
            let detail = format!(
                "no encoder in service makes {media_type}, the source's own format; set `format` of rendition `{}` in the \
                 policy to one that is made: {}",
                place.rendition.name,
                served.join(", ")
            );
            Rejection { reason: Reason::Unsupported, detail }
        })
    }

    /// Each rendition of a group.
    async fn encode(
        &self,
        Group { encoder, places, .. }: &Group<'_>,
        (bytes, info): (&Arc<Vec<u8>>, &ImageInfo),
        deadline: Instant,
        stages: &mut Stages,
    ) -> Result<Vec<Picture>, Stop> {
        let renditions = places.iter().map(|(_, rendition)| rendition.clone()).collect();
        let compressed = self.encoders.compress(encoder, info, bytes, renditions, deadline, stages).await?;
        let mut all = Vec::with_capacity(places.len());
        for ((place, rendition), output) in places.iter().zip(compressed.outputs) {
            let most = place.rendition.worthwhile(bytes.len());
            all.push(if output.info.media_type == info.media_type && output.bytes.len() > most {
                self.unaltered(encoder, info, bytes, (rendition, output), deadline, stages).await?
            } else {
                Picture::made(output)
            });
        }
        Ok(all)
    }

    async fn write(
        &self,
        source: &Source<'_>,
        encoder: &Encoder,
        (place, rendition): (&Place<'_>, Rendition),
        picture: Picture,
        stages: &mut Stages,
    ) -> Result<Made, Stop> {
        let recipe = Recipe::new(encoder.digest, place.rendition, &rendition);
        let made = Made {
            rendition: place.rendition.name.clone(),
            key: place.key.clone(),
            media_type: rendition.media_type.clone(),
            bytes: picture.bytes.len() as u64,
            ratio: ratio(picture.bytes.len() as u64, source.size),
            original: picture.original,
            encoder: encoder.digest,
        };
        let mut headers = self.headers(source, rendition.media_type.into(), recipe, Some(encoder));
        headers.metadata.extend(provenance::seen(picture.dimensions, picture.original));
        let expect = place.expect();
        let put = self.comparison.store.put(
            &self.comparison.policy.destination.bucket,
            &place.key,
            picture.bytes,
            headers,
            &expect,
        );
        timed(&mut stages.put, put).await?;
        Ok(made)
    }

    fn headers(&self, source: &Source<'_>, content_type: String, recipe: Recipe, encoder: Option<&Encoder>) -> Headers {
        Headers {
            content_type,
            cache_control: self.comparison.policy.cache_control.clone(),
            metadata: provenance::write(source.object, &source.version, recipe, encoder),
        }
    }

    /// Of what is rejected no rendition of an older version stays. Where the policy says so, the source itself is there in its place.
    ///
    /// `None` if nothing is rejected.
    async fn refuse(
        &self,
        source: &Source<'_>,
        refused: Refused<'_>,
        media_type: Option<&MediaType>,
        stages: &mut Stages,
    ) -> Result<Option<Outcome>, Stop> {
        let bucket = &self.comparison.policy.destination.bucket;
        let is_copied = self.comparison.policy.rejected == OnRejection::Copy && source.size <= LARGEST_COPY;
        let (mut rejected, mut copied) = (None, None);
        for (place, rejection) in refused {
            if !is_copied || place.owner(source.object) == Some(Owner::Foreign) {
                self.remove_older(source, place).await?;
                rejected.get_or_insert(rejection);
                continue;
            }
            // Another encoder may have made what this one rejects, and that is better than a copy.
            if place.version(source.object).as_ref() != Some(&source.version) {
                // What nobody can read is nothing that a browser should try to.
                let content_type = media_type.map_or("application/octet-stream", MediaType::as_str).to_owned();
                let headers = self.headers(source, content_type, Recipe::copy(self.comparison.recipe), None);
                let (version, expect) = ((source.object, &source.version), place.expect());
                let copy = self.comparison.store.copy(version, bucket, &place.key, headers, &expect);
                timed(&mut stages.put, copy).await?;
            }
            copied.get_or_insert(rejection);
        }
        Ok(rejected.map(Outcome::Rejected).or(copied.map(Outcome::Copied)))
    }

    /// Removes a rendition that is ours, and of another version than this one.
    async fn remove_older(&self, source: &Source<'_>, place: &Place<'_>) -> Result<(), Stop> {
        let is_older = place.version(source.object).is_some_and(|version| version != source.version);
        if let Some(found) = place.found.as_ref().filter(|_| is_older) {
            self.comparison.store.delete(&self.comparison.policy.destination.bucket, &place.key, &found.etag).await?;
        }
        Ok(())
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
    ) -> Result<Picture, Stop> {
        if rendition.metadata == Metadata::Keep {
            return Ok(Picture::kept(source.to_vec(), info));
        }
        let unaltered = vec![rendition.unaltered()];
        match self.encoders.compress(encoder, info, source, unaltered, deadline, stages).await {
            Ok(compressed) => {
                let output = compressed.outputs.into_iter().next();
                if let Some(output) = output.filter(|output| output.bytes.len() <= source.len()) {
                    return Ok(Picture::kept(output.bytes, &output.info));
                }
            }
            Err(Stop::Failed(Failure::Request { .. })) => {}
            Err(stop) => return Err(stop),
        }
        Ok(if made.dropped().is_some() { Picture::made(made) } else { Picture::kept(source.to_vec(), info) })
    }

    /// The source is gone: what was made from it, and only that, goes too, if the policy says so.
    async fn remove(&self, object: &Change, places: &[Place<'_>], stages: &mut Stages) -> Result<Outcome, Stop> {
        let mut deleted = 0;
        let ours = places
            .iter()
            .filter(|place| self.comparison.policy.mirror_deletes && place.owner(object) == Some(Owner::Ours));
        for (place, found) in ours.filter_map(|place| Some((place, place.found.as_ref()?))) {
            self.comparison.store.delete(&self.comparison.policy.destination.bucket, &place.key, &found.etag).await?;
            deleted += 1;
        }
        if self.comparison.policy.mirror_deletes {
            record::remove(&self.comparison.store, &self.comparison.policy, object, stages).await?;
        }
        Ok(Outcome::Gone { deleted })
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people: sizes beyond 2^53 bytes do not occur")]
fn ratio(bytes: u64, of: u64) -> f64 {
    if of == 0 { 1.0 } else { bytes as f64 / of as f64 }
}
