//! libwebp, and the part of a C library that it needs in the sandbox.
//!
//! This is the one module with `unsafe`. What stands behind it is a hundred files of C, which no argument here makes safe: that is
//! what the sandbox is for. What is argued here is that libwebp gets what its documentation asks for.

mod animation;

use std::ffi::c_int;
use std::slice;

pub(crate) use animation::Animation;
pub(crate) use libwebp_sys::WebPConfig as Config;
use libwebp_sys::{
    WebPDecodeRGBA, WebPEncode, WebPEncodingError, WebPFree, WebPPicture, WebPPictureFree, WebPPictureImportRGB,
    WebPPictureImportRGBA,
};
// What C allocates with.
#[cfg(target_arch = "wasm32")]
use sandpress_libc as _;
use sandpress_raster::Error;

/// What libwebp does when it is told nothing.
pub(crate) fn default_config() -> Result<Config, Error> {
    Config::new().map_err(|()| Error::Internal("libwebp is of another version than its bindings".into()))
}

/// Makes a file of red, green and blue, with opacity where a pixel has `N` = 4 samples and without where it has 3.
pub(crate) fn encode<const N: usize>(
    samples: &[u8],
    width: u32,
    height: u32,
    config: &Config,
) -> Result<Vec<u8>, Error> {
    // Either is libwebp's own form for what it will make: so pixels are converted once.
    let mut picture = Picture::import::<N>(samples, width, height, config.lossless | config.use_sharp_yuv)?;
    let mut file: Vec<u8> = Vec::new();
    let c = &mut picture.0;
    c.writer = Some(append);
    c.custom_ptr = (&raw mut file).cast();
    // SAFETY: configuration and picture are initialised, and libwebp validates both. `append` is called during this call only, and
    // until it returns nobody but `append` touches `file`.
    if unsafe { WebPEncode(config, c) } == 0 {
        return Err(error(c.error_code));
    }
    Ok(file)
}

/// Whether libwebp's own decoder finds no fault with a file.
pub(crate) fn reads(file: &[u8]) -> bool {
    let (mut width, mut height) = (0, 0);
    // SAFETY: as many bytes as are said can be read, and both sides can be written. What libwebp returns, it or null, is freed once.
    unsafe {
        let samples = WebPDecodeRGBA(file.as_ptr(), file.len(), &raw mut width, &raw mut height);
        WebPFree(samples.cast());
        !samples.is_null()
    }
}

/// A picture that gives its memory back.
struct Picture(WebPPicture);

impl Picture {
    fn new() -> Result<Self, Error> {
        WebPPicture::new()
            .map(Self)
            .map_err(|()| Error::Internal("libwebp is of another version than its bindings".into()))
    }

    /// A copy of red, green, blue and perhaps opacity; as colours if `use_argb` is not 0, else as brightness and half as many colours.
    fn import<const N: usize>(samples: &[u8], width: u32, height: u32, use_argb: c_int) -> Result<Self, Error> {
        const { assert!(N == 3 || N == 4, "red, green, blue and perhaps opacity") };
        let bug = || Error::Internal(format!("{} samples for {width} × {height} pixels of {N}", samples.len()));
        if samples.len() as u64 != u64::from(width) * u64::from(height) * N as u64 {
            return Err(bug());
        }
        let mut picture = Self::new()?;
        let c = &mut picture.0;
        c.width = c_int::try_from(width).map_err(|_| bug())?;
        c.height = c_int::try_from(height).map_err(|_| bug())?;
        let stride = c_int::try_from(width as usize * N).map_err(|_| bug())?;
        c.use_argb = use_argb;
        // SAFETY: the picture is initialised, its sides are set, and as many bytes as they and the stride ask for can be read: their
        // number was just checked. libwebp copies them.
        let imported = unsafe {
            if N == 3 {
                WebPPictureImportRGB(c, samples.as_ptr(), stride)
            } else {
                WebPPictureImportRGBA(c, samples.as_ptr(), stride)
            }
        };
        if imported == 0 {
            return Err(error(c.error_code));
        }
        Ok(picture)
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the picture is initialised, and what libwebp has allocated for it is freed nowhere else.
        unsafe { WebPPictureFree(&mut self.0) }
    }
}

/// Takes bytes of the file as libwebp makes them.
unsafe extern "C" fn append(data: *const u8, len: usize, picture: *const WebPPicture) -> c_int {
    if len > 0 {
        // SAFETY: libwebp calls this with bytes of its own that can be read, and with the picture that `encode` has handed it. The
        // picture's pointer is to the file of that same call, to which there is no other reference meanwhile.
        let (file, bytes) =
            unsafe { (&mut *(*picture).custom_ptr.cast::<Vec<u8>>(), slice::from_raw_parts(data, len)) };
        file.extend_from_slice(bytes);
    }
    1
}

fn error(code: WebPEncodingError) -> Error {
    use WebPEncodingError as Code;
    match code {
        Code::VP8_ENC_ERROR_PARTITION0_OVERFLOW | Code::VP8_ENC_ERROR_PARTITION_OVERFLOW => {
            Error::OverLimit("a lossy WebP of this picture would be larger than the format allows".into())
        }
        Code::VP8_ENC_ERROR_OUT_OF_MEMORY | Code::VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY => {
            Error::OverLimit("the picture takes more memory than there is".into())
        }
        code => Error::Internal(format!("libwebp: {code:?}")),
    }
}
