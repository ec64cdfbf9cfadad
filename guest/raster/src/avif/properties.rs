//! What is said of an item of an AVIF (ISO/IEC 23008-12, section 6.5; AV1 Image File Format, section 2.2).

use crate::isobmff::{Fields, Part, Stop};

/// A property. Those that change nothing of the picture, and those of other codecs, are `Ignored`; one that is not known may still be
/// said to be essential, and then its item is not to be decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Property<'a> {
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
    Crop,
    /// One of several pictures in the same data.
    Layer,
    Ignored,
    Unknown,
}

/// The coding of an image, from `av1C`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coding {
    /// 8, 10 or 12.
    pub(super) bits: u8,
    pub(super) is_grey: bool,
}

/// Numbers that name colours and how they are coded (ITU-T H.273).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CodePoints {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    pub(super) is_full_range: bool,
}

/// What changes places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mirror {
    TopAndBottom,
    LeftAndRight,
}

impl<'a> Property<'a> {
    pub(super) fn read(part: Part, data: &'a [u8]) -> Result<Self, Stop> {
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
            b"clap" => Self::Crop,
            b"a1op" if fields.u8()? != 0 => Self::Layer,
            b"lsel" if fields.u16()? != 0xFFFF => Self::Layer,
            b"a1op" | b"lsel" | b"pixi" | b"pasp" | b"a1lx" | b"clli" | b"mdcv" | b"cclv" | b"amve" => Self::Ignored,
            _ => Self::Unknown,
        })
    }
}
