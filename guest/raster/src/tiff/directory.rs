//! A TIFF file as its directories of tags (TIFF 6.0, section 2).

const ENTRY_LEN: u64 = 12;

/// A file, or its beginning. Offsets are from there and none can be trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    head: &'a [u8],
    pub(super) is_big_endian: bool,
}

/// Why something cannot be read.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// The bytes end before it does; this many would be enough to go on.
    NeedMore(u64),
    /// The file breaks the rules: which.
    Damaged(&'static str),
}

impl<'a> Bytes<'a> {
    pub(super) fn new(head: &'a [u8]) -> Self {
        Self { head, is_big_endian: head.starts_with(b"MM") }
    }

    pub(super) fn part(&self, start: u64, len: u64) -> Result<&'a [u8], Stop> {
        let end = start.saturating_add(len);
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        range.and_then(|(start, end)| self.head.get(start..end)).ok_or(Stop::NeedMore(end))
    }

    fn array<const N: usize>(&self, start: u64) -> Result<[u8; N], Stop> {
        let part = self.part(start, N as u64)?;
        part.first_chunk().copied().ok_or(Stop::NeedMore(start.saturating_add(N as u64)))
    }

    fn u16(&self, at: u64) -> Result<u16, Stop> {
        let bytes = self.array(at)?;
        Ok(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: u64) -> Result<u32, Stop> {
        let bytes = self.array(at)?;
        Ok(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The first directory.
    pub(super) fn first(self) -> Result<Directory<'a>, Stop> {
        Directory::at(self, self.u32(4)?.into())
    }
}

/// A list of tags with their values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Directory<'a> {
    pub(super) bytes: Bytes<'a>,
    entries: u64,
    count: u64,
}

impl<'a> Directory<'a> {
    fn at(bytes: Bytes<'a>, start: u64) -> Result<Self, Stop> {
        let directory = Self { bytes, entries: start + 2, count: bytes.u16(start)?.into() };
        // With the link to the next one, which follows.
        bytes.part(directory.entries, directory.count * ENTRY_LEN + 4)?;
        Ok(directory)
    }

    /// Bytes of the directory, with its count and the link to the next one.
    pub(super) fn len(&self) -> u64 {
        2 + self.count * ENTRY_LEN + 4
    }

    /// The directory after this one.
    pub(super) fn next(&self) -> Result<Option<Self>, Stop> {
        match self.bytes.u32(self.entries + self.count * ENTRY_LEN)? {
            0 => Ok(None),
            start => Self::at(self.bytes, start.into()).map(Some),
        }
    }

    pub(super) fn has(&self, tag: u16) -> Result<bool, Stop> {
        Ok(self.entry(tag)?.is_some())
    }

    /// The numbers of a tag; none where it is not there.
    pub(super) fn numbers(&self, tag: u16) -> Result<Option<Vec<u32>>, Stop> {
        let Some((kind, count, start)) = self.value(tag)? else { return Ok(None) };
        let bytes = self.bytes;
        let numbers = match kind {
            1 => bytes.part(start, count)?.iter().map(|&byte| byte.into()).collect(),
            3 => {
                bytes.part(start, 2 * count)?;
                (0..count).map(|at| bytes.u16(start + 2 * at).map(u32::from)).collect::<Result<_, _>>()?
            }
            4 => {
                bytes.part(start, 4 * count)?;
                (0..count).map(|at| bytes.u32(start + 4 * at)).collect::<Result<_, _>>()?
            }
            _ => return Err(Stop::Damaged("a number of another type")),
        };
        Ok(Some(numbers))
    }

    /// The first number of a tag.
    pub(super) fn number(&self, tag: u16) -> Result<Option<u32>, Stop> {
        Ok(self.numbers(tag)?.and_then(|numbers| numbers.first().copied()))
    }

    /// The bytes of a tag, whatever their type.
    pub(super) fn data(&self, tag: u16) -> Result<Option<&'a [u8]>, Stop> {
        let Some((kind, count, start)) = self.value(tag)? else { return Ok(None) };
        self.bytes.part(start, size(kind) * count).map(Some)
    }

    /// Type, count, and where the values are: in the entry itself where they have four bytes at most.
    fn value(&self, tag: u16) -> Result<Option<(u16, u64, u64)>, Stop> {
        let Some(entry) = self.entry(tag)? else { return Ok(None) };
        let (kind, count) = (self.bytes.u16(entry + 2)?, u64::from(self.bytes.u32(entry + 4)?));
        let start = if size(kind) * count <= 4 { entry + 8 } else { self.bytes.u32(entry + 8)?.into() };
        Ok(Some((kind, count, start)))
    }

    fn entry(&self, tag: u16) -> Result<Option<u64>, Stop> {
        for at in (0..self.count).map(|number| self.entries + number * ENTRY_LEN) {
            if self.bytes.u16(at)? == tag {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}

/// Bytes of a value of a type.
fn size(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 => 4,
        _ => 8,
    }
}
