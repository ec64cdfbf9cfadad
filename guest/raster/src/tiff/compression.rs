//! The bytes of a strip or tile.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress};
use weezl::BitOrder;

use crate::Error;
use crate::error::{malformed, unsupported};

/// How strips and tiles are compressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
}

impl Compression {
    pub(super) fn new(number: u32) -> Result<Self, Error> {
        match number {
            1 => Ok(Self::None),
            5 => Ok(Self::Lzw),
            8 | 32_946 => Ok(Self::Deflate),
            32_773 => Ok(Self::PackBits),
            2..=4 => Err(unsupported("TIFF: the coding of fax machines")),
            6 | 7 => Err(unsupported("TIFF: JPEG inside")),
            other => Err(unsupported(format!("TIFF: compression {other}"))),
        }
    }

    /// The most bytes that come of one.
    pub(super) fn most(self) -> u64 {
        match self {
            Self::None => 1,
            // 12 bits for a string of 4096 bytes.
            Self::Lzw => 2731,
            // 2 bits for 258 bytes (RFC 1951).
            Self::Deflate => 1032,
            // 2 bytes for 128.
            Self::PackBits => 64,
        }
    }

    /// The first `len` bytes of what was compressed; what follows is padding.
    pub(super) fn unpack(self, data: &[u8], len: usize) -> Result<Cow<'_, [u8]>, Error> {
        let unpacked = match self {
            Self::None => data.get(..len).map(Cow::Borrowed),
            Self::Lzw => lzw(data, len)?.map(Cow::Owned),
            Self::Deflate => deflate(data, len)?.map(Cow::Owned),
            Self::PackBits => pack_bits(data, len).map(Cow::Owned),
        };
        unpacked.ok_or_else(|| malformed("TIFF: the image data are cut"))
    }
}

fn lzw(data: &[u8], len: usize) -> Result<Option<Vec<u8>>, Error> {
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
    let mut out = vec![0; len];
    let (mut read, mut filled) = (0, 0);
    while filled < len {
        let step = decoder.decode_bytes(data.get(read..).unwrap_or_default(), &mut out[filled..]);
        step.status.map_err(|error| malformed(format!("TIFF: {error}")))?;
        if step.consumed_in + step.consumed_out == 0 {
            return Ok(None);
        }
        read += step.consumed_in;
        filled += step.consumed_out;
    }
    Ok(Some(out))
}

fn deflate(data: &[u8], len: usize) -> Result<Option<Vec<u8>>, Error> {
    let mut out = vec![0; len];
    let mut stream = Decompress::new(true);
    let result = stream.decompress(data, &mut out, FlushDecompress::Finish);
    result.map_err(|error| malformed(format!("TIFF: {error}")))?;
    Ok((stream.total_out() == len as u64).then_some(out))
}

fn pack_bits(mut data: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(len);
    while out.len() < len {
        let (&control, rest) = data.split_first()?;
        data = rest;
        match control.cast_signed() {
            // Nothing.
            -128 => {}
            repeat @ ..0 => {
                let (&byte, rest) = data.split_first()?;
                out.resize(out.len() + 1 + usize::from(repeat.unsigned_abs()), byte);
                data = rest;
            }
            _ => {
                let (bytes, rest) = data.split_at_checked(usize::from(control) + 1)?;
                out.extend_from_slice(bytes);
                data = rest;
            }
        }
    }
    out.truncate(len);
    Some(out)
}
