//! f(source): what must be at the destination when no message is left.

use crate::{Found, Model, Recipe, Rendition, State, Version};

impl Model {
    /// Whether the destination is f(source), and a dead letter tells of what is not there.
    pub(crate) fn is_kept(&self, state: &State) -> bool {
        state.renditions.iter().enumerate().all(|(place, found)| match state.source {
            None => found.is_none() || !self.setting.policy.mirror_deletes,
            Some(version) => {
                let is_told = state.buried || version == Version::Marked;
                (found.is_some() || is_told)
                    && self.setting.handlers.iter().any(|recipe| *found == self.f(version, place, *recipe))
            }
        })
    }

    /// What a handler of this recipe leaves in this place.
    fn f(&self, version: Version, place: usize, recipe: Recipe) -> Found {
        if version == Version::Marked {
            None
        } else if version.is_rejected(place, recipe) {
            self.setting.policy.copies_rejected.then(|| Rendition::copied(version, recipe))
        } else {
            Some(Rendition::made(version, recipe))
        }
    }
}
