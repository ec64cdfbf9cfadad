//! What the tags of a TIFF say of its picture (TIFF 6.0, sections 3 to 8).

use super::directory::{Bytes, Directory, Stop};

pub(super) const ICC: u16 = 34_675;
pub(super) const XMP: u16 = 700;
pub(super) const INK_SET: u16 = 332;
pub(super) const IPTC: u16 = 33_723;
pub(super) const PHOTOSHOP: u16 = 34_377;
pub(super) const EXIF: u16 = 34_665;
pub(super) const GPS: u16 = 34_853;
const DNG_VERSION: u16 = 50_706;

/// The header of a TIFF.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) directory: Directory<'a>,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pages; pictures that show another one smaller, or where it is transparent, are none.
    pub(super) frames: u32,
    pub(super) orientation: u8,
    pub(super) colour: Colour,
    /// The bits of each sample, if they are the same for all.
    pub(super) bits: Option<u8>,
    /// How many samples a pixel has.
    pub(super) samples: u32,
    /// What the first sample behind the colours is.
    pub(super) extra: Option<Extra>,
    /// The first picture is a small one: the file is a camera's.
    pub(super) is_raw: bool,
}

/// The photometric interpretation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colour {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    Ycbcr,
    Other(u32),
}

/// What an additional sample means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Extra {
    Unknown,
    /// Opacity by which the colours are multiplied.
    Associated,
    Unassociated,
}

impl<'a> Header<'a> {
    /// Reads a file, or its beginning, as far as its directories need: in some files they stand at the end.
    pub(super) fn read(head: &'a [u8]) -> Result<Self, Stop> {
        let directory = Bytes::new(head).first()?;
        let required = |tag| directory.number(tag)?.ok_or(Stop::Damaged("the picture has no size"));
        let (width, height) = (required(256)?, required(257)?);
        let bits = directory.numbers(258)?.unwrap_or_else(|| vec![1]);
        let bits = bits.first().filter(|&&first| bits.iter().all(|&bits| bits == first)).copied();
        let colour = match directory.number(262)?.ok_or(Stop::Damaged("the picture has no colours"))? {
            0 => Colour::WhiteIsZero,
            1 => Colour::BlackIsZero,
            2 => Colour::Rgb,
            3 => Colour::Palette,
            5 => Colour::Cmyk,
            6 => Colour::Ycbcr,
            other => Colour::Other(other),
        };
        let samples = directory.number(277)?.unwrap_or(1);
        let extra = (samples > colour.samples()).then_some(match directory.number(338)? {
            Some(1) => Extra::Associated,
            Some(2) => Extra::Unassociated,
            _ => Extra::Unknown,
        });
        let is_reduced = |directory: &Directory| Ok(directory.number(254)?.unwrap_or(0) & 0b101 != 0);
        let (mut frames, mut len, mut last) = (1, directory.len(), directory);
        while let Some(next) = last.next()? {
            // Else a small file could name more entries than anybody has time for.
            len += next.len();
            if len > head.len() as u64 {
                return Err(Stop::Damaged("directories overlap, or go round in a circle"));
            }
            frames += u32::from(!is_reduced(&next)?);
            last = next;
        }
        Ok(Self {
            directory,
            width,
            height,
            frames,
            orientation: directory.number(274)?.and_then(|number| u8::try_from(number).ok()).unwrap_or(1),
            colour,
            bits: bits.and_then(|bits| u8::try_from(bits).ok()),
            samples,
            extra,
            is_raw: is_reduced(&directory)? || directory.has(DNG_VERSION)? || head.get(8..10) == Some(b"CR"),
        })
    }

    pub(super) fn has_alpha(&self) -> bool {
        matches!(self.extra, Some(Extra::Associated | Extra::Unassociated))
    }
}

impl Colour {
    /// How many samples a colour has.
    pub(super) fn samples(self) -> u32 {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Cmyk => 4,
            Self::Rgb | Self::Ycbcr | Self::Other(_) => 3,
        }
    }
}
