//! A WebP file, taken apart and judged before any of its pixels is decoded.

use super::chunks::{Chunks, Stop};
use super::header::{Coding, Header};
use crate::Error;
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::limits;
use crate::metadata::SourceMetadata;

/// A file that can be decoded.
///
/// The orientation of its EXIF is not applied: it stands behind the image, and no browser turns a WebP. What is seen of the source
/// is seen of the output.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    pub(super) coding: Coding,
    pub(super) image: &'a [u8],
    /// The opacity of a lossy image.
    pub(super) alpha: Option<&'a [u8]>,
    pub(super) icc: Option<&'a [u8]>,
    /// From the TIFF header on.
    exif: Option<&'a [u8]>,
    xmp: Option<&'a [u8]>,
    /// Names of what no output can hold.
    other: Vec<&'static str>,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        let Some(picture) = header.picture else {
            return Err(unsupported(match header.frames {
                1 => "WebP: an animation of one frame, which is smaller than its picture".into(),
                frames => format!("WebP: an animation of {frames} frames, which would be lost"),
            }));
        };
        let chunks = Chunks::of_file(input)?;
        if chunks.end() > input.len() as u64 {
            return Err(Stop::NeedMore(chunks.end()).into());
        }
        let mut file = Self {
            width: header.width,
            height: header.height,
            channels: if header.has_alpha { Channels::Rgba } else { Channels::Rgb },
            coding: picture.coding,
            image: chunks.data(picture.image)?,
            alpha: picture.alpha.map(|alpha| chunks.data(alpha)).transpose()?,
            icc: None,
            exif: None,
            xmp: None,
            other: Vec::new(),
        };
        file.check_size()?;
        if let Some(chunks) = header.chunks {
            file.note(chunks, header.has_icc)?;
        }
        Ok(file)
    }

    /// Notes what the file has besides its image. The first of two chunks counts.
    fn note(&mut self, mut chunks: Chunks<'a>, has_icc: bool) -> Result<(), Error> {
        while let Some(chunk) = chunks.next()? {
            let data = chunks.data(chunk)?;
            match &chunk.kind {
                // A profile of which the header knows nothing is not looked at by browsers either.
                b"ICCP" if has_icc && self.icc.is_none() => self.icc = Some(data),
                b"ICCP" => self.other.push("icc-profile"),
                // Some write it as a JPEG has it.
                b"EXIF" if self.exif.is_none() => self.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
                b"XMP " if self.xmp.is_none() => self.xmp = Some(data),
                b"C2PA" => self.other.push("c2pa"),
                _ => {}
            }
        }
        for (what, data) in [("a colour profile", self.icc), ("EXIF", self.exif), ("an XMP packet", self.xmp)] {
            limits::check_metadata(what, data.map_or(0, <[u8]>::len))?;
        }
        Ok(())
    }

    /// Refuses what would not fit in memory, and what claims to be larger than its data can be, before anything is allocated.
    fn check_size(&self) -> Result<(), Error> {
        let (width, height) = (self.width, self.height);
        if width == 0 || height == 0 {
            return Err(malformed(format!("WebP: {width} × {height} pixels")));
        }
        let channels = self.channels.count() as u64;
        limits::check_decoded(width, height, channels)?;
        // The pixels, and those that they are made of: with subsampled colour, or always with opacity.
        let per_pixel = channels
            + match self.coding {
                Coding::Lossy { .. } if self.alpha.is_some() => 2 + 5,
                Coding::Lossy { .. } => 2,
                Coding::Lossless => 4 + 1,
            };
        let data = self.image.len() as u64 + self.alpha.map_or(0, <[u8]>::len) as u64;
        limits::check_working("WebP: decoding", u64::from(width) * u64::from(height) * per_pixel + 3 * data)?;
        // Lossless data may be nothing but a table of one colour. Of lossy data each macroblock of 16 × 16 pixels takes more than
        // a bit: the likeliest modes of luma and chroma cost 0.8 each (RFC 6386, 11.2).
        if let Coding::Lossy { first_partition } = self.coding {
            let blocks = u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16));
            if blocks > 8 * u64::from(first_partition) {
                return Err(malformed(format!(
                    "WebP: {width} × {height} pixels need at least {} bytes of modes, the file has {first_partition}",
                    blocks.div_ceil(8)
                )));
            }
            if u64::from(first_partition) > self.image.len() as u64 {
                return Err(malformed("WebP: the image data are cut"));
            }
        }
        Ok(())
    }

    /// What the file has besides pixels and colours.
    pub(super) fn metadata(&self) -> SourceMetadata {
        SourceMetadata {
            exif: self.exif.map(<[u8]>::to_vec),
            xmp: self.xmp.map(<[u8]>::to_vec),
            iptc: None,
            other: self.other.clone(),
        }
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("WebP: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("WebP: {what}")),
        }
    }
}
