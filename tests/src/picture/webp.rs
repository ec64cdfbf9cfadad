//! WebP by libwebp's decoder, which is the reference: encoders contain its encoder only, and read WebP with another library.

use std::slice;

use libwebp_sys::{WebPDecodeRGBA, WebPFree};

/// Width, height, and red, green, blue and opacity of each pixel; nothing if it is no WebP.
pub(super) fn decode(file: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let (mut width, mut height) = (0, 0);
    // SAFETY: as many bytes as are said can be read, and both sides can be written.
    let samples = unsafe { WebPDecodeRGBA(file.as_ptr(), file.len(), &mut width, &mut height) };
    if samples.is_null() {
        return None;
    }
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    // SAFETY: libwebp returns four bytes for each pixel, and whoever has them frees them, once.
    let copy = unsafe {
        let copy = slice::from_raw_parts(samples, 4 * width as usize * height as usize).to_vec();
        WebPFree(samples.cast());
        copy
    };
    Some((width, height, copy))
}
