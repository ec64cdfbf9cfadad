//! A GIF file, taken apart and judged before any of its pixels is decoded.
//!
//! A file is refused as truncated unless it has its trailer. What follows it is ignored.

use super::blocks::{Block, Blocks, Descriptor, Screen, Stop, SubBlocks};
use super::header::{Header, Notes};
use crate::Error;
use crate::error::malformed;
use crate::image::Channels;
use crate::limits;
use crate::metadata::SourceMetadata;

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) input: &'a [u8],
    pub(super) header: Header<'a>,
    pub(super) channels: Channels,
    pub(super) palette: &'a [[u8; 3]],
    /// Bits of an index, from which the first codes follow.
    pub(super) code_size: u8,
    pub(super) data: SubBlocks<'a>,
    pub(super) frames: u32,
    /// Of all frames: each is decoded, and the whole screen made of it.
    pub(super) pixels: u64,
    /// What the extensions of all the file say.
    pub(super) notes: Notes<'a>,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        let (width, height) = header.size();
        let screen = u64::from(width) * u64::from(height);
        let mut blocks = header.blocks.clone();
        let (palette, code_size, data) = picture(&header.screen, &header.image, &mut blocks)?;
        let mut notes = header.notes.clone();
        let (mut frames, mut pixels) = (1, screen);
        loop {
            match blocks.next()? {
                Block::Extension { label } => notes.note(label, blocks.sub_blocks()?),
                Block::Image(image) => {
                    picture(&header.screen, &image, &mut blocks)?;
                    frames += 1;
                    pixels += screen.max(u64::from(image.width) * u64::from(image.height));
                }
                Block::Trailer => break,
            }
        }
        let channels = if frames > 1 || header.has_alpha() { Channels::Rgba } else { Channels::Rgb };
        limits::check_decoded(width, height, channels.count() as u64)?;
        limits::check_metadata("an XMP packet", notes.xmp.map_or(0, <[u8]>::len))?;
        Ok(Self { input, header, channels, palette, code_size, data, frames, pixels, notes })
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

/// What an image is made of: its colours, the bits of an index, and the codes.
///
/// Refused where it would not fit in memory, or claims to be larger than its data can be, before anything is allocated.
pub(super) fn picture<'a>(
    screen: &Screen<'a>,
    image: &Descriptor<'a>,
    blocks: &mut Blocks<'a>,
) -> Result<(&'a [[u8; 3]], u8, SubBlocks<'a>), Error> {
    let code_size = blocks.byte()?;
    let data = blocks.sub_blocks()?;
    let palette = screen.colours(image).ok_or_else(|| malformed("GIF: the image has no colours"))?;
    // Indices have 8 bits, whatever the codes for them.
    if !(1..=8).contains(&code_size) {
        return Err(malformed(format!("GIF: codes for {code_size} bits")));
    }
    let (width, height) = (image.width, image.height);
    if width == 0 || height == 0 {
        return Err(malformed(format!("GIF: {width} × {height} pixels")));
    }
    limits::check_decoded(width.into(), height.into(), 4)?;
    // A code has at least 2 bits, and there are 4096 of them, each for one pixel more than an earlier one.
    let len = data.len() as u64;
    if u64::from(width) * u64::from(height) > 4 * 4096 * len {
        return Err(malformed(format!("GIF: {width} × {height} pixels cannot be in {len} bytes of data")));
    }
    Ok((palette, code_size, data))
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("GIF: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("GIF: {what}")),
        }
    }
}
