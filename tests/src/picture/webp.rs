//! WebP by libwebp's decoder, which is the reference: encoders contain its encoder only, and read WebP with another library.

use std::{mem::MaybeUninit, ptr, slice};

use libwebp_sys::{
    WebPAnimDecoderDelete, WebPAnimDecoderGetInfo, WebPAnimDecoderGetNext, WebPAnimDecoderNew, WebPAnimInfo, WebPData,
    WebPDecodeRGBA, WebPFree,
};

/// Width, height, and red, green, blue and opacity of each pixel; nothing if it is no WebP. Of an animation every frame is decoded, and
/// the last one is the picture.
pub(super) fn decode(file: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let (mut width, mut height) = (0, 0);
    // SAFETY: as many bytes as are said can be read, and both sides can be written.
    let samples = unsafe { WebPDecodeRGBA(file.as_ptr(), file.len(), &mut width, &mut height) };
    if samples.is_null() {
        return decode_animation(file);
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

fn decode_animation(file: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let data = WebPData { bytes: file.as_ptr(), size: file.len() };
    // SAFETY: as many bytes as are said can be read until the decoder is deleted. Without options it has its defaults.
    let decoder = unsafe { WebPAnimDecoderNew(&data, ptr::null()) };
    if decoder.is_null() {
        return None;
    }
    let mut info = MaybeUninit::<WebPAnimInfo>::zeroed();
    let mut last = None;
    // SAFETY: the decoder is one, zeros are an info, and what a frame is decoded to are four bytes for each pixel of the canvas, which
    // are there until the next frame is asked for.
    unsafe {
        let known = WebPAnimDecoderGetInfo(decoder, info.as_mut_ptr()) != 0;
        let info = info.assume_init();
        let (width, height) = (info.canvas_width, info.canvas_height);
        for frame in 0..if known { info.frame_count } else { 0 } {
            let (mut samples, mut time) = (ptr::null_mut(), 0);
            if WebPAnimDecoderGetNext(decoder, &mut samples, &mut time) == 0 {
                last = None;
                break;
            }
            if frame + 1 == info.frame_count {
                let samples = slice::from_raw_parts(samples, 4 * width as usize * height as usize);
                last = Some((width, height, samples.to_vec()));
            }
        }
        WebPAnimDecoderDelete(decoder);
    }
    last
}
