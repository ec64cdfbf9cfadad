//! f(source): what must be at the destination when no message is left.

use crate::{Found, Model, State, Version};

impl Model {
    /// Whether the destination is f(source), and whoever put what is rejected is told.
    pub(crate) fn is_kept(&self, state: &State) -> bool {
        let told = state.buried || !state.source.is_some_and(Version::is_rejected_somewhere);
        told && state.renditions.iter().enumerate().all(|(place, found)| self.is_right(state.source, place, *found))
    }

    fn is_right(&self, source: Option<Version>, place: usize, found: Found) -> bool {
        let policy = self.setting.policy;
        match source {
            Some(version) if version.is_rejected(place) => found.is_none() || !policy.mirror_rejections,
            Some(version) => found.is_some_and(|found| found.of == version),
            None => found.is_none() || !policy.mirror_deletes,
        }
    }
}
