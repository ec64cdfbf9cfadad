//! A PNG whose picture goes into another one as it is.

use flate2::Crc;

use super::decode::{File, XMP_KEYWORD};
use super::header::{AROUND, SIGNATURE_LEN};
use crate::error::{internal, malformed};
use crate::metadata::{Pixels, SourceMetadata};
use crate::source::AsStored;
use crate::{Embedded, Error, Metadata, Original};

/// The chunks that say what is seen, still or animated (PNG specification, third edition). All others are metadata, or for somebody
/// who is not known here.
const SEEN: [&[u8; 4]; 18] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"mDCV", b"cLLI",
    b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// A PNG, of which another one can be made to the pixel.
#[derive(Clone, Copy, Debug)]
pub struct PngOriginal<'a> {
    input: &'a [u8],
    /// Where the chunk begins whose place the EXIF of the output gets: only before the image it says how the picture is turned.
    exif: Option<usize>,
    /// Whether all chunks stay.
    keeps_all: bool,
}

impl PngOriginal<'_> {
    /// The same file with this EXIF in place of its own, up to its end. Chunks that say nothing of what is seen stay only if the original
    /// was asked for under a policy that keeps all.
    ///
    /// # Errors
    ///
    /// `malformed`
    pub fn with(&self, embedded: &Embedded) -> Result<Vec<u8>, Error> {
        let Self { input, exif, keeps_all } = *self;
        let mut out = Vec::with_capacity(input.len());
        out.extend_from_slice(&input[..SIGNATURE_LEN]);
        let mut chunks = Chunks::of(input);
        while let Some(chunk) = chunks.next()? {
            if keeps_all || SEEN.contains(&chunk.kind) {
                out.extend_from_slice(chunk.whole);
            } else if exif == Some(chunk.start)
                && let Some(exif) = &embedded.exif
            {
                write(&mut out, chunk.kind, exif)?;
            }
        }
        Ok(out)
    }
}

impl File<'_> {
    /// The file as another one is made of it.
    pub(super) fn original(&self, policy: Metadata) -> Result<AsStored<'_>, Error> {
        let (mut before, mut behind, mut is_behind) = (None, None, false);
        let (mut has_xmp, mut has_text, mut has_c2pa) = (false, false, false);
        let mut chunks = Chunks::of(self.input);
        while let Some(chunk) = chunks.next()? {
            match chunk.kind {
                b"IDAT" => is_behind = true,
                b"eXIf" if is_behind => behind = behind.or(Some(chunk)),
                // Of several, `probe` takes the orientation of the last one.
                b"eXIf" => before = Some(chunk),
                b"iTXt" if chunk.data.starts_with(XMP_KEYWORD.as_bytes()) => has_xmp = true,
                b"iTXt" | b"tEXt" | b"zTXt" => has_text = true,
                b"caBX" => has_c2pa = true,
                _ => {}
            }
        }
        let exif = before.or(behind);
        let metadata = SourceMetadata { exif: exif.map(|chunk| chunk.data.to_vec()), ..SourceMetadata::default() };
        let (embedded, mut dropped) = metadata.under(policy, Pixels::AsStored);
        let keeps_all = policy == Metadata::Keep;
        if !keeps_all {
            let others = [("xmp", has_xmp), ("text", has_text), ("c2pa", has_c2pa)];
            dropped.extend(others.into_iter().filter(|&(_, is_there)| is_there).map(|(name, _)| name));
        }
        let original = PngOriginal { input: self.input, exif: exif.map(|chunk| chunk.start), keeps_all };
        // Frames are not coded anew.
        let is_smallest = self.header.frames > 1;
        Ok(AsStored { original: Original::Png(original), embedded, dropped, is_smallest })
    }
}

/// A chunk that is all there.
#[derive(Clone, Copy, Debug)]
struct Chunk<'a> {
    kind: &'a [u8; 4],
    data: &'a [u8],
    /// With its length and its checksum, which decoding looks at.
    whole: &'a [u8],
    /// Where it begins.
    start: usize,
}

/// Walks over the chunks of a file up to `IEND`.
struct Chunks<'a> {
    input: &'a [u8],
    at: usize,
    is_done: bool,
}

impl<'a> Chunks<'a> {
    fn of(input: &'a [u8]) -> Self {
        Self { input, at: SIGNATURE_LEN, is_done: false }
    }

    fn next(&mut self) -> Result<Option<Chunk<'a>>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let chunk = self.chunk().ok_or_else(|| malformed("PNG: the file is truncated"))?;
        self.at += chunk.whole.len();
        self.is_done = chunk.kind == b"IEND";
        Ok(Some(chunk))
    }

    fn chunk(&self) -> Option<Chunk<'a>> {
        let rest = self.input.get(self.at..)?;
        let (length, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let data = after.get(..length)?;
        let whole = rest.get(..length.checked_add(AROUND)?)?;
        Some(Chunk { kind, data, whole, start: self.at })
    }
}

/// Writes a chunk.
fn write(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) -> Result<(), Error> {
    let length = u32::try_from(data.len()).map_err(|_| internal("PNG: a chunk of 4 GiB"))?;
    let mut checksum = Crc::new();
    checksum.update(kind);
    checksum.update(data);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    out.extend(checksum.sum().to_be_bytes());
    Ok(())
}
