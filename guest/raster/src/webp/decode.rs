//! The pixels of a WebP.
//!
//! `image-webp` decodes; what it gets to see is decided by [`File`]: the image and its opacity, so metadata cannot break it.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::file::File;
use super::header::Coding;
use crate::Error;
use crate::error::{internal, malformed, unsupported};
use crate::image::{Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// As browsers do: the EXIF of a WebP does not turn it.
    fn orientation(&self) -> Orientation {
        Orientation::new(1)
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let mut decoder = WebPDecoder::new(Cursor::new(self.image_alone())).map_err(decode_error)?;
        let bytes = decoder.output_buffer_size().unwrap_or(0);
        if decoder.dimensions() != (self.width, self.height) || decoder.has_alpha() != self.channels.has_alpha() {
            return Err(internal("WebP: the decoder sees another image"));
        }
        let mut samples = vec![0; bytes];
        decoder.read_image(&mut samples).map_err(decode_error)?;
        drop(decoder);

        let mut image = Image::new(self.width, self.height, self.channels, Samples::Eight(samples))?;
        image.embedded.icc = self.icc.map(<[u8]>::to_vec);
        Ok(Source { image, metadata: self.metadata() })
    }
}

impl File<'_> {
    /// A file of the image and its opacity, without anything else.
    ///
    /// With an extended header even where there is no need for one: from it the decoder reads sides of 16384 pixels right, which
    /// it takes for 0 in the header of a lossless image.
    fn image_alone(&self) -> Vec<u8> {
        let side = |side: u32| (side - 1).to_le_bytes();
        let ([w0, w1, w2, _], [h0, h1, h2, _]) = (side(self.width), side(self.height));
        let flags = if self.channels.has_alpha() { 0x10 } else { 0 };
        let image = match self.coding {
            Coding::Lossy { .. } => b"VP8 ",
            Coding::Lossless => b"VP8L",
        };
        let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
        let mut chunk = |kind: &[u8; 4], data: &[u8]| {
            out.extend_from_slice(kind);
            out.extend_from_slice(&length(data.len()));
            out.extend_from_slice(data);
            out.resize(out.len().next_multiple_of(2), 0);
        };
        chunk(b"VP8X", &[flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
        if let Some(alpha) = self.alpha {
            chunk(b"ALPH", alpha);
        }
        chunk(image, self.image);
        let whole = length(out.len() - 8);
        out.splice(4..8, whole);
        out
    }
}

/// Chunks come from a file whose lengths have 32 bits.
fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
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
