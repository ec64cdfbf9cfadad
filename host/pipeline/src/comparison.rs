//! Looks at what is in the places of an object's renditions, and compares it with what should be there. Changes nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sandpress_catalog::Document;
use sandpress_sandbox::MediaType;

use crate::{
    ETag, Failure, ObjectKey, OnRejection, Policy, Reason, Recipe, Stages, Store,
    event::Change,
    outcome::Stop,
    policy::RenditionPolicy,
    provenance::{self, Owner},
    store::{Expect, Head},
};

/// Compares source and destination, by the recipes of one catalog. Clones share everything.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub(crate) policy: Arc<Policy>,
    pub(crate) store: Store,
    catalog: Arc<Document>,
    /// Of everything that the policy and the encoders in service make.
    pub(crate) recipe: Recipe,
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
pub(crate) struct Place<'a> {
    pub(crate) rendition: &'a RenditionPolicy,
    pub(crate) key: ObjectKey,
    pub(crate) found: Option<Head>,
}

impl Place<'_> {
    pub(crate) fn owner(&self, object: &Change) -> Option<Owner> {
        self.found.as_ref().map(|found| provenance::owner(&found.metadata, object))
    }

    /// The source's version that is there, if it is ours, whatever the recipe.
    pub(crate) fn version(&self, object: &Change) -> Option<ETag> {
        let found = self.found.as_ref().filter(|_| self.owner(object) == Some(Owner::Ours))?;
        provenance::version(&found.metadata)
    }

    pub(crate) fn expect(&self) -> Expect {
        self.found.as_ref().map_or(Expect::Nothing, |found| Expect::Content(found.etag.clone()))
    }
}

impl Comparison {
    /// With what a catalog says of the encoders.
    ///
    /// # Errors
    ///
    /// [`Unserved`]
    pub fn new(policy: Arc<Policy>, store: Store, catalog: Arc<Document>) -> Result<Self, Unserved> {
        for rendition in &policy.renditions {
            if let Some(media_type) = rendition.format.fixed().filter(|fixed| !catalog.serves(fixed)) {
                let served: Vec<_> = catalog.media_types.keys().map(MediaType::as_str).collect();
                return Err(Unserved {
                    rendition: rendition.name.clone(),
                    media_type: media_type.clone(),
                    served: served.join(", "),
                });
            }
        }
        let recipe = Recipe::whole(&catalog.in_service(), &policy);
        Ok(Self { policy, store, catalog, recipe })
    }

    /// Whether all renditions of an object are there, of the version that it has now and by the recipes of today.
    ///
    /// # Errors
    ///
    /// [`Failure::Store`]
    pub async fn is_current(&self, object: &Change) -> Result<bool, Failure> {
        let stages = &mut Stages::default();
        let compared = async { self.compare(object, &self.look(object, stages).await?, stages).await };
        match compared.await {
            Ok(is_current) => Ok(is_current),
            // Whoever reconciles it says why.
            Err(Stop::Rejected(_)) => Ok(false),
            Err(Stop::Failed(failure)) => Err(failure),
        }
    }

    /// What is in the renditions' places.
    pub(crate) async fn look(&self, object: &Change, stages: &mut Stages) -> Result<Vec<Place<'_>>, Stop> {
        let mut places = Vec::with_capacity(self.policy.renditions.len());
        for rendition in &self.policy.renditions {
            let key = self
                .policy
                .destination_key(rendition, &object.key)
                .map_err(|error| Stop::rejected(Reason::Conflict, error.to_string()))?;
            let found = timed(&mut stages.head, self.store.head(&self.policy.destination.bucket, &key)).await?;
            places.push(Place { rendition, key, found });
        }
        Ok(places)
    }

    /// Whether all renditions are of the version that the source has, by the recipes of today.
    pub(crate) async fn compare(
        &self,
        object: &Change,
        places: &[Place<'_>],
        stages: &mut Stages,
    ) -> Result<bool, Stop> {
        let mut versions = places.iter().map(|place| self.current(place, object));
        let Some(version) = versions.next().flatten() else { return Ok(false) };
        if !versions.all(|other| other.as_ref() == Some(&version)) {
            return Ok(false);
        }
        let now = timed(&mut stages.head, self.store.head(&object.bucket, &object.key)).await?;
        Ok(now.is_some_and(|now| now.etag == version))
    }

    /// The version of the source that a rendition is made from, if today's recipe would make it so.
    pub(crate) fn current(&self, place: &Place<'_>, object: &Change) -> Option<ETag> {
        let found = place.found.as_ref().filter(|_| place.owner(object) == Some(Owner::Ours))?;
        if self.policy.rejected == OnRejection::Copy
            && let copied @ Some(_) = provenance::made_from(&found.metadata, Recipe::copy(self.recipe))
        {
            return copied;
        }
        let media_type = found.content_type.as_ref()?.parse().ok()?;
        let route = self.catalog.route(&media_type, object.bucket.as_str(), object.key.as_str())?;
        let rendition = place.rendition.request(media_type);
        // What a candidate has failed at is by the release in service, and stays.
        let mut releases = route.candidate.into_iter().chain([route.in_service]);
        releases.find_map(|release| {
            provenance::made_from(&found.metadata, Recipe::new(release, place.rendition, &rendition))
        })
    }
}

/// Adds what some work takes to a total.
pub(crate) async fn timed<T>(total: &mut Duration, work: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let result = work.await;
    *total += began.elapsed();
    result
}
