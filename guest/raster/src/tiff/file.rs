//! A TIFF file, taken apart and judged before any of its pixels is decoded.

use super::compression::Compression;
use super::directory::{Directory, Stop};
use super::header::{Colour, EXIF, Extra, GPS, Header, ICC, INK_SET, IPTC, PHOTOSHOP, XMP};
use crate::colour::Inks;
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::metadata::SourceMetadata;
use crate::{Error, exif, iptc, limits};

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) header: Header<'a>,
    pub(super) channels: Channels,
    pub(super) bits: u8,
    pub(super) compression: Compression,
    /// Whether each sample is the difference to the one before it.
    pub(super) has_predictor: bool,
    pub(super) chunks: Chunks<'a>,
    /// Red, then green, then blue.
    pub(super) palette: Vec<u8>,
    pub(super) icc: Option<&'a [u8]>,
    /// Of a picture in cyan, magenta, yellow and black.
    pub(super) inks: Option<Inks>,
    metadata: SourceMetadata,
}

/// The rectangles that a picture is stored in: strips, which are as wide as it is, or tiles.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) are_tiles: bool,
    /// Whether each channel has chunks of its own, one channel after the other.
    pub(super) are_planar: bool,
    pub(super) data: Vec<&'a [u8]>,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        if header.is_raw {
            return Err(unsupported("a camera's raw file, of which only the preview could be read"));
        }
        if header.frames > 1 {
            return Err(unsupported(format!("TIFF: {} pages, of which all but one would be lost", header.frames)));
        }
        let (channels, bits) = supported(&header)?;
        let directory = header.directory;
        let compression = Compression::new(directory.number(259)?.unwrap_or(1))?;
        let has_predictor = match directory.number(317)?.unwrap_or(1) {
            1 => false,
            2 if bits >= 8 => true,
            other => return Err(unsupported(format!("TIFF: predictor {other} for {bits} bits"))),
        };
        let (width, height) = (header.width, header.height);
        if width == 0 || height == 0 {
            return Err(malformed(format!("TIFF: {width} × {height} pixels")));
        }
        let bytes_per_pixel = stored(header.colour, channels) as u64 * u64::from(bits.div_ceil(8));
        limits::check_decoded(width, height, bytes_per_pixel)?;
        let chunks = Chunks::read(&header)?;
        let icc = directory.data(ICC)?;
        limits::check_metadata("a colour profile", icc.map_or(0, <[u8]>::len))?;
        let file = Self {
            palette: if header.colour == Colour::Palette { palette(&directory, bits)? } else { Vec::new() },
            icc,
            inks: (header.colour == Colour::Cmyk).then(|| Inks::new(icc, bits)),
            metadata: metadata(&header, input)?,
            header,
            channels,
            bits,
            compression,
            has_predictor,
            chunks,
        };
        file.check_chunks()?;
        Ok(file)
    }

    /// How many samples of a pixel are decoded.
    pub(super) fn stored(&self) -> usize {
        stored(self.header.colour, self.channels)
    }

    /// How many samples a pixel of a chunk has.
    pub(super) fn samples(&self) -> u32 {
        if self.chunks.are_planar { 1 } else { self.header.samples }
    }

    /// Bytes of a row of a chunk: rows begin with a byte.
    pub(super) fn row_len(&self) -> u64 {
        (u64::from(self.chunks.width) * u64::from(self.samples()) * u64::from(self.bits)).div_ceil(8)
    }

    /// Refuses what would not fit in memory, and what claims to be larger than its data can be, before anything is allocated.
    fn check_chunks(&self) -> Result<(), Error> {
        let Chunks { width, height, are_tiles, .. } = self.chunks;
        let (across, down) = self.chunks.grid(&self.header);
        for data in [&self.metadata.xmp, &self.metadata.iptc] {
            limits::check_metadata("metadata", data.as_ref().map_or(0, Vec::len))?;
        }
        // The padding of tiles too is unpacked.
        let (all_width, all_height) = (u64::from(across) * u64::from(width), u64::from(down) * u64::from(height));
        let side = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
        if are_tiles {
            limits::check_decoded(side(all_width), side(all_height), u64::from(self.header.samples) * 2)?;
        }
        // The unpacked chunk beside the picture.
        let chunk = self.row_len().saturating_mul(height.min(self.header.height.max(1)).into());
        limits::check_working("TIFF: decoding", chunk.saturating_mul(2) + (1 << 30))?;
        let planes = if self.chunks.are_planar { self.header.samples } else { 1 };
        if self.chunks.data.len() as u64 != u64::from(across) * u64::from(down) * u64::from(planes) {
            return Err(malformed("TIFF: another number of strips or tiles than the size needs"));
        }
        for (place, data) in self.chunks.data.iter().enumerate() {
            let needed = self.row_len().saturating_mul(self.chunks.rows(&self.header, place).into());
            if needed > self.compression.most().saturating_mul(data.len() as u64 + 1) {
                return Err(malformed(format!("TIFF: {needed} bytes cannot be in {} bytes of data", data.len())));
            }
        }
        Ok(())
    }

    pub(super) fn metadata(&self) -> SourceMetadata {
        let mut metadata = self.metadata.clone();
        if self.icc.is_some() && self.inks.as_ref().is_some_and(|inks| !inks.have_profile()) {
            metadata.other.push("icc-profile");
        }
        metadata
    }
}

impl<'a> Chunks<'a> {
    fn read(header: &Header<'a>) -> Result<Self, Error> {
        let directory = header.directory;
        let are_tiles = directory.has(322)?;
        let (width, height, offsets, lengths) = if are_tiles {
            (directory.number(322)?, directory.number(323)?, 324, 325)
        } else {
            (Some(header.width), Some(directory.number(278)?.unwrap_or(u32::MAX).min(header.height)), 273, 279)
        };
        let (Some(width @ 1..), Some(height @ 1..)) = (width, height) else {
            return Err(malformed("TIFF: strips or tiles without extent"));
        };
        let missing = || malformed("TIFF: there is no image");
        let offsets = directory.numbers(offsets)?.ok_or_else(missing)?;
        let lengths = directory.numbers(lengths)?.ok_or_else(missing)?;
        if offsets.len() != lengths.len() {
            return Err(malformed("TIFF: strips or tiles without a length"));
        }
        let parts = offsets.into_iter().zip(lengths);
        let data =
            parts.map(|(start, len)| directory.bytes.part(start.into(), len.into())).collect::<Result<_, _>>()?;
        let are_planar = directory.number(284)? == Some(2) && header.samples > 1;
        Ok(Self { width, height, are_tiles, are_planar, data })
    }

    /// How many chunks stand beside each other, and how many rows of them there are.
    pub(super) fn grid(&self, header: &Header) -> (u32, u32) {
        (header.width.div_ceil(self.width), header.height.div_ceil(self.height))
    }

    /// How many rows a chunk has: the last strip may be shorter, a tile is padded.
    pub(super) fn rows(&self, header: &Header, place: usize) -> u32 {
        let (across, down) = self.grid(header);
        let row = place / across as usize % down as usize;
        match u32::try_from(row * self.height as usize) {
            Ok(top) if !self.are_tiles => self.height.min(header.height.saturating_sub(top)),
            _ => self.height,
        }
    }
}

/// How many samples a pixel has before colours are looked up or mixed.
fn stored(colour: Colour, channels: Channels) -> usize {
    match colour {
        Colour::Palette => 1,
        Colour::Cmyk => 4,
        _ => channels.count(),
    }
}

/// What a pixel of the decoded image is, and the bits of a stored sample, if the picture is of a kind that can be decoded.
fn supported(header: &Header) -> Result<(Channels, u8), Error> {
    let what = |what: &str| unsupported(format!("TIFF: {what}"));
    let bits = header.bits.ok_or_else(|| what("channels of different depths"))?;
    let formats = header.directory.numbers(339)?.unwrap_or_default();
    if formats.iter().any(|format| !matches!(format, 1 | 4)) {
        return Err(what("samples that are no whole numbers"));
    }
    if header.directory.number(266)? == Some(2) {
        return Err(what("bits from right to left"));
    }
    if header.samples < header.colour.samples() || header.samples > 32 {
        return Err(malformed(format!("TIFF: {} samples a pixel", header.samples)));
    }
    let channels = match (header.colour, header.has_alpha()) {
        (Colour::WhiteIsZero | Colour::BlackIsZero, false) => Channels::Grey,
        (Colour::WhiteIsZero | Colour::BlackIsZero, true) => Channels::GreyAlpha,
        (Colour::Rgb | Colour::Palette, false) => Channels::Rgb,
        (Colour::Rgb, true) => Channels::Rgba,
        (Colour::Palette, true) => return Err(what("a palette with opacity")),
        (Colour::Cmyk, false) if matches!(header.directory.number(INK_SET)?, None | Some(1)) => Channels::Rgb,
        (Colour::Cmyk, false) => return Err(what("other inks than cyan, magenta, yellow and black")),
        (Colour::Cmyk, true) => return Err(what("CMYK with opacity")),
        (Colour::Ycbcr, _) => return Err(what("YCbCr")),
        (Colour::Other(number), _) => return Err(what(&format!("photometric interpretation {number}"))),
    };
    match bits {
        8 => {}
        16 if header.colour != Colour::Palette => {}
        1 | 2 | 4 if header.samples == 1 && header.colour != Colour::Rgb => {}
        _ => return Err(what(&format!("{bits} bits a sample"))),
    }
    Ok((channels, bits))
}

/// The colours in 8 bits.
fn palette(directory: &Directory, bits: u8) -> Result<Vec<u8>, Error> {
    let numbers = directory.numbers(320)?.unwrap_or_default();
    if numbers.len() != 3 << bits {
        return Err(malformed(format!("TIFF: a palette of {} numbers for {bits} bits", numbers.len())));
    }
    // They have 16 bits; some writers do not know it.
    let shift = if numbers.iter().all(|&number| number < 256) { 0 } else { 8 };
    Ok(numbers.into_iter().map(|number| u8::try_from(number >> shift).unwrap_or(u8::MAX)).collect())
}

/// What the file has besides pixels and colours. Of its own tags artist and copyright are carried on, as EXIF.
fn metadata(header: &Header, input: &[u8]) -> Result<SourceMetadata, Error> {
    let directory = header.directory;
    let resources = directory.data(PHOTOSHOP)?.and_then(iptc::datasets);
    let datasets = directory.data(IPTC)?.filter(|data| data.starts_with(&[0x1C])).or(resources);
    let other = [
        ("exif-details", directory.has(EXIF)? || directory.has(GPS)?),
        ("extra-channels", header.extra == Some(Extra::Unknown)),
    ];
    Ok(SourceMetadata {
        exif: exif::credits(input),
        xmp: directory.data(XMP)?.map(<[u8]>::to_vec),
        iptc: datasets.map(<[u8]>::to_vec),
        other: other.into_iter().filter(|&(_, present)| present).map(|(name, _)| name).collect(),
    })
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("TIFF: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("TIFF: {what}")),
        }
    }
}
