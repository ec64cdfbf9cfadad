//! Large files go in parts, so that what was cut off goes on.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use std::{collections::BTreeMap, fmt};

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{CompletedMultipartUpload, CompletedPart, Part},
};
use sandpress_pipeline::{Bucket, ObjectKey};

use crate::problem::Problem;

/// The size of each part but the last. S3 wants at least 5 MiB.
pub(crate) const PART: u64 = 8 << 20;

/// The most parts that S3 admits.
const MOST: u64 = 10_000;

/// The largest file that parts of this size make.
pub(crate) const LARGEST: u64 = PART * MOST;

/// An upload under way.
#[derive(Debug)]
pub(crate) struct UnderWay {
    pub(crate) key: String,
    pub(crate) upload: String,
}

/// Number and size of each part of a file.
pub(crate) fn plan(size: u64) -> impl Iterator<Item = (u32, u64)> {
    let count = u32::try_from(size.div_ceil(PART).min(MOST)).unwrap_or_default();
    (1..=count).map(move |number| (number, PART.min(size - PART * u64::from(number - 1))))
}

pub(crate) async fn begin(
    client: &Client,
    bucket: &Bucket,
    key: &ObjectKey,
    content_type: &str,
) -> Result<UnderWay, Problem> {
    let request = client.create_multipart_upload().bucket(bucket.as_str()).key(key.as_str()).content_type(content_type);
    let created = request.send().await.map_err(|error| failed("CreateMultipartUpload", &error))?;
    Ok(UnderWay { key: key.to_string(), upload: created.upload_id.unwrap_or_default() })
}

/// What is under way below this folder: at most one.
pub(crate) async fn find(client: &Client, bucket: &Bucket, folder: &str) -> Result<Option<UnderWay>, Problem> {
    let request = client.list_multipart_uploads().bucket(bucket.as_str()).prefix(folder).max_uploads(1);
    let listed = request.send().await.map_err(|error| failed("ListMultipartUploads", &error))?;
    Ok(listed.uploads.unwrap_or_default().into_iter().find_map(|found| {
        let (key, upload) = (found.key?, found.upload_id?);
        key.starts_with(folder).then_some(UnderWay { key, upload })
    }))
}

/// The parts that have arrived, by number.
pub(crate) async fn arrived(
    client: &Client,
    bucket: &Bucket,
    UnderWay { key, upload }: &UnderWay,
) -> Result<BTreeMap<u32, Part>, Problem> {
    let request = client.list_parts().bucket(bucket.as_str()).key(key).upload_id(upload);
    let (mut pages, mut all) = (request.into_paginator().send(), BTreeMap::new());
    while let Some(page) = pages.next().await {
        for part in page.map_err(|error| failed("ListParts", &error))?.parts.unwrap_or_default() {
            if let Some(number) = part.part_number().and_then(|number| u32::try_from(number).ok()) {
                all.insert(number, part);
            }
        }
    }
    Ok(all)
}

/// Whether a part is the one that the plan has there.
pub(crate) fn is_whole(part: Option<&Part>, size: u64) -> bool {
    part.and_then(Part::size).and_then(|there| u64::try_from(there).ok()) == Some(size)
}

pub(crate) async fn complete(
    client: &Client,
    bucket: &Bucket,
    UnderWay { key, upload }: &UnderWay,
    parts: BTreeMap<u32, Part>,
) -> Result<(), Problem> {
    let parts = parts
        .into_values()
        .map(|part| CompletedPart::builder().set_part_number(part.part_number).set_e_tag(part.e_tag).build());
    let all = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
    let request = client.complete_multipart_upload().bucket(bucket.as_str()).key(key).upload_id(upload);
    request.multipart_upload(all).send().await.map_err(|error| failed("CompleteMultipartUpload", &error))?;
    Ok(())
}

pub(crate) async fn abort(
    client: &Client,
    bucket: &Bucket,
    UnderWay { key, upload }: &UnderWay,
) -> Result<(), Problem> {
    let request = client.abort_multipart_upload().bucket(bucket.as_str()).key(key).upload_id(upload);
    match request.send().await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("NoSuchUpload") => Ok(()),
        Err(error) => Err(failed("AbortMultipartUpload", &error)),
    }
}

/// What the store says is for the log.
pub(crate) fn failed<E>(operation: &str, error: &SdkError<E>) -> Problem
where
    E: std::error::Error + ProvideErrorMetadata + fmt::Debug + 'static,
{
    tracing::error!(operation, error = %DisplayErrorContext(error), "the store");
    Problem::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_plan_are_the_whole_file() {
        for size in [1, PART - 1, PART, PART + 1, 5 * PART, 200 << 20, LARGEST] {
            let parts: Vec<_> = plan(size).collect();
            assert_eq!(parts.iter().map(|(_, size)| size).sum::<u64>(), size);
            assert!(parts.iter().zip(1..).all(|((number, _), expected)| *number == expected));
            let (last, others) = parts.split_last().unwrap();
            assert!(last.1 > 0 && others.iter().all(|(_, size)| *size == PART), "{size}");
        }
    }
}
