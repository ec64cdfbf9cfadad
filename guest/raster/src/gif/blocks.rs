//! A GIF file as the list of its blocks (GIF89a specification, sections 15 to 27).

const SIGNATURE_LEN: usize = 6;
const COLOUR_LEN: usize = 3;

/// A block, whose sub-blocks follow, unless it is the last one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Block<'a> {
    Extension { label: u8 },
    Image(Descriptor<'a>),
    Trailer,
}

/// Where an image is on the screen, and its colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptor<'a> {
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) is_interlaced: bool,
    /// Where its own colours are, if it has any.
    palette: Option<Palette<'a>>,
}

/// The screen that images are drawn on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    palette: Option<Palette<'a>>,
}

/// Colours that may not be there yet.
#[derive(Clone, Copy, Debug)]
struct Palette<'a> {
    head: &'a [u8],
    start: usize,
    end: usize,
}

/// Why there is no next block.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// The bytes end before the block does; this many would be enough to go on.
    NeedMore(u64),
    /// The file breaks the rules: which.
    Damaged(&'static str),
}

/// Walks over the blocks of a file, or of its beginning.
#[derive(Clone, Debug)]
pub(super) struct Blocks<'a> {
    head: &'a [u8],
    at: usize,
}

impl<'a> Blocks<'a> {
    /// Reads what stands before the first block.
    pub(super) fn of_file(head: &'a [u8]) -> Result<(Screen<'a>, Self), Stop> {
        let mut blocks = Self { head, at: SIGNATURE_LEN };
        let [w0, w1, h0, h1, flags, _, _] = *blocks.take()?;
        let palette = blocks.palette(flags);
        Ok((Screen { width: u16::from_le_bytes([w0, w1]), height: u16::from_le_bytes([h0, h1]), palette }, blocks))
    }

    /// The next block. Its sub-blocks are to be read next.
    pub(super) fn next(&mut self) -> Result<Block<'a>, Stop> {
        let [introducer] = *self.take()?;
        match introducer {
            0x21 => {
                let [label] = *self.take()?;
                Ok(Block::Extension { label })
            }
            0x2C => {
                let [l0, l1, t0, t1, w0, w1, h0, h1, flags] = *self.take()?;
                let [left, top] = [[l0, l1], [t0, t1]].map(u16::from_le_bytes);
                let [width, height] = [[w0, w1], [h0, h1]].map(u16::from_le_bytes);
                let palette = self.palette(flags);
                Ok(Block::Image(Descriptor { left, top, width, height, is_interlaced: flags & 0x40 != 0, palette }))
            }
            0x3B => Ok(Block::Trailer),
            _ => Err(Stop::Damaged("an unknown block")),
        }
    }

    /// The next byte: before an image's sub-blocks stands the size of its codes.
    pub(super) fn byte(&mut self) -> Result<u8, Stop> {
        self.take().map(|[byte]| *byte)
    }

    /// The data that follow, in parts of at most 255 bytes.
    pub(super) fn sub_blocks(&mut self) -> Result<SubBlocks<'a>, Stop> {
        let start = self.at;
        loop {
            match self.byte()? {
                0 => return Ok(SubBlocks(&self.head[start..self.at - 1])),
                len => {
                    self.at += usize::from(len);
                    if self.at > self.head.len() {
                        return Err(Stop::NeedMore(self.at as u64 + 1));
                    }
                }
            }
        }
    }

    fn palette(&mut self, flags: u8) -> Option<Palette<'a>> {
        if flags & 0x80 == 0 {
            return None;
        }
        let start = self.at;
        self.at += COLOUR_LEN << ((flags & 7) + 1);
        Some(Palette { head: self.head, start, end: self.at })
    }

    /// Bytes, which another one follows: a file ends with a block of no bytes at all.
    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], Stop> {
        let bytes = self.head.get(self.at..).and_then(|rest| rest.first_chunk());
        let bytes = bytes.ok_or(Stop::NeedMore((self.at + N) as u64))?;
        self.at += N;
        Ok(bytes)
    }
}

impl<'a> Screen<'a> {
    /// The colours of an image: its own, or everybody's.
    pub(super) fn colours(&self, image: &Descriptor<'a>) -> Option<&'a [[u8; 3]]> {
        let Palette { head, start, end } = image.palette.or(self.palette)?;
        head.get(start..end).map(|colours| colours.as_chunks().0)
    }
}

/// Data in parts, each with its length before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct SubBlocks<'a>(pub(super) &'a [u8]);

impl SubBlocks<'_> {
    /// Bytes of all the data, with their lengths.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> Iterator for SubBlocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&len, rest) = self.0.split_first()?;
        let (data, rest) = rest.split_at_checked(len.into())?;
        self.0 = rest;
        Some(data)
    }
}
