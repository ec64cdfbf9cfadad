//! A HEIC, judged before any of its pixels is decoded.

use super::decode;
use crate::error::{malformed, unsupported};
use crate::heif::{self, Header, Property};
use crate::image::Channels;
use crate::metadata::SourceMetadata;
use crate::{Error, limits};

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) input: &'a [u8],
    pub(super) header: Header<'a>,
    pub(super) channels: Channels,
    pub(super) metadata: SourceMetadata,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        if header.is_sequence {
            return Err(unsupported("HEIC: an animation, which would be lost"));
        }
        let (width, height) = heif::extent(&header.meta, header.meta.item(header.meta.primary)?)?;
        if width == 0 || height == 0 {
            return Err(malformed(format!("HEIC: {width} × {height} pixels")));
        }
        for (property, is_essential) in header.meta.properties(header.meta.item(header.meta.primary)?) {
            if is_essential && property == Property::Unknown {
                return Err(unsupported("HEIC: an essential property that is not known"));
            }
        }
        if header.is_premultiplied {
            return Err(unsupported("HEIC: colours multiplied by their opacity"));
        }
        let channels = header.channels();
        let per_pixel = channels.count() as u64 * if header.coding.bits > 8 { 2 } else { 1 };
        limits::check_decoded(width, height, per_pixel)?;
        // Tiles, and the picture that is put together from them, in 4 bytes for each sample.
        let planes = 2 * 4 * if channels.has_alpha() { 4 } else { 3 };
        limits::check_working("HEIC: decoding", u64::from(width) * u64::from(height) * (planes + per_pixel))?;
        // What the coded data say is what memory is taken for.
        let coded = heic_decoder::probe(input).map_err(decode::error)?;
        if (coded.coded_width, coded.coded_height) != (width as usize, height as usize) {
            return Err(malformed("HEIC: the picture is coded in another size than the file says"));
        }
        let metadata = heif::metadata(input, &header)?;
        limits::check_metadata("a colour profile", header.icc.map_or(0, <[u8]>::len))?;
        Ok(Self { input, channels, metadata, header })
    }
}
