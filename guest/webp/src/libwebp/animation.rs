//! Animations: libwebp's own encoder decides which part of a frame is stored, and how it comes onto the one before.

use std::ffi::c_int;
use std::ptr::{self, NonNull};
use std::slice;

use libwebp_sys::{
    WEBP_MUX_ABI_VERSION, WebPAnimEncoder, WebPAnimEncoderAdd, WebPAnimEncoderAssemble, WebPAnimEncoderDelete,
    WebPAnimEncoderNewInternal, WebPAnimEncoderOptions, WebPAnimEncoderOptionsInitInternal, WebPData, WebPFree,
};
use sandpress_raster::Error;

use super::{Config, Picture, error};

/// An animation in the making. libwebp keeps three canvases of it, and of the frames what they were compressed to.
///
/// There are no key frames but the first, as libwebp has it by default: each costs bytes, and players go through all frames anyway.
pub(crate) struct Animation {
    encoder: NonNull<WebPAnimEncoder>,
    width: u32,
    height: u32,
    /// Where the next frame begins: milliseconds, and once these are too many for 32 bits, what is left of them, as libwebp allows.
    time: u32,
}

impl Animation {
    /// An animation of no frames yet, played without end where `plays` is 0.
    pub(crate) fn new(width: u32, height: u32, plays: u16) -> Result<Self, Error> {
        let version = || Error::Internal("libwebp is of another version than its bindings".into());
        let abi = c_int::try_from(WEBP_MUX_ABI_VERSION).map_err(|_| version())?;
        let side = |side| c_int::try_from(side).map_err(|_| Error::Internal("a side is too long for libwebp".into()));
        let (c_width, c_height) = (side(width)?, side(height)?);
        let mut options = std::mem::MaybeUninit::<WebPAnimEncoderOptions>::zeroed();
        // SAFETY: libwebp fills the options in, and zeros are options as well.
        let (done, mut options) =
            unsafe { (WebPAnimEncoderOptionsInitInternal(options.as_mut_ptr(), abi), options.assume_init()) };
        if done == 0 {
            return Err(version());
        }
        options.anim_params.loop_count = plays.into();
        // Transparent. Players ignore it, and those that do not show the page.
        options.anim_params.bgcolor = 0;
        // SAFETY: the options are initialised, and libwebp copies them.
        let encoder = unsafe { WebPAnimEncoderNewInternal(c_width, c_height, &options, abi) };
        let encoder = NonNull::new(encoder);
        let encoder = encoder.ok_or_else(|| Error::OverLimit("the canvas takes more memory than there is".into()))?;
        Ok(Self { encoder, width, height, time: 0 })
    }

    /// Adds a frame of red, green, blue and opacity, seen for so many milliseconds, fewer than 2²⁴.
    pub(crate) fn add(&mut self, samples: &[u8], duration: u32, config: &Config) -> Result<(), Error> {
        let mut picture = Picture::import::<4>(samples, self.width, self.height, 1)?;
        // SAFETY: encoder, picture and configuration are initialised. libwebp refers to the picture during this call only.
        let added =
            unsafe { WebPAnimEncoderAdd(self.encoder.as_ptr(), &mut picture.0, self.time.cast_signed(), config) };
        if added == 0 {
            return Err(error(picture.0.error_code));
        }
        self.time = self.time.wrapping_add(duration);
        Ok(())
    }

    /// The whole file: a still picture, where all frames were the same.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        let failed = || Error::Internal("libwebp cannot put the animation together".into());
        let encoder = self.encoder.as_ptr();
        // SAFETY: the encoder is initialised. No picture and no configuration mean that the last frame ends.
        if unsafe { WebPAnimEncoderAdd(encoder, ptr::null_mut(), self.time.cast_signed(), ptr::null()) } == 0 {
            return Err(failed());
        }
        let mut data = Data(WebPData { bytes: ptr::null(), size: 0 });
        // SAFETY: the encoder is initialised, and libwebp fills the data in.
        if unsafe { WebPAnimEncoderAssemble(encoder, &mut data.0) } == 0 || data.0.bytes.is_null() {
            return Err(failed());
        }
        // SAFETY: libwebp has said where so many bytes are, which are there until `data` is dropped.
        Ok(unsafe { slice::from_raw_parts(data.0.bytes, data.0.size) }.to_vec())
    }
}

impl Drop for Animation {
    fn drop(&mut self) {
        // SAFETY: the encoder is initialised, and used by nobody afterwards.
        unsafe { WebPAnimEncoderDelete(self.encoder.as_ptr()) }
    }
}

/// Bytes that libwebp has allocated.
struct Data(WebPData);

impl Drop for Data {
    fn drop(&mut self) {
        // SAFETY: what libwebp has allocated, or nothing, freed nowhere else.
        unsafe { WebPFree(self.0.bytes.cast_mut().cast()) }
    }
}
