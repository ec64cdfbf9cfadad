//! Compares the destination with f(source), byte for byte and key for key.

use std::collections::{BTreeMap, BTreeSet};

use sandpress_pipeline::{ObjectKey, Policy, event};

use super::{changes::Change, pictures::Content};
use crate::aws::{DeadLetter, Stored};

/// What an attack leaves behind.
pub(super) struct Remains<'a> {
    pub(super) policy: &'a Policy,
    pub(super) contents: &'a [Content],
    pub(super) histories: &'a BTreeMap<String, Vec<Change>>,
    pub(super) sources: BTreeMap<String, Stored>,
    pub(super) renditions: BTreeMap<String, Stored>,
    pub(super) letters: Vec<DeadLetter>,
}

impl Remains<'_> {
    /// What is not as it must be, with the source's key.
    pub(super) fn findings(mut self) -> Vec<(String, String)> {
        let named = self.named();
        let mut findings = Vec::new();
        for (key, history) in self.histories {
            let what = self.judge(key, history, named.contains(key));
            findings.extend(what.into_iter().map(|what| (key.clone(), what)));
        }
        findings.extend(self.renditions.into_keys().map(|place| (place, "belongs to no source".to_owned())));
        findings
    }

    /// One object: what it has become, of all that it has been.
    fn judge(&mut self, key: &str, history: &[Change], is_named: bool) -> Vec<String> {
        let source = self.sources.get(key);
        let content_of = |source: &Stored| self.contents.iter().find(|content| content.bytes == source.bytes);
        let content = source.map(|source| content_of(source).expect("nobody else writes to the source bucket"));
        let mut been = history.iter().filter_map(|change| self.contents.get(change.content?));

        let mut findings = Vec::new();
        match content {
            Some(content) if content.is_rejected() && !is_named => {
                findings.push("is rejected, and no dead letter names it".to_owned());
            }
            _ if is_named && !been.any(|content| content.is_rejected()) => {
                findings.push("was never at fault, and a dead letter says so".to_owned());
            }
            _ => {}
        }
        let name = ObjectKey::new(key).expect("the attack's keys are possible");
        for (number, rendition) in self.policy.renditions.iter().enumerate() {
            let place = self.policy.destination_key(rendition, &name).expect("the attack's keys are possible");
            let stored = self.renditions.remove(place.as_str());
            match (content.filter(|content| !content.is_rejected()), stored) {
                (None, None) => {}
                (None, Some(_)) => findings.push(format!("{place} is there, of a source that is gone or rejected")),
                (Some(_), None) => findings.push(format!("{place} is missing")),
                (Some(content), Some(stored)) => {
                    if !content.becomes(number, &stored) {
                        findings.push(format!("{place} is not of the version that the source has"));
                    } else if source.is_some_and(|source| !names_version(&stored, source)) {
                        findings.push(format!("{place} says that it is of another version than it is"));
                    }
                }
            }
        }
        findings
    }

    /// The objects that a dead letter names.
    fn named(&self) -> BTreeSet<String> {
        let changes = self.letters.iter().flat_map(|letter| event::changes(&letter.body).expect("S3's own words"));
        changes.map(|change| change.key.as_str().to_owned()).collect()
    }
}

fn names_version(rendition: &Stored, source: &Stored) -> bool {
    rendition.metadata.get("sandpress-source-etag").is_some_and(|etag| etag == source.etag.trim_matches('"'))
}
