//! The document: what is written down.

use std::collections::{BTreeMap, BTreeSet};

use sandpress_sandbox::{Digest, MediaType};
use serde::{Deserialize, Serialize};

/// The schema of the document: readers refuse any other.
const SCHEMA: u32 = 2;

/// The catalog as it is written down.
///
/// ```json
/// {
///   "schema": 2,
///   "serial": 7,
///   "change": { "what": "promote JPEG@2.0.0 --percent 5", "who": "ada@build", "when": "2026-11-28T09:30:00Z", "why": "smaller" },
///   "media-types": {
///     "image/jpeg": {
///       "in-service": "9f86…",
///       "candidate": { "release": "60303…", "percent": 5.0 },
///       "previous": null
///     }
///   },
///   "releases": {
///     "9f86…": {
///       "name": "sandpress-jpeg",
///       "version": "1.0.0",
///       "licence": "Apache-2.0",
///       "bytes": 4766606,
///       "produces": ["image/jpeg"],
///       "native": [{ "arch": "x86_64", "runtime": "wasmtime 48.0.8, …", "digest": "fcde2b…", "bytes": 9000000 }]
///     }
///   }
/// }
/// ```
///
/// A release is named by the SHA-256 of its component, `DIGEST.wasm` beside the document; native code is `DIGEST.cwasm`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Document {
    schema: u32,
    /// Grows by one with each change: who has seen a document takes no older one.
    pub serial: u64,
    /// The change that made this document of the one before it. Default: none, where nothing has been changed.
    #[serde(default)]
    pub change: Option<Change>,
    /// For each media type that is produced, what serves it.
    pub media_types: BTreeMap<MediaType, Service>,
    /// Every release that is named above, or may be, by the digest of its component.
    pub releases: BTreeMap<Digest, Release>,
}

/// What serves a media type, by the digests of components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    /// The release that serves all that the candidate does not.
    pub in_service: Digest,
    /// A release on trial. Default: none.
    #[serde(default)]
    pub candidate: Option<Candidate>,
    /// The release that was in service before: where a rollback goes to. Default: none.
    #[serde(default)]
    pub previous: Option<Digest>,
}

/// A release on trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Candidate {
    /// The digest of its component.
    pub release: Digest,
    /// How many of a hundred objects it serves: above 0, up to 100.
    pub percent: f64,
}

/// One immutable version of an encoder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// The implementation's name, from its descriptor.
    pub name: String,
    /// The implementation's version, from its descriptor.
    pub version: String,
    /// An SPDX expression, from the component's metadata. Default: none, where they have none.
    #[serde(default)]
    pub licence: Option<String>,
    /// The component's size.
    pub bytes: u64,
    /// What it writes, from its descriptor.
    pub produces: BTreeSet<MediaType>,
    /// Its native code.
    pub native: Vec<Native>,
}

/// Native code of a release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Native {
    /// The processor family, as [`std::env::consts::ARCH`] names it.
    pub arch: String,
    /// The version of the sandbox that it runs in, as [`sandpress_sandbox::RUNTIME`] names it.
    pub runtime: String,
    /// Its SHA-256.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
}

/// A change of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Change {
    /// The command.
    pub what: String,
    /// Who gave it.
    pub who: String,
    /// When, as RFC 3339 has it, in UTC.
    pub when: String,
    /// A reason, for people. Default: none.
    #[serde(default)]
    pub why: Option<String>,
}

/// Why a document is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Not JSON, or not as the schema has it.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Of another version of this program.
    #[error("it has schema {0}, and this program reads schema {SCHEMA}")]
    Schema(u32),
    /// It says something that cannot be.
    #[error("{0}")]
    Contradiction(String),
}

/// The file name of a component with this digest.
pub fn component_file(digest: Digest) -> String {
    format!("{digest}.wasm")
}

/// The file name of native code with this digest.
pub fn native_file(digest: Digest) -> String {
    format!("{digest}.cwasm")
}

impl Default for Document {
    fn default() -> Self {
        Self { schema: SCHEMA, serial: 0, change: None, media_types: BTreeMap::new(), releases: BTreeMap::new() }
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`DocumentError`]
    pub fn from_json(json: &[u8]) -> Result<Self, DocumentError> {
        /// Read first, so that a document of another schema is told from one that is damaged.
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let Schema { schema } = serde_json::from_slice(json)?;
        if schema != SCHEMA {
            return Err(DocumentError::Schema(schema));
        }
        let document: Self = serde_json::from_slice(json)?;
        document.check().map_err(DocumentError::Contradiction)?;
        Ok(document)
    }

    /// Whether all that is named is there, and can do what it is named for.
    fn check(&self) -> Result<(), String> {
        for (media_type, service) in &self.media_types {
            let candidate = service.candidate.map(|candidate| candidate.release);
            for digest in [Some(service.in_service), candidate, service.previous].into_iter().flatten() {
                match self.releases.get(&digest) {
                    Some(release) if release.produces.contains(media_type) => {}
                    Some(release) => return Err(format!("{release} is to serve {media_type}, and does not make it")),
                    None => return Err(format!("the release {digest}, which is to serve {media_type}, is not in it")),
                }
            }
            // What a candidate fails at, the release in service makes: it cannot be the same.
            if candidate == Some(service.in_service) {
                return Err(format!("the candidate for {media_type} is in service already"));
            }
            let is_percent = |candidate: Candidate| candidate.percent > 0.0 && candidate.percent <= 100.0;
            if let Some(candidate) = service.candidate.filter(|candidate| !is_percent(*candidate)) {
                return Err(format!("the candidate for {media_type} is to have {} percent", candidate.percent));
            }
        }
        Ok(())
    }

    /// The document as JSON, one line for each value so that people can read a difference.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_else(|error| {
            // Texts, numbers and maps keyed by texts can always be written.
            unreachable!("a catalog is always JSON: {error}")
        });
        json.push('\n');
        json
    }

    /// The component of the release in service for each media type.
    pub fn in_service(&self) -> BTreeMap<&MediaType, Digest> {
        self.media_types.iter().map(|(media_type, service)| (media_type, service.in_service)).collect()
    }

    /// Whether a release serves a media type.
    pub fn serves(&self, media_type: &MediaType) -> bool {
        self.media_types.contains_key(media_type)
    }
}

impl Service {
    /// Only this release.
    pub fn of(release: Digest) -> Self {
        Self { in_service: release, candidate: None, previous: None }
    }
}

impl Release {
    /// The native code that fits a machine and a runtime.
    pub fn native_for(&self, arch: &str, runtime: &str) -> Option<&Native> {
        self.native.iter().find(|native| native.arch == arch && native.runtime == runtime)
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A document with a release of this version in service for JPEG.
    pub(crate) fn document(version: &str) -> Document {
        let (digest, release) = release(version);
        Document {
            media_types: BTreeMap::from([(MediaType::JPEG, Service::of(digest))]),
            releases: BTreeMap::from([(digest, release)]),
            ..Document::default()
        }
    }

    pub(crate) fn release(version: &str) -> (Digest, Release) {
        let native = Native {
            arch: "aarch64".to_owned(),
            runtime: "wasmtime 1".to_owned(),
            digest: Digest::of(b"code"),
            bytes: 4,
        };
        let release = Release {
            name: "sandpress-jpeg".to_owned(),
            version: version.to_owned(),
            licence: Some("Apache-2.0".to_owned()),
            bytes: 9,
            produces: BTreeSet::from([MediaType::JPEG]),
            native: vec![native],
        };
        (Digest::of(version.as_bytes()), release)
    }

    #[test]
    fn a_document_is_read_as_it_is_written() {
        let mut document = document("1.2.3");
        let candidate = release("2.0.0");
        document.serial = 7;
        let text = |text: &str| text.to_owned();
        document.change = Some(Change { what: text("promote"), who: text("ada"), when: text("now"), why: None });
        let service = document.media_types.get_mut(&MediaType::JPEG).unwrap();
        service.candidate = Some(Candidate { release: candidate.0, percent: 2.5 });
        document.releases.extend([candidate]);
        assert_eq!(Document::from_json(document.to_json().as_bytes()).unwrap(), document);
    }

    #[test]
    fn another_schema_and_unknown_fields_are_refused_by_name() {
        let error = |json: &str| Document::from_json(json.as_bytes()).unwrap_err().to_string();
        assert!(error(r#"{"schema": 9, "other": 1}"#).contains("schema 9, and this program reads schema 2"));
        let more = r#"{"schema": 2, "serial": 0, "media-types": {}, "releases": {}, "expires": 1}"#;
        assert!(error(more).contains("expires"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |change: fn(&mut Document)| {
            let mut document = document("1.0.0");
            change(&mut document);
            Document::from_json(document.to_json().as_bytes()).unwrap_err().to_string()
        };
        assert!(refused(|document| document.releases.clear()).contains("is not in it"));
        let other = refused(|document| {
            let service = document.media_types.remove(&MediaType::JPEG).unwrap();
            document.media_types.insert(MediaType::PNG, service);
        });
        assert!(other.contains("sandpress-jpeg 1.0.0 is to serve image/png"), "{other}");
        let with_candidate = |(digest, release): (Digest, Release), percent| {
            let mut document = document("1.0.0");
            document.releases.insert(digest, release);
            let service = document.media_types.get_mut(&MediaType::JPEG).unwrap();
            service.candidate = Some(Candidate { release: digest, percent });
            Document::from_json(document.to_json().as_bytes()).map_err(|error| error.to_string())
        };
        for percent in [0.0, -1.0, 100.5] {
            let error = with_candidate(release("2.0.0"), percent).unwrap_err();
            assert!(error.contains("percent"), "{error}");
        }
        let error = with_candidate(release("1.0.0"), 5.0).unwrap_err();
        assert!(error.contains("the candidate for image/jpeg is in service already"), "{error}");
        assert!(with_candidate(release("2.0.0"), 5.0).is_ok());
    }
}
