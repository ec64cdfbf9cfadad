//! What is refused before memory is spent on it.
//!
//! A guest has 4 GiB of address space and its host usually grants much less: the host's limit is the one that protects
//! the host. These limits protect the guest's answer: `over-limit` with figures, instead of a trap.

use crate::Error;

/// Bytes of decoded pixels.
pub(crate) const DECODED_BYTES: u64 = 1 << 30;

/// Bytes that a decoder or an encoder may need besides its input, by its own estimate.
pub(crate) const WORKING_BYTES: u64 = 3 << 30;

/// Bytes of one piece of metadata: a colour profile, EXIF, XMP.
pub(crate) const METADATA_BYTES: usize = 4 << 20;

/// Scans of a progressive JPEG. Real files have about 10; each one costs a pass over the whole image, and a file of a few
/// hundred kilobytes can hold ten thousand of them. libjpeg-turbo's own fuzzers draw the line here too.
pub(crate) const JPEG_SCANS: usize = 500;

/// Pixels of all frames of an animation: two thousand of a megapixel. How long they may take is for the host's deadline to say.
pub(crate) const ANIMATED_PIXELS: u64 = 1 << 31;

/// Pixels of a side of a JPEG: libjpeg's `JPEG_MAX_DIMENSION`.
pub(crate) const JPEG_SIDE: u32 = 65_500;

/// Refuses an image whose pixels would not fit.
pub(crate) fn check_decoded(width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), Error> {
    match (u64::from(width) * u64::from(height)).checked_mul(bytes_per_pixel) {
        Some(bytes) if bytes <= DECODED_BYTES => Ok(()),
        _ => Err(Error::OverLimit(format!(
            "{width} × {height} pixels of {bytes_per_pixel} bytes exceed {} MiB",
            DECODED_BYTES >> 20
        ))),
    }
}

/// Refuses an animation that would take too long, however small its file is.
pub(crate) fn check_animation(frames: u32, pixels: u64) -> Result<(), Error> {
    if pixels <= ANIMATED_PIXELS {
        return Ok(());
    }
    Err(Error::OverLimit(format!(
        "{frames} frames of {} megapixels together, {} are the limit",
        pixels / 1_000_000,
        ANIMATED_PIXELS / 1_000_000
    )))
}

/// Refuses a piece of metadata that nobody needs to be so long.
pub(crate) fn check_metadata(what: &str, bytes: usize) -> Result<(), Error> {
    if bytes <= METADATA_BYTES {
        return Ok(());
    }
    Err(Error::OverLimit(format!("{what} of {bytes} bytes, {} MiB are the limit", METADATA_BYTES >> 20)))
}

/// Refuses work whose memory would not fit.
pub(crate) fn check_working(what: &str, bytes: u64) -> Result<(), Error> {
    if bytes <= WORKING_BYTES {
        return Ok(());
    }
    Err(Error::OverLimit(format!("{what} would take {} MiB, {} MiB are the limit", bytes >> 20, WORKING_BYTES >> 20)))
}
