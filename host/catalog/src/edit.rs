//! What an operator does with a catalog: each makes the next document of one that is there.

use std::{collections::BTreeSet, fmt, str::FromStr};

use sandpress_sandbox::{Digest, MediaType};

use crate::{Candidate, Document, Release, Service};

/// What an operator names: `JPEG`, `image/jpeg` or `sandpress-jpeg`, with a version behind it: `JPEG@2.0.0`, or the beginning of a digest:
/// `JPEG@60303ae2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    name: String,
    version: Option<String>,
}

/// Why a change cannot be made. What was to be changed may be so in part, and is thrown away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A name of nothing in the catalog.
    #[error("there is no {wanted} in the catalog; there {}", are(.known))]
    Unknown {
        /// What was named.
        wanted: String,
        /// What could have been.
        known: Vec<String>,
    },
    /// A name of several releases.
    #[error("{wanted} is the name of several releases: {}; name one by its digest, as NAME@DIGEST", .found.join(", "))]
    Ambiguous {
        /// What was named.
        wanted: String,
        /// What it is the name of.
        found: Vec<String>,
    },
    /// A name without the version that is needed.
    #[error("which version of {0}? Name it as {0}@VERSION")]
    NoVersion(String),
    /// Nothing would change.
    #[error("{release} is in service for {media_type} already")]
    InService {
        /// The release.
        release: String,
        /// Of which media type.
        media_type: MediaType,
    },
    /// There is nothing that a candidate could be compared with.
    #[error("nothing is in service for {0}: promote the first release without --percent")]
    NothingInService(MediaType),
    /// No part of the traffic.
    #[error("{0} percent: give more than 0, and no more than 100")]
    Percent(String),
    /// Nothing to go back to.
    #[error(
        "there is no candidate for {0}, and no release that was in service before: promote the one that is to serve it"
    )]
    NothingBefore(MediaType),
    /// It serves.
    #[error("{release} serves {media_type}, or is what a rollback goes to; promote another one first")]
    Serves {
        /// The release.
        release: String,
        /// Of which media type.
        media_type: MediaType,
    },
    /// One is there already under this digest, and says other things.
    #[error("{0} is in the catalog already, with another description: publish a component under a version of its own")]
    Differs(String),
}

fn are(known: &[String]) -> String {
    if known.is_empty() { "is nothing".to_owned() } else { format!("are {}", known.join(", ")) }
}

impl FromStr for Selector {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
        Ok(Self { name: name.to_owned(), version: version.map(str::to_owned) })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

impl Selector {
    fn names(&self, media_type: &MediaType) -> bool {
        let (_, subtype) = media_type.as_str().split_once('/').unwrap_or_default();
        self.name.eq_ignore_ascii_case(media_type.as_str()) || self.name.eq_ignore_ascii_case(subtype)
    }

    /// The media types of a release that it means: the one that it names, or all where it is the release's own name.
    fn media_types<'a>(&'a self, release: &'a Release) -> impl Iterator<Item = &'a MediaType> {
        release.produces.iter().filter(|media_type| self.name == release.name || self.names(media_type))
    }

    fn matches(&self, digest: Digest, release: &Release) -> bool {
        /// Fewer digits are a version.
        const DIGITS: usize = 8;
        self.media_types(release).next().is_some()
            && self.version.as_ref().is_none_or(|version| {
                *version == release.version
                    || version.len() >= DIGITS && digest.to_string().starts_with(version.as_str())
            })
    }
}

impl Document {
    /// The release that a selector names, with a version.
    ///
    /// # Errors
    ///
    /// [`EditError::NoVersion`], [`EditError::Unknown`] and [`EditError::Ambiguous`]
    pub fn release(&self, selector: &Selector) -> Result<(Digest, &Release), EditError> {
        if selector.version.is_none() {
            return Err(EditError::NoVersion(selector.name.clone()));
        }
        let mut found = self.releases.iter().filter(|(digest, release)| selector.matches(**digest, release));
        match (found.next(), found.count()) {
            (Some((digest, release)), 0) => Ok((*digest, release)),
            (None, _) => Err(EditError::Unknown {
                wanted: selector.to_string(),
                known: self.releases.values().map(|release| format!("{}@{}", release.name, release.version)).collect(),
            }),
            (Some(_), _) => Err(EditError::Ambiguous {
                wanted: selector.to_string(),
                found: self
                    .releases
                    .iter()
                    .filter(|(digest, release)| selector.matches(**digest, release))
                    .map(|(digest, release)| format!("{release} {}", digest.short()))
                    .collect(),
            }),
        }
    }

    /// The media types in service that a selector without a version means.
    fn served(&self, selector: &Selector) -> Result<BTreeSet<MediaType>, EditError> {
        let is_meant = |(media_type, service): &(&MediaType, &Service)| {
            let release = self.releases.get(&service.in_service);
            selector.names(media_type) || release.is_some_and(|release| release.name == selector.name)
        };
        let found: BTreeSet<_> =
            self.media_types.iter().filter(is_meant).map(|(media_type, _)| media_type.clone()).collect();
        if found.is_empty() {
            let known = self.media_types.keys().map(|media_type| media_type.as_str().to_owned()).collect();
            return Err(EditError::Unknown { wanted: selector.name.clone(), known });
        }
        Ok(found)
    }

    /// Takes a release in, which then serves nothing yet. One that is there gets the native code that it lacks, and keeps what it has.
    ///
    /// # Errors
    ///
    /// [`EditError::Differs`]
    pub fn publish(&mut self, digest: Digest, mut release: Release) -> Result<(), EditError> {
        if let Some(there) = self.releases.get(&digest) {
            let bare = |release: &Release| Release { native: Vec::new(), ..release.clone() };
            if bare(there) != bare(&release) {
                return Err(EditError::Differs(format!("{there} {}", digest.short())));
            }
            // The newest for each machine and runtime.
            let is_kept = |native: &&crate::Native| release.native_for(&native.arch, &native.runtime).is_none();
            let kept: Vec<_> = there.native.iter().filter(is_kept).cloned().collect();
            release.native.extend(kept);
        }
        release.native.sort();
        self.releases.insert(digest, release);
        Ok(())
    }

    /// Puts a release into service; with a percentage, makes it the candidate. Gives the media types that it then serves.
    ///
    /// # Errors
    ///
    /// [`EditError`]
    pub fn promote(&mut self, selector: &Selector, percent: Option<f64>) -> Result<Vec<MediaType>, EditError> {
        if let Some(percent) = percent.filter(|percent| !(*percent > 0.0 && *percent <= 100.0)) {
            return Err(EditError::Percent(percent.to_string()));
        }
        let (digest, release) = self.release(selector)?;
        let name = release.to_string();
        let media_types: Vec<_> = selector.media_types(release).cloned().collect();
        for media_type in &media_types {
            match (self.media_types.get_mut(media_type), percent) {
                (Some(service), None) if service.in_service == digest && service.candidate.is_none() => {
                    return Err(EditError::InService { release: name, media_type: media_type.clone() });
                }
                (Some(service), Some(_)) if service.in_service == digest => {
                    return Err(EditError::InService { release: name, media_type: media_type.clone() });
                }
                (Some(service), Some(percent)) => service.candidate = Some(Candidate { release: digest, percent }),
                // It stays, and is no longer on trial against another one.
                (Some(service), None) if service.in_service == digest => service.candidate = None,
                (Some(service), None) => {
                    *service = Service { previous: Some(service.in_service), ..Service::of(digest) };
                }
                (None, None) => {
                    self.media_types.insert(media_type.clone(), Service::of(digest));
                }
                (None, Some(_)) => return Err(EditError::NothingInService(media_type.clone())),
            }
        }
        Ok(media_types)
    }

    /// Takes the candidate back; where there is none, puts the release before this one into service. Gives the media types that it did so for.
    ///
    /// # Errors
    ///
    /// [`EditError::Unknown`] and [`EditError::NothingBefore`]
    pub fn rollback(&mut self, selector: &Selector) -> Result<Vec<MediaType>, EditError> {
        let media_types = self.served(selector)?;
        for media_type in &media_types {
            let Some(service) = self.media_types.get_mut(media_type) else { continue };
            if service.candidate.take().is_none() {
                let previous = service.previous.ok_or_else(|| EditError::NothingBefore(media_type.clone()))?;
                *service = Service::of(previous);
            }
        }
        Ok(media_types.into_iter().collect())
    }

    /// Forgets a release that serves nothing: it cannot be promoted any more. Its files stay, since renditions name it.
    ///
    /// # Errors
    ///
    /// [`EditError`]
    pub fn retire(&mut self, selector: &Selector) -> Result<Digest, EditError> {
        let (digest, release) = self.release(selector)?;
        for (media_type, service) in &self.media_types {
            let candidate = service.candidate.map(|candidate| candidate.release);
            if [Some(service.in_service), candidate, service.previous].contains(&Some(digest)) {
                return Err(EditError::Serves { release: release.to_string(), media_type: media_type.clone() });
            }
        }
        self.releases.remove(&digest);
        Ok(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::{document, release};

    fn selector(text: &str) -> Selector {
        text.parse().unwrap()
    }

    /// Version 1 in service, and 2 published.
    fn two() -> (Document, Digest, Digest) {
        let mut document = document("1.0.0");
        let (new, release) = release("2.0.0");
        document.publish(new, release).unwrap();
        let old = document.media_types[&MediaType::JPEG].in_service;
        (document, old, new)
    }

    #[test]
    fn a_release_is_tried_promoted_and_taken_back() {
        let (mut document, old, new) = two();
        let service = |document: &Document| document.media_types[&MediaType::JPEG].clone();
        assert_eq!(document.promote(&selector("JPEG@2.0.0"), Some(5.0)).unwrap(), [MediaType::JPEG]);
        let trial = Service { candidate: Some(Candidate { release: new, percent: 5.0 }), ..Service::of(old) };
        assert_eq!(service(&document), trial);
        document.rollback(&selector("jpeg")).unwrap();
        assert_eq!(service(&document), Service::of(old));

        document.promote(&selector("sandpress-jpeg@2.0.0"), Some(5.0)).unwrap();
        document.promote(&selector("image/jpeg@2.0.0"), None).unwrap();
        assert_eq!(service(&document), Service { previous: Some(old), ..Service::of(new) });
        document.rollback(&selector("JPEG")).unwrap();
        assert_eq!(service(&document), Service::of(old));
        assert_eq!(document.rollback(&selector("JPEG")), Err(EditError::NothingBefore(MediaType::JPEG)));
    }

    #[test]
    fn a_release_that_serves_is_not_retired_and_one_that_does_not_is_gone() {
        let (mut document, _, new) = two();
        let retire = |document: &mut Document, name: &str| document.retire(&selector(name));
        assert!(matches!(retire(&mut document, "JPEG@1.0.0"), Err(EditError::Serves { .. })));
        document.promote(&selector("JPEG@2.0.0"), Some(1.0)).unwrap();
        assert!(matches!(retire(&mut document, "JPEG@2.0.0"), Err(EditError::Serves { .. })));
        document.promote(&selector("JPEG@2.0.0"), None).unwrap();
        assert!(matches!(retire(&mut document, "JPEG@1.0.0"), Err(EditError::Serves { .. })), "a rollback goes to it");
        document.rollback(&selector("JPEG")).unwrap();
        assert_eq!(retire(&mut document, "JPEG@2.0.0"), Ok(new));
        assert!(matches!(document.promote(&selector("JPEG@2.0.0"), None), Err(EditError::Unknown { .. })));
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_changes_nothing() {
        let (document, old, _) = two();
        let refused = |name: &str, percent| {
            let mut changed = document.clone();
            let error = changed.promote(&selector(name), percent).unwrap_err();
            assert_eq!(changed, document, "{name}");
            error
        };
        assert_eq!(refused("JPEG", None), EditError::NoVersion("JPEG".to_owned()));
        assert!(matches!(refused("JPEG@1.0.0", None), EditError::InService { .. }));
        assert!(matches!(refused("JPEG@1.0.0", Some(5.0)), EditError::InService { .. }));
        let unknown = refused("PNG@1.0.0", None).to_string();
        assert!(
            unknown.contains("sandpress-jpeg@1.0.0, sandpress-jpeg@2.0.0")
                || unknown.contains("sandpress-jpeg@2.0.0, sandpress-jpeg@1.0.0"),
            "{unknown}"
        );
        for percent in [0.0, -5.0, 100.1, f64::NAN] {
            assert!(matches!(refused("JPEG@2.0.0", Some(percent)), EditError::Percent(_)));
        }
        let digest = format!("JPEG@{}", old.short());
        assert!(matches!(refused(&digest, None), EditError::InService { .. }), "a digest is a name too");

        let mut first = document.clone();
        first.media_types.clear();
        let error = first.promote(&selector("JPEG@2.0.0"), Some(5.0)).unwrap_err();
        assert_eq!(error, EditError::NothingInService(MediaType::JPEG));
        assert!(first.promote(&selector("JPEG@2.0.0"), None).is_ok());
    }

    #[test]
    fn two_releases_of_one_version_are_told_apart_by_their_digests() {
        let (mut document, ..) = two();
        let (_, same) = release("2.0.0");
        let other = Digest::of(b"another component");
        document.publish(other, same).unwrap();
        let error = document.promote(&selector("JPEG@2.0.0"), None).unwrap_err();
        assert!(matches!(&error, EditError::Ambiguous { found, .. } if found.len() == 2), "{error}");
        document.promote(&selector(&format!("JPEG@{}", other.short())), None).unwrap();
        assert_eq!(document.media_types[&MediaType::JPEG].in_service, other);
    }

    #[test]
    fn native_code_for_another_runtime_is_added_to_what_is_there() {
        let (mut document, old, _) = two();
        let (_, mut again) = release("1.0.0");
        again.native[0].runtime = "wasmtime 2".to_owned();
        document.publish(old, again.clone()).unwrap();
        let runtimes: Vec<_> = document.releases[&old].native.iter().map(|native| native.runtime.as_str()).collect();
        assert_eq!(runtimes, ["wasmtime 1", "wasmtime 2"]);
        again.licence = None;
        assert!(matches!(document.publish(old, again), Err(EditError::Differs(_))));
    }
}
