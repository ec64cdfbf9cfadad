//! What one encoder is to make of an object, and what becomes of it where that encoder is on trial.
//!
//! No image is lost by a candidate: what it fails at, or rejects, the release in service makes at once. A candidate that fails far more often is taken out
//! of traffic, by the rule of [`Tally`](sandpress_catalog::Tally).

use std::{collections::BTreeMap, time::Duration};

use sandpress_catalog::{Catalog, Encoder};
use sandpress_sandbox::{CallError, Digest, MediaType, Rendition};

use crate::{Failure, comparison::Place, outcome::Stop, report};

/// What one encoder is to make, and where it goes: each encoder decodes the source once.
pub(crate) struct Group<'a> {
    pub(crate) encoder: &'a Encoder,
    pub(crate) places: Vec<(&'a Place<'a>, Rendition)>,
    /// Whether the encoder is on trial.
    is_candidate: bool,
    /// The candidate that has rejected the image: wrongly, if this encoder makes it.
    rejected_by: Option<&'a Encoder>,
}

/// Whose fault a failure is.
#[derive(PartialEq, Eq)]
enum Fault {
    Encoder,
    /// The image's, as the encoder says.
    Image,
    World,
}

impl Fault {
    /// With the time that a call may take at most: one that had less may be late without its own fault.
    fn of(stop: &Stop, time: Duration) -> Self {
        match stop {
            Stop::Rejected(_) => Self::Image,
            Stop::Failed(Failure::Encoder { error: CallError::Time { limit, .. }, .. }) if *limit < time => Self::World,
            Stop::Failed(Failure::Encoder { .. } | Failure::Request { .. }) => Self::Encoder,
            Stop::Failed(_) => Self::World,
        }
    }
}

impl<'a> Group<'a> {
    /// Puts together what the same encoder makes, in the same role.
    pub(crate) fn all(
        renditions: impl IntoIterator<Item = (&'a Place<'a>, Rendition, &'a Encoder)>,
        catalog: &Catalog,
    ) -> Vec<Self> {
        let mut groups: BTreeMap<(Digest, bool), Self> = BTreeMap::new();
        for (place, rendition, encoder) in renditions {
            let is_candidate = catalog.is_candidate(&rendition.media_type, encoder.digest);
            let group = || Self { encoder, places: Vec::new(), is_candidate, rejected_by: None };
            groups.entry((encoder.digest, is_candidate)).or_insert_with(group).places.push((place, rendition));
        }
        groups.into_values().collect()
    }

    /// Counts how it went.
    pub(crate) fn count<T>(&self, catalog: &Catalog, result: &Result<T, Stop>, time: Duration) {
        let fault = result.as_ref().err().map(|stop| Fault::of(stop, time));
        match fault {
            Some(Fault::World) => {}
            // Whether that is right is known when the release in service has been asked.
            Some(Fault::Image) if self.is_candidate => {}
            fault => self.count_one(catalog, self.encoder, fault == Some(Fault::Encoder)),
        }
        if let Some(candidate) = self.rejected_by {
            self.count_one(catalog, candidate, result.is_ok());
        }
    }

    fn count_one(&self, catalog: &Catalog, encoder: &Encoder, failed: bool) {
        let media_types: BTreeMap<&MediaType, ()> =
            self.places.iter().map(|(_, rendition)| (&rendition.media_type, ())).collect();
        for media_type in media_types.into_keys() {
            if let Some(tally) = catalog.count(media_type, encoder.digest, failed) {
                report::taken_out(media_type, encoder, &tally);
            }
        }
    }

    /// The same by the releases in service, where it is the fault of a candidate or of the image, as the candidate says.
    pub(crate) fn again(self, catalog: &'a Catalog, stop: &Stop, time: Duration) -> Result<Vec<Self>, Self> {
        let fault = Fault::of(stop, time);
        if !self.is_candidate || fault == Fault::World {
            return Err(self);
        }
        let rejected_by = (fault == Fault::Image).then_some(self.encoder);
        let renditions = self.places.into_iter().filter_map(|(place, rendition)| {
            let encoder = catalog.serving(&rendition.media_type)?;
            Some((place, rendition, encoder))
        });
        let groups = Self::all(renditions, catalog).into_iter();
        Ok(groups.map(|group| Self { rejected_by, ..group }).collect())
    }
}
