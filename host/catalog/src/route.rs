//! Which release serves an object: a function of the object and the document, so that retries and duplicates agree, in every process.

use sandpress_sandbox::{Digest, MediaType};

use crate::Document;

/// The releases for one object and one media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// What is in service.
    pub in_service: Digest,
    /// The candidate, if this object is one that it serves.
    pub candidate: Option<Digest>,
}

impl Route {
    /// The releases whose work is accepted for this object, and the one that is to do it first: what a candidate fails at, the release in service
    /// makes.
    pub fn releases(self) -> impl Iterator<Item = Digest> {
        self.candidate.into_iter().chain([self.in_service])
    }
}

impl Document {
    /// The releases that make this media type for an object, or none if it is not served.
    pub fn route(&self, media_type: &MediaType, bucket: &str, key: &str) -> Option<Route> {
        let service = self.media_types.get(media_type)?;
        let candidate = service.candidate.filter(|candidate| share(candidate.release, bucket, key) < candidate.percent);
        Some(Route { in_service: service.in_service, candidate: candidate.map(|candidate| candidate.release) })
    }
}

/// Where an object stands among all, from 0 up to 100: below the percentage it is the candidate's.
///
/// The candidate's digest is part of it, so that it is not always the same objects that are tried on; a percentage that is raised keeps those that
/// it had. It is the first eight bytes of SHA-256 of `DIGEST\nBUCKET\nKEY`, as a big-endian part of 2^64: neither a digest nor the name of a bucket
/// has a line break, so each text is of one object.
#[expect(clippy::cast_precision_loss, reason = "of 64 bits 53 are kept, far more than a percentage has")]
pub fn share(candidate: Digest, bucket: &str, key: &str) -> f64 {
    let digest = Digest::of(format!("{candidate}\n{bucket}\n{key}").as_bytes());
    let place = digest.as_bytes().iter().take(8).fold(0u64, |place, byte| place << 8 | u64::from(*byte));
    place as f64 / 2f64.powi(64) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Candidate,
        document::tests::{document, release},
    };

    fn with_candidate(percent: f64) -> (Document, Digest) {
        let mut document = document("1.0.0");
        let (digest, candidate) = release("2.0.0");
        document.releases.insert(digest, candidate);
        document.media_types.get_mut(&MediaType::JPEG).unwrap().candidate =
            Some(Candidate { release: digest, percent });
        (document, digest)
    }

    fn chosen(document: &Document) -> Vec<usize> {
        let is_chosen = |object: &usize| {
            let route = document.route(&MediaType::JPEG, "uploads", &format!("{object}.jpg")).unwrap();
            route.candidate.is_some()
        };
        (0..10_000).filter(is_chosen).collect()
    }

    #[test]
    fn the_place_of_an_object_is_what_anybody_can_compute() {
        // printf '%s\n%s\n%s' "$(printf '' | sha256sum | cut -c-64)" uploads a.jpg | sha256sum
        let place = share(Digest::of(b""), "uploads", "a.jpg");
        let expected = 0xedf2_0891_u32 as f64 / 2f64.powi(32) * 100.0;
        assert!((place - expected).abs() < 1e-6, "{place}, {expected}");
    }

    #[test]
    fn a_candidate_gets_its_percentage_and_keeps_what_it_had() {
        let (document, candidate) = with_candidate(5.0);
        let few = chosen(&document);
        // A fair coin is farther from it than this once in a hundred thousand times.
        assert!(few.len().abs_diff(500) < 100, "{}", few.len());
        let more = chosen(&with_candidate(20.0).0);
        assert!(more.len().abs_diff(2000) < 180, "{}", more.len());
        assert!(few.iter().all(|object| more.contains(object)));
        assert_eq!(chosen(&with_candidate(100.0).0).len(), 10_000);

        let releases = |object: usize| -> Vec<_> {
            document.route(&MediaType::JPEG, "uploads", &format!("{object}.jpg")).unwrap().releases().collect()
        };
        let in_service = document.media_types[&MediaType::JPEG].in_service;
        assert_eq!(releases(few[0]), [candidate, in_service]);
        let other = (0..).find(|object| !few.contains(object)).unwrap();
        assert_eq!(releases(other), [in_service]);
        assert_eq!(document.route(&MediaType::PNG, "uploads", "a.png"), None);
    }

    #[test]
    fn another_candidate_is_tried_on_other_objects() {
        let (document, candidate) = with_candidate(50.0);
        let (mut other, _) = with_candidate(50.0);
        let (digest, release) = release("3.0.0");
        other.releases.insert(digest, release);
        other.media_types.get_mut(&MediaType::JPEG).unwrap().candidate.as_mut().unwrap().release = digest;
        assert_ne!(candidate, digest);
        let (one, two) = (chosen(&document), chosen(&other));
        let both = one.iter().filter(|object| two.contains(object)).count();
        assert!(both.abs_diff(2500) < 250, "{both}");
    }
}
