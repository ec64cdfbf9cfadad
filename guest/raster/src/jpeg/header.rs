//! What is read of a JPEG besides its pixels.

use super::segments::{APP0, COM, Segment, Stop, is_sof};
use crate::error::malformed;
use crate::limits::METADATA_BYTES;
use crate::metadata::SourceMetadata;
use crate::{Error, exif, iptc};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
const MULTI_PICTURE: &[u8] = b"MPF\0";
const ISO_GAIN_MAP: &[u8] = b"urn:iso:std:iso:ts:21496:-1\0";

/// What the segments of a JPEG say of its image.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    pub(super) frame: Option<Frame>,
    /// From the TIFF header on.
    pub(super) exif: Option<&'a [u8]>,
    pub(super) xmp: Option<&'a [u8]>,
    /// Chunks of the profile: number, of how many, data.
    icc: Vec<(u8, u8, &'a [u8])>,
    jfif: Option<&'a [u8]>,
    /// Adobe's marker.
    pub(super) adobe: Option<&'a [u8]>,
    pub(super) gain_map: bool,
    extended_xmp: bool,
    /// IPTC's datasets.
    iptc: Option<&'a [u8]>,
    multi_picture: bool,
    c2pa: bool,
    comment: bool,
}

/// A frame header (SOF).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) marker: u8,
    pub(super) bits: u8,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
    /// The number of its quantisation table.
    pub(super) steps: u8,
}

/// What the components mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colour {
    Grey,
    Ycbcr,
    Rgb,
    Cmyk,
    Ycck,
    Unknown,
}

impl<'a> Header<'a> {
    /// Notes what a segment says, if it says something of the whole image.
    pub(super) fn note(&mut self, segment: Segment<'a>) {
        let body = segment.body;
        match segment.marker.wrapping_sub(APP0) {
            0 if body.starts_with(b"JFIF\0") => self.jfif = Some(body),
            1 if self.exif.is_none() && body.starts_with(EXIF) => self.exif = body.get(EXIF.len()..),
            1 if self.xmp.is_none() && body.starts_with(XMP) => {
                self.xmp = body.get(XMP.len()..);
                self.gain_map |= memchr::memmem::find(body, b"hdrgm:Version").is_some();
            }
            1 if body.starts_with(EXTENDED_XMP) => self.extended_xmp = true,
            2 if body.starts_with(ICC) => {
                if let [number, of, data @ ..] = &body[ICC.len()..] {
                    self.icc.push((*number, *of, data));
                }
            }
            2 if body.starts_with(MULTI_PICTURE) => self.multi_picture = true,
            2 if body.starts_with(ISO_GAIN_MAP) => self.gain_map = true,
            11 if memchr::memmem::find(body, b"c2pa").is_some() => self.c2pa = true,
            13 if self.iptc.is_none() && body.starts_with(PHOTOSHOP) => {
                self.iptc = iptc::datasets(&body[PHOTOSHOP.len()..]);
            }
            14 if body.starts_with(b"Adobe") => self.adobe = Some(body),
            _ if segment.marker == COM => self.comment = true,
            _ if is_sof(segment.marker) && self.frame.is_none() => self.frame = Frame::parse(segment),
            _ => {}
        }
    }

    /// The colour profile, put together from its chunks; nothing where there is none or a part of it is missing.
    pub(super) fn icc_profile(&self) -> Result<Option<Vec<u8>>, Error> {
        let mut chunks = self.icc.clone();
        chunks.sort_by_key(|&(number, ..)| number);
        let complete = chunks
            .iter()
            .zip(1..)
            .all(|(&(number, of, _), expected)| usize::from(number) == expected && usize::from(of) == chunks.len());
        if chunks.is_empty() || !complete {
            return Ok(None);
        }
        let profile: Vec<u8> = chunks.iter().flat_map(|&(.., data)| data).copied().collect();
        if profile.len() > METADATA_BYTES {
            return Err(Error::OverLimit(format!("a colour profile of {} bytes", profile.len())));
        }
        Ok(Some(profile))
    }

    /// Whether the file has at least a part of a colour profile.
    pub(super) fn has_icc(&self) -> bool {
        !self.icc.is_empty()
    }

    /// Whether a sample of an ink is the paper that it leaves, as all write it that use Adobe's marker.
    pub(super) fn has_inverted_inks(&self) -> bool {
        self.adobe.is_some()
    }

    pub(super) fn orientation(&self) -> u8 {
        self.exif.and_then(exif::orientation).unwrap_or(1)
    }

    /// The `transform` of Adobe's marker.
    pub(super) fn transform(&self) -> Option<u8> {
        self.adobe?.get(11).copied()
    }

    /// JFIF's marker, if the file has one, without the picture in it.
    pub(super) fn jfif_without_thumbnail(&self) -> Option<[u8; 14]> {
        let mut body = *b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
        // Version and density; then the thumbnail's sides.
        if let (Some(place), Some(said)) = (body.first_chunk_mut::<12>(), self.jfif?.first_chunk::<12>()) {
            *place = *said;
        }
        Some(body)
    }

    /// What the components mean, as libjpeg decides it (`default_decompress_parms` in jdapimin.c).
    pub(super) fn colour(&self, frame: &Frame) -> Colour {
        let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), self.transform()) {
            ([_], _) => Colour::Grey,
            ([_, _, _], _) if self.jfif.is_some() => Colour::Ycbcr,
            ([_, _, _], Some(0)) => Colour::Rgb,
            ([_, _, _], Some(_)) => Colour::Ycbcr,
            (b"RGB", None) => Colour::Rgb,
            ([_, _, _], None) => Colour::Ycbcr,
            ([_, _, _, _], Some(2)) => Colour::Ycck,
            ([_, _, _, _], _) => Colour::Cmyk,
            _ => Colour::Unknown,
        }
    }

    /// What the file has besides pixels and colours.
    pub(super) fn metadata(&self, has_whole_icc: bool) -> SourceMetadata {
        let other = [
            ("icc-profile", self.has_icc() && !has_whole_icc),
            ("gain-map", self.gain_map),
            ("multi-picture", self.multi_picture),
            ("extended-xmp", self.extended_xmp),
            ("c2pa", self.c2pa),
            ("comment", self.comment),
        ];
        SourceMetadata {
            exif: self.exif.map(<[u8]>::to_vec),
            xmp: self.xmp.map(<[u8]>::to_vec),
            iptc: self.iptc.map(<[u8]>::to_vec),
            other: other.into_iter().filter(|&(_, present)| present).map(|(name, _)| name).collect(),
        }
    }
}

impl Frame {
    fn parse(segment: Segment) -> Option<Self> {
        let [bits, height_high, height_low, width_high, width_low, count, rest @ ..] = segment.body else {
            return None;
        };
        let components: Vec<Component> = rest
            .chunks_exact(3)
            .take((*count).into())
            .map(|c| Component { id: c[0], horizontal: c[1] >> 4, vertical: c[1] & 0x0F, steps: c[2] })
            .collect();
        (components.len() == usize::from(*count)).then_some(Self {
            marker: segment.marker,
            bits: *bits,
            width: u16::from_be_bytes([*width_high, *width_low]),
            height: u16::from_be_bytes([*height_high, *height_low]),
            components,
        })
    }

    /// The highest vertical and horizontal sampling factor.
    pub(super) fn sampling(&self) -> (u8, u8) {
        let highest = self.components.iter().map(|component| component.vertical).max().unwrap_or(1);
        let widest = self.components.iter().map(|component| component.horizontal).max().unwrap_or(1);
        (highest, widest)
    }

    /// Blocks of 8 × 8 samples in all components, where all sampling factors are from 1 to 4.
    pub(super) fn blocks(&self) -> u64 {
        let (highest, widest) = self.sampling();
        let across = u64::from(self.width).div_ceil(8 * u64::from(widest));
        let down = u64::from(self.height).div_ceil(8 * u64::from(highest));
        let per_unit = |c: &Component| u64::from(c.horizontal) * u64::from(c.vertical);
        across * down * self.components.iter().map(per_unit).sum::<u64>()
    }

    pub(super) fn is_progressive(&self) -> bool {
        matches!(self.marker, 0xC2 | 0xC6 | 0xCA | 0xCE)
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("JPEG: the file is truncated"),
            Stop::BadLength(marker) => malformed(format!("JPEG: the segment FF {marker:02X} has an impossible length")),
        }
    }
}
