//! What a GIF says before its first image.

use super::blocks::{Block, Blocks, Descriptor, Screen, Stop, SubBlocks};

const GRAPHIC_CONTROL: u8 = 0xF9;
const COMMENT: u8 = 0xFE;
const APPLICATION: u8 = 0xFF;
const XMP: &[u8] = b"XMP DataXMP";
/// Netscape's, and another name for the same.
const LOOPING: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];
const ICC: &[u8] = b"ICCRGBG1012";

/// From this length byte on the bytes of an XMP packet count down, so that who reads them as lengths finds the end.
const XMP_TRAILER_LEN: usize = 257;

/// The header of a GIF, up to the data of its first image.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) screen: Screen<'a>,
    pub(super) image: Descriptor<'a>,
    pub(super) notes: Notes<'a>,
    /// What follows the descriptor.
    pub(super) blocks: Blocks<'a>,
}

/// What extensions say.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes<'a> {
    /// The index that is not drawn.
    pub(super) transparent: Option<u8>,
    /// Hundredths of a second.
    pub(super) delay: u16,
    pub(super) restoring: Restoring,
    /// How often the animation is repeated after it was played; 0 is without end.
    pub(super) repeats: Option<u16>,
    pub(super) xmp: Option<&'a [u8]>,
    pub(super) icc: bool,
    pub(super) comment: bool,
}

/// What becomes of an image before the next one (GIF89a, section 23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Restoring {
    #[default]
    Nothing,
    Background,
    Previous,
}

impl<'a> Header<'a> {
    /// Reads a file, or its beginning, up to the descriptor of the first image.
    pub(super) fn read(head: &'a [u8]) -> Result<Self, Stop> {
        let (screen, mut blocks) = Blocks::of_file(head)?;
        let mut notes = Notes::default();
        loop {
            match blocks.next()? {
                Block::Extension { label } => notes.note(label, blocks.sub_blocks()?),
                Block::Image(image) => return Ok(Self { screen, image, notes, blocks }),
                Block::Trailer => return Err(Stop::Damaged("there is no image")),
            }
        }
    }

    /// Width and height of what is seen. As browsers do, the screen grows where the image is larger.
    pub(super) fn size(&self) -> (u32, u32) {
        let Descriptor { left, top, width, height, .. } = self.image;
        let side = |screen: u16, from: u16, len: u16| u32::from(screen).max(u32::from(from) + u32::from(len));
        (side(self.screen.width, left, width), side(self.screen.height, top, height))
    }

    /// Whether some of what is seen may be left free.
    pub(super) fn has_alpha(&self) -> bool {
        let Descriptor { width, height, .. } = self.image;
        self.notes.transparent.is_some() || (u32::from(width), u32::from(height)) != self.size()
    }
}

impl<'a> Notes<'a> {
    pub(super) fn note(&mut self, label: u8, mut data: SubBlocks<'a>) {
        match label {
            GRAPHIC_CONTROL => {
                let [flags, low, high, index] = match data.next() {
                    Some(&[flags, low, high, index, ..]) => [flags, low, high, index],
                    _ => [0; 4],
                };
                self.transparent = (flags & 1 != 0).then_some(index);
                self.delay = u16::from_le_bytes([low, high]);
                // Some files say 4, where the specification has 3.
                self.restoring = match flags >> 2 & 7 {
                    2 => Restoring::Background,
                    3 | 4 => Restoring::Previous,
                    _ => Restoring::Nothing,
                };
            }
            COMMENT => self.comment = true,
            APPLICATION => match data.next() {
                Some(XMP) => self.xmp = data.0.len().checked_sub(XMP_TRAILER_LEN).and_then(|len| data.0.get(..len)),
                Some(ICC) => self.icc = true,
                Some(name) if LOOPING.contains(&name) => {
                    if let Some(&[1, low, high, ..]) = data.next() {
                        self.repeats = Some(u16::from_le_bytes([low, high]));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}
