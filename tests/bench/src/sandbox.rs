//! What a call costs apart from the codec's own work.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use sandpress_catalog::Catalog;
use sandpress_sandbox::{Codec, Engine, Limits, MediaType, Rendition};

use crate::{
    photos::Photos,
    statistics::{Spread, line, millis, time},
};

/// The native code that the build has made of an encoder.
pub(crate) fn codec(folder: &str, media_type: &MediaType) -> Result<Codec> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").join(folder);
    let catalog = Catalog::open(&Engine::new()?, &folder).context("run `make bench`, which builds it")?;
    Ok(catalog.serving(media_type).context("no such encoder")?.codec.clone())
}

pub(crate) fn overhead(photos: &Photos) -> Result<()> {
    println!("The sandbox's overhead");
    let codec_under_test = codec("native", &MediaType::JPEG)?;
    let limits = Limits::default();

    let mut starts = Vec::new();
    for _ in 0..300 {
        starts.push(codec_under_test.describe(&limits)?.usage.start);
    }
    let start = Spread::of(starts);
    line("store and instance", start, "promise: under 1 ms");
    let call = Spread::measure(300, || time(|| codec_under_test.describe(&limits)).0);
    line("a whole call that does nothing (describe)", call, "");

    let copy_in = copy_in(&codec_under_test, &limits)?;
    line("copy in, for each megabyte", millis(copy_in), "promise: under 1 ms");
    let copy_out = copy_out()?;
    line("copy out, for each megabyte", millis(copy_out), "promise: under 1 ms");

    let photo = &photos.twelve_megapixels;
    let mut made = 0;
    let job = Spread::measure(5, || {
        let (took, result) = time(|| codec_under_test.compress(photo, &[Rendition::new(MediaType::JPEG)], &limits));
        made = result.map_or(0, |made| made.outputs.iter().map(|output| output.bytes.len()).sum());
        took
    });
    line("12 MP JPEG to JPEG, whole job", job, "");
    let overhead = call.median + copy_in.mul_f64(megabytes(photo.len())) + copy_out.mul_f64(megabytes(made));
    let part = overhead.as_secs_f64() / job.median.as_secs_f64();
    line("overhead of that job", format!("{} = {:.2} %", millis(overhead), part * 100.0), "promise: under 5 %");
    println!();
    Ok(())
}

/// Bytes that are no image are looked at once, at their beginning: what a probe of many costs more than one of few is the copy.
fn copy_in(codec: &Codec, limits: &Limits) -> Result<Duration> {
    let many = vec![b'x'; 32 << 20];
    let probe = |bytes: &[u8]| Spread::measure(15, || time(|| codec.probe(bytes, limits)).0).median;
    let (few, all) = (probe(b"x"), probe(&many));
    Ok(all.saturating_sub(few).div_f64(megabytes(many.len())))
}

/// The misbehaving guest returns a PNG with 300 MiB of zeros behind it, or makes that and keeps the zeros back.
fn copy_out() -> Result<Duration> {
    const MUCH: usize = 300 << 20;
    let codec = codec("misbehaving/native", &MediaType::PNG)?;
    let limits = Limits::default().output(2 * MUCH as u64);
    let rendition = [Rendition::new(MediaType::PNG)];
    let made = codec.compress(b"too much", &rendition, &limits)?;
    ensure!(made.outputs.iter().all(|output| output.bytes.len() >= MUCH), "the guest returns less than it should");
    let took = |task: &[u8]| Spread::measure(7, || time(|| codec.compress(task, &rendition, &limits)).0).median;
    Ok(took(b"too much").saturating_sub(took(b"too much, kept back")).div_f64(megabytes(MUCH)))
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
