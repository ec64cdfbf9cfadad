//! A JPEG XL, judged before any of its pixels is decoded.

use jxl::error::Error as JxlError;

use super::container::Notes;
use super::header::{Header, Stop};
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::metadata::SourceMetadata;
use crate::{Error, limits};

/// A file that can be decoded.
pub(crate) struct File<'a> {
    pub(super) input: &'a [u8],
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    pub(super) is_deep: bool,
    pub(super) orientation: u8,
    metadata: SourceMetadata,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(&mut &*input)?;
        if header.is_animation {
            return Err(unsupported("JPEG XL: an animation, which would be lost"));
        }
        if header.has_ink {
            return Err(unsupported(
                "JPEG XL: CMYK or spot colours, which cannot be shown on a screen without converting them",
            ));
        }
        let (width, height, channels, is_deep) = (header.width, header.height, header.channels, header.bits > 8);
        let per_pixel = channels.count() as u64 * if is_deep { 2 } else { 1 };
        limits::check_decoded(width, height, per_pixel)?;
        let extra = header.decoder.basic_info().map_or(0, |info| info.extra_channels.len());
        // It computes in numbers of 4 bytes, and holds what is predicted from, beside a picture that is being put together.
        let working = 2 * 4 * (3 + extra as u64) + per_pixel;
        limits::check_working("JPEG XL: decoding", u64::from(width) * u64::from(height) * working)?;

        let mut notes = Notes::of_file(input)?;
        for (what, data) in [("EXIF", notes.exif), ("an XMP packet", notes.xmp)] {
            limits::check_metadata(what, data.map_or(0, <[u8]>::len))?;
        }
        if header.has_more_channels {
            notes.other.push("extra-channels");
        }
        let metadata = SourceMetadata {
            exif: notes.exif.map(<[u8]>::to_vec),
            xmp: notes.xmp.map(<[u8]>::to_vec),
            iptc: None,
            other: notes.other,
        };
        Ok(Self { input, width, height, channels, is_deep, orientation: header.orientation, metadata })
    }

    pub(super) fn metadata(&self) -> SourceMetadata {
        self.metadata.clone()
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("JPEG XL: the file is truncated"),
            Stop::Damaged(error) => decode_error(error),
        }
    }
}

pub(super) fn decode_error(error: JxlError) -> Error {
    match error {
        JxlError::OutOfMemory(_)
        | JxlError::ImageOutOfMemory(..)
        | JxlError::ImageSizeTooLarge(..)
        | JxlError::ImageDimensionTooLarge(_)
        | JxlError::LevelLimitExceeded { .. } => Error::OverLimit(format!("JPEG XL: {error}")),
        error => malformed(format!("JPEG XL: {error}")),
    }
}
