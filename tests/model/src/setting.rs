//! What is searched, and within which bounds.

use std::fmt;

use crate::{Recipe, Version};

/// A world, and how much happens in it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What handlers do.
    pub protocol: Protocol,
    /// What the operator wants.
    pub policy: Policy,
    /// What the store knows.
    pub store: Store,
    /// Each handler's recipe.
    pub handlers: Vec<Recipe>,
    /// What users put, in any order, each as often as they like.
    pub versions: Vec<Version>,
    /// How often users put or delete.
    pub changes: u8,
    /// How many messages come once more.
    pub duplicates: u8,
}

/// The part of the operator's policy that matters here.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether renditions are removed when the source is deleted.
    pub mirror_deletes: bool,
    /// Whether a source that is rejected is copied to the places of the renditions that cannot be made.
    pub copies_rejected: bool,
}

/// Which requests the store does only if `If-Match` or `If-None-Match` holds. The others always succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// None.
    Unconditional,
    /// PUT, and neither COPY nor DELETE.
    ConditionalPuts,
    /// PUT, COPY and DELETE.
    Conditional,
}

/// The protocol, and what becomes of it when somebody improves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// As it is.
    Complete,
    /// After a write, the source is not looked at again.
    NeverLooksAgainAfterWrite,
    /// After a remove, the source is not looked at again.
    NeverLooksAgainAfterRemove,
    /// Renditions that agree with each other are taken to agree with the source.
    NeverCompares,
    /// Renditions are compared with the ETag in the event, which saves a HEAD.
    ComparesWithTheEvent,
    /// An event whose ETag is not the source's is taken to be old: the newer one is on its way.
    DropsOldEvents,
    /// A handler that is stopped gives its message back at once, and not when its request has an answer or can have no effect any more.
    GivesBackTooEarly,
    /// What is rejected changes nothing: renditions of other versions stay.
    KeepsOlder,
    /// One rendition that is rejected keeps the others from being made.
    StopsAtRejection,
    /// The source is copied as it is by then, whatever was fetched.
    CopiesAnyVersion,
}

impl Protocol {
    /// Whether it reads more of a message than that there is one.
    pub fn trusts_events(self) -> bool {
        matches!(self, Self::ComparesWithTheEvent | Self::DropsOldEvents)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let either = |condition, yes, no| if condition { yes } else { no };
        write!(
            f,
            "handlers {:?}, versions {:?}, changes {}, duplicates {}, deletions {}, rejections {}, store {:?}",
            self.handlers,
            self.versions,
            self.changes,
            self.duplicates,
            either(self.policy.mirror_deletes, "mirrored", "ignored"),
            either(self.policy.copies_rejected, "copied", "mirrored"),
            self.store,
        )
    }
}
