//! A part of a bucket as the shelf of a catalog.

use aws_sdk_s3::{error::DisplayErrorContext, primitives::ByteStream};
use sandpress_catalog::{Expected, Found, Pending, Shelf, ShelfError, Version};

use super::{Store, meaning_of};
use crate::{Bucket, ETag, store::errors::Meaning};

/// A catalog's files, under a prefix of a bucket.
#[derive(Clone, Debug)]
pub struct BucketShelf {
    store: Store,
    bucket: Bucket,
    /// Empty, or with a slash at its end.
    prefix: String,
}

impl BucketShelf {
    /// The files of this bucket whose keys begin with this folder's name.
    pub fn new(store: Store, bucket: Bucket, folder: &str) -> Self {
        let folder = folder.trim_matches('/');
        Self { store, bucket, prefix: if folder.is_empty() { String::new() } else { format!("{folder}/") } }
    }

    async fn read(&self, name: &str, known: Option<&Version>, most: u64) -> Result<Found, ShelfError> {
        let unavailable = |reason: String| ShelfError::Unavailable { place: self.place(name), reason };
        let request = self.store.client.get_object().bucket(self.bucket.as_str()).key(format!("{}{name}", self.prefix));
        let request = request.set_if_none_match(known.map(|version| ETag::new(version.as_str()).quoted()));
        let got = match request.send().await {
            Ok(got) => got,
            Err(error) => {
                let status = error.raw_response().map(|response| response.status().as_u16());
                return match (status, meaning_of(&error)) {
                    (Some(304), _) => Ok(Found::Same),
                    (_, Meaning::Gone) => Ok(Found::Nothing),
                    (_, Meaning::Misconfigured(advice)) => {
                        Err(unavailable(format!("{}; {advice}", DisplayErrorContext(error))))
                    }
                    _ => Err(unavailable(DisplayErrorContext(error).to_string())),
                };
            }
        };
        let version = Version::new(ETag::new(got.e_tag.as_deref().unwrap_or_default()).as_str());
        // What is too large is not read: the connection is closed.
        if got.content_length.and_then(|length| u64::try_from(length).ok()).is_some_and(|length| length > most) {
            return Ok(Found::TooLarge);
        }
        let mut bytes = Vec::new();
        let mut body = got.body;
        while let Some(part) =
            body.try_next().await.map_err(|error| unavailable(DisplayErrorContext(error).to_string()))?
        {
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > most {
                return Ok(Found::TooLarge);
            }
        }
        Ok(Found::File { bytes, version })
    }

    /// Never without its condition: a catalog is on a store that keeps it.
    async fn write(&self, name: &str, bytes: Vec<u8>, expected: &Expected) -> Result<(), ShelfError> {
        let place = || self.place(name);
        let (none_match, if_match) = match expected {
            Expected::Nothing => (Some("*".to_owned()), None),
            Expected::Version(version) => (None, Some(ETag::new(version.as_str()).quoted())),
        };
        let request = self.store.client.put_object().bucket(self.bucket.as_str()).key(format!("{}{name}", self.prefix));
        let request = request.set_if_none_match(none_match).set_if_match(if_match).body(ByteStream::from(bytes));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(match meaning_of(&error) {
                Meaning::Conflict | Meaning::Gone => ShelfError::Conflict { place: place() },
                Meaning::NotImplemented => ShelfError::Unavailable {
                    place: place(),
                    reason:
                        "the store knows no conditional writes, without which two operators could overwrite each other"
                            .to_owned(),
                },
                _ => ShelfError::Unavailable { place: place(), reason: DisplayErrorContext(error).to_string() },
            }),
        }
    }
}

impl Shelf for BucketShelf {
    fn get<'a>(&'a self, name: &'a str, known: Option<&'a Version>, most: u64) -> Pending<'a, Found> {
        Box::pin(self.read(name, known, most))
    }

    fn put<'a>(&'a self, name: &'a str, bytes: Vec<u8>, expected: &'a Expected) -> Pending<'a, ()> {
        Box::pin(self.write(name, bytes, expected))
    }

    fn place(&self, name: &str) -> String {
        format!("s3://{}/{}{name}", self.bucket, self.prefix)
    }
}
