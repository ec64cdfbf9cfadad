//! One picture coded by libaom.
//!
//! This is the one module with `unsafe`. What stands behind it is two hundred files of C, which no argument here makes safe: that is
//! what the sandbox is for. What is argued here is that `still.c`, which asks libaom, gets what it says.

use std::ffi::{c_int, c_void};
use std::{ptr, slice};

// What C allocates with.
#[cfg(target_arch = "wasm32")]
use sandpress_libc as _;
use sandpress_raster::{Error, Subsampling};

use crate::planes::Planes;

/// What libaom is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) subsampling: Subsampling,
    /// 0 (lossless) to 63.
    pub(crate) quantiser: u8,
    /// libaom's own: 0 (slow) to 9.
    pub(crate) speed: u8,
    /// Whether the colours are those of sRGB, and not of a profile.
    pub(crate) is_srgb: bool,
}

/// `struct request` of `still.c`.
#[repr(C)]
struct Still {
    planes: [*const c_void; 3],
    width: u32,
    height: u32,
    bits: u32,
    is_halved: u32,
    is_srgb: u32,
    quantiser: u32,
    speed: u32,
}

/// `AOM_CODEC_MEM_ERROR`.
const OUT_OF_MEMORY: c_int = 2;

unsafe extern "C" {
    fn sandpress_still(
        still: *const Still,
        append: unsafe extern "C" fn(*mut c_void, *const u8, usize),
        to: *mut c_void,
    ) -> c_int;
}

/// Codes one plane as grey, three as colours.
///
/// # Errors
///
/// `over-limit` where there is not enough memory. In the sandbox much of libaom cannot say so and traps, of which the host makes the
/// same.
pub(crate) fn encode(planes: &Planes, request: Request) -> Result<Vec<u8>, Error> {
    let mut places = [ptr::null(); 3];
    let halved = request.subsampling == Subsampling::Halved;
    for (at, place) in places.iter_mut().enumerate().take(planes.count()) {
        let side = |side: u32| if at > 0 && halved { side.div_ceil(2) } else { side };
        let samples = u64::from(side(request.width)) * u64::from(side(request.height));
        let (start, len) = planes.plane(at);
        if samples != len as u64 {
            return Err(Error::Internal(format!("{len} samples of plane {at} where {samples} are")));
        }
        *place = start;
    }
    let still = Still {
        planes: places,
        width: request.width,
        height: request.height,
        bits: planes.bits().into(),
        is_halved: halved.into(),
        is_srgb: request.is_srgb.into(),
        quantiser: request.quantiser.into(),
        speed: request.speed.into(),
    };
    let mut data: Vec<u8> = Vec::new();
    // SAFETY: of each plane that is not null as many samples can be read as sides and subsampling ask for: their number was just
    // checked, and their size is that of `bits`. `append` is called during this call only, and until it returns nobody but `append`
    // touches `data`.
    match unsafe { sandpress_still(&raw const still, append, (&raw mut data).cast()) } {
        0 => Ok(data),
        OUT_OF_MEMORY => Err(Error::OverLimit("the picture takes more memory than there is".into())),
        code => Err(Error::Internal(format!("libaom: error {code}"))),
    }
}

/// Takes bytes of the picture as libaom makes them.
unsafe extern "C" fn append(to: *mut c_void, bytes: *const u8, len: usize) {
    if len > 0 {
        // SAFETY: `still.c` calls this with bytes of libaom that can be read, and with the pointer that `encode` has handed it: to the
        // data of that same call, to which there is no other reference meanwhile.
        let (data, bytes) = unsafe { (&mut *to.cast::<Vec<u8>>(), slice::from_raw_parts(bytes, len)) };
        data.extend_from_slice(bytes);
    }
}
