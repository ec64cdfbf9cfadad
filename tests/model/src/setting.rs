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
    /// Whether the store heeds `If-Match` and `If-None-Match` of a PUT. If not, every PUT succeeds.
    pub conditional_writes: bool,
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
    /// Whether renditions of other versions are removed when the source is rejected. The implementation keeps them.
    pub mirror_rejections: bool,
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
    /// A handler that is stopped gives its message back at once, and not when its PUT has an answer or can have no effect any more.
    GivesBackTooEarly,
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
            "handlers {:?}, versions {:?}, changes {}, duplicates {}, deletions {}, rejections {}, {} conditional writes",
            self.handlers,
            self.versions,
            self.changes,
            self.duplicates,
            either(self.policy.mirror_deletes, "mirrored", "kept"),
            either(self.policy.mirror_rejections, "mirrored", "kept"),
            either(self.conditional_writes, "with", "without"),
        )
    }
}
