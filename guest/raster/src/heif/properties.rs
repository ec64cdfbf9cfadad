//! What is said of an item (ISO/IEC 23008-12, section 6.5; AV1 Image File Format, section 2.2).

use crate::isobmff::{Fields, Part, Stop};

/// A property. Those that change nothing of the picture, and those of other codecs, are `Ignored`; one that is not known may still be
/// said to be essential, and then its item is not to be decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Property<'a> {
    /// Width and height as coded.
    Extent(u32, u32),
    Coding(Coding),
    CodePoints(CodePoints),
    /// An ICC profile.
    Profile(&'a [u8]),
    /// Quarter turns against the clock.
    Turn(u8),
    Mirror(Mirror),
    /// What an auxiliary picture holds.
    Auxiliary(&'a [u8]),
    /// A part of the picture that alone is to be seen.
    Crop(Aperture),
    /// One of several pictures in the same data.
    Layer,
    Ignored,
    Unknown,
}

/// The coding of an image, from `av1C` or `hvcC`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Coding {
    /// 8, 10 or 12, and of HEVC any number from 8 to 15.
    pub(crate) bits: u8,
    pub(crate) is_grey: bool,
}

/// Numbers that name colours and how they are coded (ITU-T H.273).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CodePoints {
    pub(crate) primaries: u16,
    pub(crate) transfer: u16,
    pub(crate) matrix: u16,
    pub(crate) is_full_range: bool,
}

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aperture {
    pub(crate) size: (u32, u32),
    /// From the middle of the picture to that of the part: a numerator, which has a sign, and a denominator.
    across: (u32, u32),
    down: (u32, u32),
}

impl Aperture {
    /// Where the part begins in a picture of a size, if it is in it.
    pub(crate) fn start(&self, picture: (u32, u32)) -> Option<(u32, u32)> {
        let start = |whole: u32, part: u32, (numerator, denominator): (u32, u32)| {
            let denominator = i64::from(denominator);
            let twice_offset = 2 * i64::from(numerator.cast_signed());
            if denominator == 0 || part == 0 || twice_offset % denominator != 0 {
                return None;
            }
            let twice = i64::from(whole) - i64::from(part) + twice_offset / denominator;
            let start = u32::try_from(twice / 2).ok().filter(|_| twice % 2 == 0)?;
            (u64::from(start) + u64::from(part) <= whole.into()).then_some(start)
        };
        Some((start(picture.0, self.size.0, self.across)?, start(picture.1, self.size.1, self.down)?))
    }
}

/// What changes places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mirror {
    TopAndBottom,
    LeftAndRight,
}

impl<'a> Property<'a> {
    pub(crate) fn read(part: Part, data: &'a [u8]) -> Result<Self, Stop> {
        let mut fields = Fields(data);
        Ok(match &part.kind {
            b"ispe" => {
                fields.version()?;
                Self::Extent(fields.u32()?, fields.u32()?)
            }
            b"av1C" => {
                let [marker, _, flags, _] = fields.array()?;
                if marker != 0x81 {
                    return Err(Stop::Damaged("another version of AV1's configuration"));
                }
                let bits = match flags >> 5 & 0b11 {
                    0b11 => 12,
                    0b10 => 10,
                    _ => 8,
                };
                Self::Coding(Coding { bits, is_grey: flags & 0x10 != 0 })
            }
            // HEVC in ISO/IEC 14496-15, section 8.3.2.1.
            b"hvcC" => {
                fields.array::<16>()?;
                let [colours, depth] = fields.array()?;
                Self::Coding(Coding { bits: 8 + (depth & 0b111), is_grey: colours & 0b11 == 0 })
            }
            b"colr" => match &fields.array()? {
                b"nclx" => Self::CodePoints(CodePoints {
                    primaries: fields.u16()?,
                    transfer: fields.u16()?,
                    matrix: fields.u16()?,
                    is_full_range: fields.u8()? & 0x80 != 0,
                }),
                b"prof" | b"rICC" => Self::Profile(fields.0),
                _ => Self::Unknown,
            },
            b"irot" => Self::Turn(fields.u8()? & 0b11),
            b"imir" => Self::Mirror(match fields.u8()? & 1 {
                0 => Mirror::TopAndBottom,
                _ => Mirror::LeftAndRight,
            }),
            b"auxC" => {
                fields.version()?;
                Self::Auxiliary(fields.text()?)
            }
            b"clap" => {
                let mut fraction = || Ok::<_, Stop>((fields.u32()?, fields.u32()?));
                let ((width, 1), (height, 1)) = (fraction()?, fraction()?) else {
                    return Err(Stop::Damaged("a part of a picture that is no whole number of pixels"));
                };
                Self::Crop(Aperture { size: (width, height), across: fraction()?, down: fraction()? })
            }
            b"a1op" if fields.u8()? != 0 => Self::Layer,
            b"lsel" if fields.u16()? != 0xFFFF => Self::Layer,
            b"a1op" | b"lsel" | b"pixi" | b"pasp" | b"a1lx" | b"clli" | b"mdcv" | b"cclv" | b"amve" => Self::Ignored,
            _ => Self::Unknown,
        })
    }
}
