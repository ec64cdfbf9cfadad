//! The document: what is written down.

use std::collections::BTreeMap;

use sandpress_sandbox::{Digest, MediaType};
use serde::{Deserialize, Serialize};

/// The document's name in its folder.
pub const FILE: &str = "catalog.json";

/// The schema of the document: readers refuse any other.
const SCHEMA: u32 = 1;

/// The catalog as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Document {
    schema: u32,
    /// For each media type that is produced, the release in service.
    pub in_service: BTreeMap<MediaType, Release>,
}

/// One immutable version of an encoder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// The implementation's name, from its descriptor.
    pub name: String,
    /// The implementation's version, from its descriptor.
    pub version: String,
    /// The digest of the component: the release's identity, the same for every processor.
    pub component: Digest,
    /// The digests of its native code, by processor family as [`std::env::consts::ARCH`] names it.
    pub native: BTreeMap<String, Digest>,
}

/// The file name of native code with this digest.
pub fn native_file(digest: Digest) -> String {
    format!("{digest}.cwasm")
}

impl Document {
    /// A document of these releases.
    pub fn new(in_service: BTreeMap<MediaType, Release>) -> Self {
        Self { schema: SCHEMA, in_service }
    }

    /// The component of the release in service for each media type.
    pub fn digests(&self) -> BTreeMap<MediaType, Digest> {
        self.in_service.iter().map(|(media_type, release)| (media_type.clone(), release.component)).collect()
    }

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// JSON that is none, or not of this schema.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        /// Read first, so that a document of another schema is told from one that is damaged.
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let Schema { schema } = serde_json::from_slice(json)?;
        if schema != SCHEMA {
            return Err(serde::de::Error::custom(format!("schema {schema}; this host reads schema {SCHEMA}")));
        }
        serde_json::from_slice(json)
    }

    /// The document as JSON, one line for each value so that people can read a difference.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_else(|error| {
            // Texts and maps keyed by texts can always be written.
            unreachable!("a catalog is always JSON: {error}")
        });
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_it_is_written() {
        let release = Release {
            name: "sandpress-jpeg".to_owned(),
            version: "1.2.3".to_owned(),
            component: Digest::of(b"component"),
            native: BTreeMap::from([("aarch64".to_owned(), Digest::of(b"code"))]),
        };
        let document = Document::new(BTreeMap::from([(MediaType::JPEG, release)]));
        assert_eq!(Document::from_json(document.to_json().as_bytes()).unwrap(), document);
    }

    #[test]
    fn another_schema_and_unknown_fields_are_refused_by_name() {
        let error = |json: &str| Document::from_json(json.as_bytes()).unwrap_err().to_string();
        assert!(error(r#"{"schema": 2, "other": 1}"#).contains("schema 2; this host reads schema 1"));
        assert!(error(r#"{"schema": 1, "in-service": {}, "candidate": {}}"#).contains("candidate"));
    }
}
