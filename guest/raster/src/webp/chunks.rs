//! A WebP file as the list of its chunks (RFC 9649, section 2).

const HEADER_LEN: u64 = 8;

/// A chunk: its name, and where in the file its data are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    start: u64,
    end: u64,
}

/// Why there is no next chunk.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// The bytes end before the chunk does; this many would be enough to go on.
    NeedMore(u64),
    /// The file breaks the rules: which.
    Damaged(&'static str),
}

/// Walks over the chunks of a file, or of its beginning, or of a chunk that holds others.
#[derive(Clone, Debug)]
pub(super) struct Chunks<'a> {
    head: &'a [u8],
    at: u64,
    end: u64,
}

impl<'a> Chunks<'a> {
    /// The chunks of a file. What follows the end that it says is ignored.
    pub(super) fn of_file(head: &'a [u8]) -> Result<Self, Stop> {
        let riff = Chunk { kind: *b"RIFF", start: 0, end: 12 };
        let [_, _, _, _, a, b, c, d, ..] = *bytes::<12>(head, riff)?;
        Ok(Self { head, at: 12, end: 8 + u64::from(u32::from_le_bytes([a, b, c, d])) })
    }

    /// The chunks in another one, from a place in its data on.
    pub(super) fn within(&self, chunk: Chunk, from: u64) -> Self {
        Self { head: self.head, at: chunk.start + from, end: chunk.end }
    }

    /// Where the last chunk ends.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// The next chunk, of which no more than its header needs to be there; nothing behind the last one.
    pub(super) fn next(&mut self) -> Result<Option<Chunk>, Stop> {
        let start = self.at + HEADER_LEN;
        if start > self.end {
            return Ok(None);
        }
        let header = Chunk { kind: *b"    ", start: self.at, end: start };
        let [k0, k1, k2, k3, a, b, c, d] = *bytes(self.head, header)?;
        let end = start + u64::from(u32::from_le_bytes([a, b, c, d]));
        if end > self.end {
            return Err(Stop::Damaged("a chunk is longer than what it is in"));
        }
        // The byte that makes a length even is missing at the end of some files.
        self.at = end.next_multiple_of(2);
        Ok(Some(Chunk { kind: [k0, k1, k2, k3], start, end }))
    }

    /// The data of a chunk.
    pub(super) fn data(&self, chunk: Chunk) -> Result<&'a [u8], Stop> {
        part(self.head, chunk.start, chunk.end)
    }

    /// The first bytes of a chunk's data.
    pub(super) fn beginning<const N: usize>(&self, chunk: Chunk) -> Result<&'a [u8; N], Stop> {
        bytes(self.head, chunk)
    }
}

fn bytes<const N: usize>(head: &[u8], Chunk { start, end, .. }: Chunk) -> Result<&[u8; N], Stop> {
    let wanted = start + N as u64;
    if wanted > end {
        return Err(Stop::Damaged("a chunk is too short"));
    }
    part(head, start, wanted)?.first_chunk().ok_or(Stop::NeedMore(wanted))
}

fn part(head: &[u8], start: u64, end: u64) -> Result<&[u8], Stop> {
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    range.and_then(|(start, end)| head.get(start..end)).ok_or(Stop::NeedMore(end))
}
