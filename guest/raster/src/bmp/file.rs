//! A BMP file, taken apart and judged before any of its pixels is read.

use super::header::{Coding, Header, Stop};
use crate::Error;
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::limits;

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) header: Header,
    pub(super) channels: Channels,
    /// Blue, green and red, sometimes a fourth byte.
    pub(super) palette: &'a [u8],
    /// The rows, or the runs and whatever follows them.
    pub(super) data: &'a [u8],
    pub(super) icc: Option<&'a [u8]>,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        let truncated = || malformed("BMP: the file is truncated");
        let part = |at: usize, len: usize| input.get(at..at.checked_add(len)?);
        let data = input.get(header.data_at..).ok_or_else(truncated)?;
        let palette_len = header.palette_len * header.bytes_per_colour;
        let icc = header.icc.map(|(at, len)| {
            limits::check_metadata("a colour profile", len)?;
            part(at, len).ok_or_else(truncated)
        });
        let file = Self {
            channels: if header.has_alpha() { Channels::Rgba } else { Channels::Rgb },
            palette: part(header.palette_at, palette_len).ok_or_else(truncated)?,
            data: &data[..file_rows(&header, data.len())?],
            icc: icc.transpose()?,
            header,
        };
        limits::check_decoded(header.width, header.height, file.channels.count() as u64)?;
        Ok(file)
    }

    /// Bytes of a stored row, where rows are stored.
    pub(super) fn row_len(&self) -> usize {
        usize::try_from(row_len(&self.header)).unwrap_or(usize::MAX)
    }
}

/// How many of the bytes that follow the header are the picture's. Refuses what claims to be larger than they can be.
fn file_rows(header: &Header, len: usize) -> Result<usize, Error> {
    let (width, height) = (header.width, header.height);
    if width == 0 || height == 0 {
        return Err(malformed(format!("BMP: {width} × {height} pixels")));
    }
    let needed = match header.coding {
        Coding::Runs(_) if header.is_top_down => return Err(malformed("BMP: runs from top to bottom")),
        // Two bytes make 255 pixels at most.
        Coding::Runs(_) => (u64::from(width) * u64::from(height)).div_ceil(255) * 2,
        _ => row_len(header) * u64::from(height),
    };
    match usize::try_from(needed) {
        Ok(needed) if needed <= len => Ok(if matches!(header.coding, Coding::Runs(_)) { len } else { needed }),
        _ => Err(malformed(format!("BMP: {width} × {height} pixels need {needed} bytes of data, the file has {len}"))),
    }
}

/// Rows end at a multiple of four bytes.
fn row_len(header: &Header) -> u64 {
    let bits = match header.coding {
        Coding::Palette(bits) | Coding::Runs(bits) | Coding::Fields(bits, _) => bits,
        Coding::Bytes => 24,
    };
    (u64::from(header.width) * u64::from(bits)).div_ceil(32) * 4
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("BMP: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("BMP: {what}")),
            Stop::Unsupported(what) => unsupported(format!("BMP: {what}")),
        }
    }
}
