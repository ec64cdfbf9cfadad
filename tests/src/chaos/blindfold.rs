//! Makes a broken implementation of a good one: it never sees that a source has changed while it was at work.

use std::{collections::HashMap, sync::Mutex};

use super::{
    fault::Operation,
    proxy::{Place, Target},
    wire::Head,
};

/// Answers a process's last look at a source, the HEAD that follows its GET, with what the GET has told.
///
/// An implementation that leaves that look out takes for granted that the source is as it was when it was fetched. With this answer
/// the one under test comes to the same conclusion each time, and does what the other would do: it acknowledges. Everything else is true, the
/// first look too: it begins with the rendition, and whoever looks at that has what the GET told forgotten.
#[derive(Debug, Default)]
pub(super) struct Blindfold {
    /// By key, the ETag that a GET has told, or that there was nothing.
    told: Mutex<HashMap<String, Option<String>>>,
}

impl Blindfold {
    /// The untrue answer to a request, if it gets one.
    pub(super) fn hide(&self, target: &Target) -> Option<Head> {
        if target.operation != Operation::Head {
            return None;
        }
        let told = self.told.lock().expect("nobody panics with it").remove(&target.key);
        match (target.place, told?) {
            (Place::Source, Some(etag)) => Some(Head::answer("200 OK", &[("ETag", &etag), ("Content-Length", "0")])),
            (Place::Source, None) => Some(Head::answer("404 Not Found", &[("Content-Length", "0")])),
            _ => None,
        }
    }

    /// Remembers what a GET tells.
    pub(super) fn see(&self, target: &Target, answer: &Head) {
        if target.operation == Operation::Get && target.place == Place::Source {
            let etag = match answer.words()[1] {
                "200" => answer.header("etag").map(str::to_owned),
                "404" => None,
                _ => return,
            };
            self.told.lock().expect("nobody panics with it").insert(target.key.clone(), etag);
        }
    }
}
