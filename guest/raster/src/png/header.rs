//! What a PNG says before its image data (PNG specification, third edition).

use crate::exif;

pub(super) const SIGNATURE_LEN: usize = 8;
/// Length, type and checksum of a chunk.
pub(super) const AROUND: usize = 12;

/// The header of a PNG, up to its image data.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    pub(super) colour: Colour,
    /// 1 but for an APNG.
    pub(super) frames: u32,
    pub(super) has_exif: bool,
    pub(super) orientation: u8,
    pub(super) has_icc: bool,
    pub(super) has_transparency: bool,
    pub(super) has_xmp: bool,
}

/// The colour type of `IHDR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    Rgba,
}

/// Why there is no header.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    NeedMore(u64),
    NotPng,
}

impl Header {
    /// Reads a file, or its beginning, up to the first chunk of image data.
    pub(super) fn read(head: &[u8]) -> Result<Self, Stop> {
        let mut chunks = Chunks { head, at: SIGNATURE_LEN };
        let first = chunks.next()?;
        let mut header = (first.kind == b"IHDR").then(|| Self::new(first.data)).flatten().ok_or(Stop::NotPng)?;
        loop {
            let chunk = chunks.next()?;
            if matches!(chunk.kind, b"IDAT" | b"IEND") {
                return Ok(header);
            }
            header.note(&chunk);
        }
    }

    fn new(ihdr: &[u8]) -> Option<Self> {
        let (width, rest) = ihdr.split_first_chunk()?;
        let (height, rest) = rest.split_first_chunk()?;
        let [bits, colour, ..] = *rest else { return None };
        let colour = match colour {
            0 => Colour::Grey,
            2 => Colour::Rgb,
            3 => Colour::Palette,
            4 => Colour::GreyAlpha,
            6 => Colour::Rgba,
            _ => return None,
        };
        Some(Self {
            width: u32::from_be_bytes(*width),
            height: u32::from_be_bytes(*height),
            bits,
            colour,
            frames: 1,
            has_exif: false,
            orientation: 1,
            has_icc: false,
            has_transparency: false,
            has_xmp: false,
        })
    }

    fn note(&mut self, chunk: &Chunk) {
        match chunk.kind {
            b"acTL" => {
                if let Some(frames) = chunk.data.first_chunk() {
                    self.frames = u32::from_be_bytes(*frames);
                }
            }
            b"eXIf" => {
                self.has_exif = true;
                self.orientation = exif::orientation(chunk.data).unwrap_or(1);
            }
            b"iCCP" => self.has_icc = true,
            b"tRNS" => self.has_transparency = true,
            b"iTXt" if chunk.data.starts_with(super::decode::XMP_KEYWORD.as_bytes()) => self.has_xmp = true,
            _ => {}
        }
    }

    /// Bytes of a decoded pixel: palettes and depths below 8 are expanded.
    pub(super) fn decoded_bytes_per_pixel(&self) -> u64 {
        let channels = match self.colour {
            Colour::Grey => 1 + u64::from(self.has_transparency),
            Colour::Rgb | Colour::Palette => 3 + u64::from(self.has_transparency),
            Colour::GreyAlpha => 2,
            Colour::Rgba => 4,
        };
        channels * if self.bits == 16 { 2 } else { 1 }
    }

    /// Bits of a pixel in the file.
    pub(super) fn stored_bits_per_pixel(&self) -> u64 {
        let channels = match self.colour {
            Colour::Grey | Colour::Palette => 1,
            Colour::GreyAlpha => 2,
            Colour::Rgb => 3,
            Colour::Rgba => 4,
        };
        channels * u64::from(self.bits)
    }
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    data: &'a [u8],
}

struct Chunks<'a> {
    head: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    /// The next chunk. Of image data only the beginning is needed, so it comes without content.
    fn next(&mut self) -> Result<Chunk<'a>, Stop> {
        let at = self.at as u64;
        let rest = self.head.get(self.at..).unwrap_or_default();
        let Some((length, kind, after)) = rest.split_first_chunk().and_then(|(length, rest)| {
            let (kind, rest) = rest.split_first_chunk()?;
            Some((u32::from_be_bytes(*length), kind, rest))
        }) else {
            return Err(Stop::NeedMore(at + AROUND as u64));
        };
        if kind == b"IDAT" {
            return Ok(Chunk { kind, data: &[] });
        }
        // The specification's limit.
        if length > i32::MAX.unsigned_abs() {
            return Err(Stop::NotPng);
        }
        let end = self.at + AROUND + length as usize;
        // Another chunk follows every chunk but the last, which has no data.
        let Some(data) = after.get(..length as usize).filter(|_| end <= self.head.len()) else {
            let next = if kind == b"IEND" { 0 } else { AROUND as u64 };
            return Err(Stop::NeedMore(at + AROUND as u64 + u64::from(length) + next));
        };
        self.at = end;
        Ok(Chunk { kind, data })
    }
}
