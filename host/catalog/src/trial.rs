//! A release is tried once before anything is given to it.

use std::time::Duration;

use sandpress_sandbox::{Codec, Limits, MediaType, Rendition};

use crate::Release;

/// What a picture of 8 × 8 pixels may take: far more than it needs.
const MEMORY: u64 = 256 << 20;
const TIME: Duration = Duration::from_secs(10);

/// Pictures of 8 × 8 pixels.
const TINY: [(MediaType, &[u8]); 2] =
    [(MediaType::PNG, include_bytes!("trial/tiny.png")), (MediaType::JPEG, include_bytes!("trial/tiny.jpg"))];

/// Whether a codec is what its release says, and makes a tiny picture of each kind that it is to make; else, what is wrong.
pub(crate) fn attempt(codec: &Codec, release: &Release) -> Result<(), String> {
    let limits = Limits::default().memory(MEMORY).time(TIME);
    let descriptor = codec.describe(&limits).map_err(|error| error.to_string())?.descriptor;
    if (&descriptor.name, &descriptor.version) != (&release.name, &release.version) {
        return Err(format!("it says that it is {} {}", descriptor.name, descriptor.version));
    }
    if let Some(missing) = release.produces.iter().find(|media_type| !descriptor.produces.contains(media_type)) {
        return Err(format!("it says nothing of {missing}"));
    }
    // Who reads neither has described itself, and that is all that can be asked of it here.
    let Some((_, tiny)) = TINY.iter().find(|(media_type, _)| descriptor.accepts.contains(media_type)) else {
        return Ok(());
    };
    for media_type in &release.produces {
        codec
            .compress(tiny, &[Rendition::new(media_type.clone())], &limits)
            .map_err(|error| format!("it makes no {media_type} of a picture of 8 × 8 pixels: {error}"))?;
    }
    Ok(())
}
