//! Files made of boxes (ISO/IEC 14496-12, section 4.2): an AVIF and a HEIC are, and a JPEG XL may be.

use crate::Error;
use crate::error::malformed;

/// Size and kind.
const HEADER_LEN: u64 = 8;

/// Why something cannot be read.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// The bytes end before it does; this many would be enough to go on.
    NeedMore(u64),
    /// The file breaks the rules: which.
    Damaged(&'static str),
}

/// A box: its kind, and where its data are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) kind: [u8; 4],
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// Walks over the boxes of a file, or of its beginning, or of another box.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    head: &'a [u8],
    at: u64,
    end: u64,
    /// Whether the last one may leave its size out: in a file it may, in a box it may not.
    is_file: bool,
}

impl<'a> Parts<'a> {
    /// The boxes of a file whose end is not known.
    pub(crate) fn of_beginning(head: &'a [u8]) -> Self {
        Self { head, at: 0, end: u64::MAX, is_file: true }
    }

    /// The boxes of a file that is all there.
    pub(crate) fn of_file(file: &'a [u8]) -> Self {
        Self { head: file, at: 0, end: file.len() as u64, is_file: true }
    }

    /// The boxes in the data of another box.
    pub(crate) fn of(data: &'a [u8]) -> Self {
        Self { head: data, at: 0, end: data.len() as u64, is_file: false }
    }

    /// The next box, of which no more than its header needs to be there; nothing behind the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, Stop> {
        if self.at >= self.end {
            return Ok(None);
        }
        let (size, kind) = (self.array(self.at)?, self.array(self.at + 4)?);
        let mut start = self.at + HEADER_LEN;
        let end = match u32::from_be_bytes(size) {
            0 if !self.is_file => return Err(Stop::Damaged("a box in a box is without a size")),
            // All that is left of the file.
            0 => self.end,
            1 => {
                let size = u64::from_be_bytes(self.array(start)?);
                start += 8;
                self.at.checked_add(size).ok_or(Stop::Damaged("a box without end"))?
            }
            size => self.at + u64::from(size),
        };
        // Less than 2⁶³, so nothing that is added to it overflows.
        if end < start || (end > self.end || end > i64::MAX.unsigned_abs()) && end != u64::MAX {
            return Err(Stop::Damaged("a box is longer than what it is in"));
        }
        self.at = end;
        Ok(Some(Part { kind, start, end }))
    }

    /// How many bytes there are from the next box on.
    pub(crate) fn left(&self) -> u64 {
        (self.head.len() as u64).saturating_sub(self.at)
    }

    /// The data of a box.
    pub(crate) fn data(&self, part: Part) -> Result<&'a [u8], Stop> {
        slice(self.head, part.start, part.end)
    }

    fn array<const N: usize>(&self, start: u64) -> Result<[u8; N], Stop> {
        let end = start + N as u64;
        if end > self.end {
            return Err(Stop::Damaged("a box is cut"));
        }
        slice(self.head, start, end)?.first_chunk().copied().ok_or(Stop::NeedMore(end))
    }
}

/// Bytes of a file, if it has them.
pub(crate) fn slice(head: &[u8], start: u64, end: u64) -> Result<&[u8], Stop> {
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    range.and_then(|(start, end)| head.get(start..end)).ok_or(Stop::NeedMore(end))
}

/// Reads the fields of a box, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Stop::Damaged("a box is too short"))?;
        self.0 = rest;
        Ok(*array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Stop> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    /// A number of as many bytes.
    pub(crate) fn number(&mut self, bytes: u8) -> Result<u64, Stop> {
        match bytes {
            0 => Ok(0),
            4 => self.u32().map(u64::from),
            8 => self.array().map(u64::from_be_bytes),
            _ => Err(Stop::Damaged("a number of an odd size")),
        }
    }

    /// A number of 16 or 32 bits.
    pub(crate) fn short_or_long(&mut self, is_long: bool) -> Result<u32, Stop> {
        if is_long { self.u32() } else { self.u16().map(u32::from) }
    }

    /// What stands before the fields of many boxes: a version, and 24 flags.
    pub(crate) fn version(&mut self) -> Result<(u8, u32), Stop> {
        let [version, a, b, c] = self.array()?;
        Ok((version, u32::from_be_bytes([0, a, b, c])))
    }

    /// A text that ends with a zero, without it.
    pub(crate) fn text(&mut self) -> Result<&'a [u8], Stop> {
        let len = memchr::memchr(0, self.0).ok_or(Stop::Damaged("a text without end"))?;
        let text = &self.0[..len];
        self.0 = &self.0[len + 1..];
        Ok(text)
    }
}

/// The EXIF in an item or a box, from its TIFF header on: before it stands where that is, counted from there. Some writers do not know.
pub(crate) fn exif(data: &[u8]) -> Option<&[u8]> {
    if data.starts_with(b"MM\0*") || data.starts_with(b"II*\0") {
        return Some(data);
    }
    let (start, data) = data.split_first_chunk()?;
    data.get(u32::from_be_bytes(*start) as usize..)
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("the file is truncated"),
            Stop::Damaged(what) => malformed(what),
        }
    }
}
