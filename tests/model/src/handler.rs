//! A handler, and what it knows between two steps.

use crate::{Found, Message, PLACES, Recipe, Version};

/// After as many attempts the message is given back. The implementation makes more; but a handler that gives its message back and receives it
/// once more begins again as well, so with two there is no behaviour less.
pub(crate) const ATTEMPTS: u8 = 2;

/// What is in the places, as far as they have been looked at.
pub type Seen = [Found; PLACES];

/// The places that are still to be worked on, with what was seen in them.
pub type Left = [Option<Found>; PLACES];

/// A process that reconciles one object at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handler {
    /// How it makes renditions.
    pub recipe: Recipe,
    /// What it is doing.
    pub work: Option<Work>,
}

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Work {
    /// It is shown again when the handler crashes.
    pub message: Message,
    /// From 1.
    pub attempt: u8,
    /// What comes next.
    pub step: Step,
}

/// What comes next, with what is known by then. The names are those of the implementation; each is one request, and between two of them
/// anything may happen. If a place that is to be changed is not as it was seen, all begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// HEAD of a rendition. If all are of one version, by this handler's recipe, they are compared; else the source is fetched.
    Look {
        /// Which.
        place: usize,
        /// What is in the places before.
        seen: Seen,
    },
    /// HEAD of the source. If it is that version, nothing is to do; else it is fetched.
    Compare {
        /// What all renditions are of.
        version: Version,
        /// What is in the places.
        seen: Seen,
    },
    /// GET of the source. What is not of this version is made; if it is gone, its renditions are removed, where the policy says so.
    Fetch {
        /// What is in the places.
        seen: Seen,
    },
    /// The encoder's work, without a request: the image is here. What can be made is written; when no more can be, the rest is refused.
    Make {
        /// What of.
        version: Version,
        /// What for.
        left: Left,
    },
    /// PUT of a rendition.
    Write {
        /// What it is made of.
        version: Version,
        /// Where: the first of these places for which it is not rejected.
        left: Left,
    },
    /// COPY of a source that is refused, if it still has that version.
    Copy {
        /// Which.
        version: Version,
        /// Where: the first of these places.
        left: Left,
    },
    /// DELETE of a rendition of another version than this one, which is refused.
    RemoveOlder {
        /// What the source is.
        version: Version,
        /// Where: the first of these places.
        left: Left,
    },
    /// DELETE of a rendition of a source that is gone.
    Remove {
        /// Where: the first of these places.
        left: Left,
    },
    /// HEAD of the source. If it is not what the work was done for, all begins again.
    LookAgain {
        /// What it was done for.
        version: Option<Version>,
    },
    /// The dead letter of an image that is rejected is sent.
    Bury {
        /// Which.
        version: Version,
    },
    /// The message is deleted.
    Acknowledge,
    /// The message is shown again, when the work has begun often enough.
    GiveBack,
}

/// A PUT, COPY or DELETE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// Where.
    pub place: usize,
    /// What is expected there.
    pub seen: Found,
    /// What is to be there.
    pub becomes: Found,
}

impl Step {
    pub(crate) const FIRST: Self = Self::Look { place: 0, seen: [None; PLACES] };
}

impl Handler {
    /// One that waits for a message.
    pub(crate) fn new(recipe: Recipe) -> Self {
        Self { recipe, work: None }
    }

    pub(crate) fn receive(&mut self, message: Message) {
        self.work = Some(Work { message, attempt: 1, step: Step::FIRST });
    }

    /// The first place that is left, and what was seen there, for which it can make this version.
    pub(crate) fn first_made(self, version: Version, left: Left) -> Option<(usize, Found)> {
        places(left).find(|(place, _)| !version.is_rejected(*place, self.recipe))
    }

    /// Whether it rejects this version for any place.
    pub(crate) fn rejects(self, version: Version) -> bool {
        (0..PLACES).any(|place| version.is_rejected(place, self.recipe))
    }

    /// Whether this is what it would make of this version, or a copy because it would not.
    pub(crate) fn is_current(self, found: Found, version: Version) -> bool {
        found.is_some_and(|found| found.of == version && found.by == self.recipe)
    }

    /// The version that all renditions are made of, as it would make them.
    pub(crate) fn made_from(self, seen: Seen) -> Option<Version> {
        let version = seen[0]?.of;
        seen.into_iter().all(|found| self.is_current(found, version)).then_some(version)
    }
}

/// The first place that is left, and what was seen there.
pub(crate) fn first(left: Left) -> Option<(usize, Found)> {
    places(left).next()
}

fn places(left: Left) -> impl Iterator<Item = (usize, Found)> {
    left.into_iter().enumerate().filter_map(|(place, found)| Some((place, found?)))
}
