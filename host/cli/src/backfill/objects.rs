//! What a backfill goes through.

use std::{
    fmt,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    str::FromStr,
};

use anyhow::{Context as _, Result, bail};
use flate2::bufread::MultiGzDecoder;
use futures_util::{
    StreamExt as _,
    stream::{self, LocalBoxStream},
};
use indicatif::ProgressBar;
use sandpress_pipeline::{
    Bucket, Policy, Store,
    backfill::{BackfillError, Candidate, Progress, manifest},
};

use super::Arguments;
use crate::Usage;

/// A bucket, or the part of it below a prefix.
#[derive(Clone)]
pub(crate) struct Bucketful {
    pub(crate) bucket: Bucket,
    pub(crate) prefix: String,
}

impl FromStr for Bucketful {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let path = url.strip_prefix("s3://").ok_or("write s3://BUCKET/PREFIX")?;
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        let bucket = Bucket::new(bucket).map_err(|error| error.to_string())?;
        Ok(Self { bucket, prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Bucketful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// The objects after those that have been dealt with.
pub(super) fn candidates(
    arguments: &Arguments,
    policy: &Policy,
    store: &Store,
    from: &Progress,
    progress: &ProgressBar,
) -> Result<LocalBoxStream<'static, Result<Candidate, BackfillError>>> {
    if let Some(path) = &arguments.manifest {
        let lines = open(path, progress).with_context(|| format!("{}: cannot be read", path.display()))?;
        let objects = manifest::candidates(lines, from).map(|object| object.map_err(Into::into));
        return Ok(stream::iter(objects).boxed_local());
    }
    let Some(source) = &arguments.source else {
        bail!(Usage("name what to go through: s3://BUCKET/PREFIX".to_owned()))
    };
    let wanted = &policy.source;
    // Of two prefixes of which one begins with the other, the longer one is what both have in common.
    let prefix = [&source.prefix, &wanted.prefix].into_iter().max_by_key(|prefix| prefix.len());
    let prefix = prefix.filter(|prefix| prefix.starts_with(&source.prefix) && prefix.starts_with(&wanted.prefix));
    let Some(prefix) = prefix.filter(|_| source.bucket == wanted.bucket) else {
        bail!(Usage(format!(
            "the policy wants nothing of {source}: it is about uploads to s3://{}/{}",
            wanted.bucket, wanted.prefix
        )));
    };
    Ok(store.candidates(&source.bucket, prefix, from.last.as_ref().map(|last| &last.key)).boxed_local())
}

/// A manifest as it is, or decompressed: what it is, its first bytes say.
fn open(path: &Path, progress: &ProgressBar) -> Result<Box<dyn BufRead>> {
    let mut file = BufReader::new(progress.wrap_read(File::open(path)?));
    // Large inventories are written in several members.
    let is_compressed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_compressed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}
