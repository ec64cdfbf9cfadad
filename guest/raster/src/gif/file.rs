//! A GIF file, taken apart and judged before any of its pixels is decoded.
//!
//! A file is refused as truncated unless it has its trailer. What follows it is ignored.

use super::blocks::{Block, Stop, SubBlocks};
use super::header::{Header, Notes};
use crate::Error;
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::limits;
use crate::metadata::SourceMetadata;

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) header: Header<'a>,
    pub(super) channels: Channels,
    pub(super) palette: &'a [[u8; 3]],
    /// Bits of an index, from which the first codes follow.
    pub(super) code_size: u8,
    pub(super) data: SubBlocks<'a>,
    /// What the extensions of all the file say.
    notes: Notes<'a>,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        let mut blocks = header.blocks.clone();
        let code_size = blocks.byte()?;
        let data = blocks.sub_blocks()?;
        let mut notes = header.notes.clone();
        let mut frames = 1;
        loop {
            match blocks.next()? {
                Block::Extension { label } => notes.note(label, blocks.sub_blocks()?),
                Block::Image(_) => {
                    blocks.byte()?;
                    blocks.sub_blocks()?;
                    frames += 1;
                }
                Block::Trailer => break,
            }
        }
        if frames > 1 {
            return Err(unsupported(format!("GIF: an animation of {frames} frames, which would be lost")));
        }
        let palette = header.screen.colours(&header.image).ok_or_else(|| malformed("GIF: the image has no colours"))?;
        // Indices have 8 bits, whatever the codes for them.
        if !(1..=8).contains(&code_size) {
            return Err(malformed(format!("GIF: codes for {code_size} bits")));
        }
        let channels = if header.has_alpha() { Channels::Rgba } else { Channels::Rgb };
        let file = Self { header, channels, palette, code_size, data, notes };
        file.check_size()?;
        Ok(file)
    }

    /// Refuses what would not fit in memory, and what claims to be larger than its data can be, before anything is allocated.
    fn check_size(&self) -> Result<(), Error> {
        let (width, height) = self.header.size();
        limits::check_decoded(width, height, self.channels.count() as u64)?;
        limits::check_metadata("an XMP packet", self.notes.xmp.map_or(0, <[u8]>::len))?;
        let (width, height) = (self.header.image.width, self.header.image.height);
        if width == 0 || height == 0 {
            return Err(malformed(format!("GIF: {width} × {height} pixels")));
        }
        // A code has at least 2 bits, and there are 4096 of them, each for one pixel more than an earlier one.
        let len = self.data.len() as u64;
        if u64::from(width) * u64::from(height) > 4 * 4096 * len {
            return Err(malformed(format!("GIF: {width} × {height} pixels cannot be in {len} bytes of data")));
        }
        Ok(())
    }

    /// What the file has besides pixels.
    ///
    /// No browser looks at the colour profile of a GIF, so its colours are shown right without it.
    pub(super) fn metadata(&self) -> SourceMetadata {
        let other = [("icc-profile", self.notes.icc), ("comment", self.notes.comment)];
        SourceMetadata {
            exif: None,
            xmp: self.notes.xmp.map(<[u8]>::to_vec),
            iptc: None,
            other: other.into_iter().filter(|&(_, present)| present).map(|(name, _)| name).collect(),
        }
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("GIF: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("GIF: {what}")),
        }
    }
}
