//! A manifest: a file that names objects, as S3 Inventory writes it and S3 Batch Operations reads it.
//!
//! One object a line, as CSV: bucket, key, and whatever else, such as a version; each in quotes or not. The key is encoded as in a form.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest.html>

use std::io::{self, BufRead};

use crate::{Bucket, NameError, ObjectKey, event::Change, names::form_decoded};

use super::{Candidate, Progress};

/// Why a manifest cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("line {line} of the manifest cannot be read")]
    Read {
        /// Counted from 1.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// A line that names no object.
    #[error("line {line} of the manifest is not `bucket,key`: {text}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// Its beginning.
        text: String,
    },
    /// A name that cannot be one.
    #[error("line {line} of the manifest: {source}")]
    Name {
        /// Counted from 1.
        line: u64,
        /// Why.
        source: NameError,
    },
    /// A key that is not UTF-8 once it is decoded.
    #[error("line {line} of the manifest: the key `{key}` is not UTF-8 after decoding")]
    Encoding {
        /// Counted from 1.
        line: u64,
        /// The key as it is there.
        key: String,
    },
    /// The manifest is not the one that was begun with.
    #[error(
        "the manifest has changed before line {line}, where it was to go on: it does not name {last} there; begin anew, without the state"
    )]
    Changed {
        /// Counted from 1.
        line: u64,
        /// `bucket/key` of what it named.
        last: String,
    },
}

/// The objects that a manifest names, after those that have been dealt with. A line that names the same object as the one before it is left out:
/// an inventory has one for each version. Nothing follows an error.
pub fn candidates<R: BufRead>(
    manifest: R,
    from: &Progress,
) -> impl Iterator<Item = Result<Candidate, ManifestError>> + use<R> {
    let (done, last) = (from.seen, from.last.clone());
    let mut number = 0;
    let mut before: Option<Change> = None;
    let objects = (1..).zip(manifest.lines()).filter_map(|(line, text)| object(line, text).transpose());
    let distinct = objects.filter(move |object| {
        let Ok(object) = object else { return true };
        let is_new = before.as_ref() != Some(object);
        before = Some(object.clone());
        is_new
    });
    let rest = distinct.filter_map(move |object| {
        number += 1;
        match (object, &last) {
            (Err(error), _) => Some(Err(error)),
            (Ok(_), _) if number < done => None,
            (Ok(object), Some(last)) if number == done => (object != *last)
                .then(|| Err(ManifestError::Changed { line: number, last: format!("{}/{}", last.bucket, last.key) })),
            (Ok(object), _) => Some(Ok(Candidate { object, bytes: None, etag: None })),
        }
    });
    let mut is_over = false;
    rest.take_while(move |object| !std::mem::replace(&mut is_over, object.is_err()))
}

/// The object of a line; none if it is empty.
fn object(line: u64, text: io::Result<String>) -> Result<Option<Change>, ManifestError> {
    let text = text.map_err(|source| ManifestError::Read { line, source })?;
    // Editors of some systems begin a file with a mark.
    let text = text.trim_start_matches('\u{feff}').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    // Neither a bucket's name nor an encoded key has a comma or a quote in it.
    let mut fields = text.split(',').map(|field| field.trim_matches('"'));
    let (Some(bucket), Some(key)) = (fields.next(), fields.next()) else {
        return Err(ManifestError::Line { line, text: text.chars().take(100).collect() });
    };
    let name = |source| ManifestError::Name { line, source };
    let decoded = form_decoded(key).ok_or_else(|| ManifestError::Encoding { line, key: key.to_owned() })?;
    Ok(Some(Change { bucket: Bucket::new(bucket).map_err(name)?, key: ObjectKey::new(decoded).map_err(name)? }))
}
