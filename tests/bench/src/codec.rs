//! The same encoder inside the sandbox and outside of it.

use anyhow::{Result, anyhow, ensure};
use sandpress_jpeg::Jpeg;
use sandpress_raster::{Encoder, Metadata, RequestedQuality};
use sandpress_sandbox::{Limits, MediaType, Quality, Rendition};
use sandpress_webp::Webp;

use crate::{
    photos::Photos,
    sandbox,
    statistics::{Spread, line, time},
};

const RUNS: usize = 15;

pub(crate) fn inside_and_outside(photos: &Photos) -> Result<()> {
    each::<Jpeg>(photos, &MediaType::JPEG, "promise: at most 1.5")?;
    each::<Webp>(photos, &MediaType::WEBP, "")
}

fn each<E: Encoder>(photos: &Photos, media_type: &MediaType, promise: &str) -> Result<()> {
    println!("JPEG to {media_type}, 2 MP, quality 80: the same code inside of the sandbox and native");
    let photo = &photos.two_megapixels;
    let codec = sandbox::codec("native", media_type)?;
    let rendition = Rendition::new(media_type.clone()).quality(Quality::Level(80.0));
    let inside = || codec.compress(photo, std::slice::from_ref(&rendition), &Limits::default());
    let native = sandpress_raster::Rendition {
        media_type: media_type.as_str().to_owned(),
        quality: RequestedQuality::Level(80.0),
        resize: None,
        max_bytes: None,
        metadata: Metadata::Strip,
        settings: Vec::new(),
    };
    let outside = || sandpress_raster::compress::<E>(photo.clone(), std::slice::from_ref(&native));

    let made = inside()?;
    let native_made = outside().map_err(|error| anyhow!("native: {error:?}"))?;
    let same = made.outputs.iter().map(|output| &output.bytes).eq(native_made.iter().map(|output| &output.bytes));
    ensure!(same, "other bytes inside than native: not the same work");

    let (mut insides, mut outsides) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        insides.push(time(inside).0);
        outsides.push(time(outside).0);
    }
    let (inside, outside) = (Spread::of(insides), Spread::of(outsides));
    line("inside", inside, "");
    line("native", outside, "");
    let ratio = inside.median.as_secs_f64() / outside.median.as_secs_f64();
    line("inside / native", format!("{ratio:.2}"), promise);
    line("peak memory inside", format!("{} MiB", made.usage.peak_memory >> 20), "");
    println!();
    Ok(())
}
