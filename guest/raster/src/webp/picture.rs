//! The pixels of a picture, still or in a frame.
//!
//! `image-webp` decodes; what it gets to see is the image and its opacity, so neither metadata nor other frames can break it.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::chunks::Chunks;
use super::header::{self, ALPHA, Coding};
use super::riff;
use crate::Error;
use crate::error::{internal, malformed, unsupported};
use crate::image::Channels;
use crate::limits;

/// A picture that can be decoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    pub(super) coding: Coding,
    image: &'a [u8],
    /// The opacity of a lossy image.
    pub(super) alpha: Option<&'a [u8]>,
}

impl<'a> Picture<'a> {
    pub(super) fn new(
        chunks: &Chunks<'a>,
        picture: header::Picture,
        (width, height): (u32, u32),
        has_alpha: bool,
    ) -> Result<Self, Error> {
        let picture = Self {
            width,
            height,
            channels: if has_alpha { Channels::Rgba } else { Channels::Rgb },
            coding: picture.coding,
            image: chunks.data(picture.image)?,
            alpha: picture.alpha.map(|alpha| chunks.data(alpha)).transpose()?,
        };
        picture.check_size()?;
        Ok(picture)
    }

    /// Samples of its channels, in rows.
    pub(super) fn decode(&self) -> Result<Vec<u8>, Error> {
        let mut decoder = WebPDecoder::new(Cursor::new(self.alone())).map_err(decode_error)?;
        let bytes = decoder.output_buffer_size().unwrap_or(0);
        if decoder.dimensions() != (self.width, self.height) || decoder.has_alpha() != self.channels.has_alpha() {
            return Err(internal("WebP: the decoder sees another image"));
        }
        let mut samples = vec![0; bytes];
        decoder.read_image(&mut samples).map_err(decode_error)?;
        Ok(samples)
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

    /// A file of the image and its opacity, without anything else.
    ///
    /// With an extended header even where there is no need for one: from it the decoder reads sides of 16384 pixels right, which
    /// it takes for 0 in the header of a lossless image.
    pub(super) fn alone(&self) -> Vec<u8> {
        let mut out = riff::begin();
        let flags = if self.channels.has_alpha() { ALPHA } else { 0 };
        riff::extended(&mut out, flags, (self.width, self.height));
        self.write(&mut out);
        riff::finish(out)
    }

    /// Writes the chunks of the image and its opacity.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if let Some(alpha) = self.alpha {
            riff::chunk(out, b"ALPH", alpha);
        }
        let kind = match self.coding {
            Coding::Lossy { .. } => b"VP8 ",
            Coding::Lossless => b"VP8L",
        };
        let start = out.len() + riff::HEADER_LEN;
        riff::chunk(out, kind, self.image);
        if matches!(self.coding, Coding::Lossy { .. }) {
            // What asks viewers for a larger picture, beside its sides. None shows one, and some take it for a part of these.
            for high in [start + 7, start + 9] {
                out[high] &= 0x3F;
            }
        }
    }
}

fn decode_error(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => malformed("WebP: the image data are cut"),
        DecodingError::UnsupportedFeature(feature) => unsupported(format!("WebP: {feature}")),
        DecodingError::InvalidParameter(error) => internal(format!("WebP: {error}")),
        DecodingError::MemoryLimitExceeded => Error::OverLimit("WebP: the decoder needs more memory".into()),
        error => malformed(format!("WebP: {error}")),
    }
}
