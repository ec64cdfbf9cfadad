//! The pixels of a JPEG.
//!
//! `jpeg-decoder` decodes; what it gets to see is decided by [`File`]: the segments that pixels depend on and no others, so
//! metadata cannot break it. What the components mean is decided here, as libjpeg decides it. Each scan must have data for all
//! of its blocks.

use jpeg_decoder::{ColorTransform, Decoder, Error as DecodeError};

use super::file::File;
use super::header::Colour;
use super::splice::Splice;
use crate::Error;
use crate::error::{internal, malformed, unsupported};
use crate::image::{Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.frame.width.into(), self.frame.height.into())
    }

    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation())
    }

    /// Twice the pixels of the output are left for the resampling to choose from.
    fn scale(&self, shrink: f64) -> Scale {
        Scale(match shrink {
            16.0.. => 8,
            8.0.. => 4,
            4.0.. => 2,
            _ => 1,
        })
    }

    fn decode(&self, Scale(scale): Scale) -> Result<Source, Error> {
        let mut decoder = Decoder::new(Splice::new(self.parts.clone()));
        decoder.set_color_transform(match self.colour {
            Colour::Grey => ColorTransform::Grayscale,
            Colour::Rgb => ColorTransform::RGB,
            _ => ColorTransform::YCbCr,
        });
        let (width, height) = (self.frame.width.div_ceil(scale), self.frame.height.div_ceil(scale));
        let (width, height) = decoder.scale(width, height).map_err(decode_error)?;
        let samples = Samples::Eight(decoder.decode().map_err(decode_error)?);
        drop(decoder);

        let mut image = Image::new(width.into(), height.into(), self.channels, samples)?;
        image.embedded.icc = self.header.icc_profile()?;
        let metadata = self.header.metadata(image.embedded.icc.is_some());
        Ok(Source { image, metadata })
    }
}

fn decode_error(error: DecodeError) -> Error {
    match error {
        DecodeError::Format(detail) => malformed(format!("JPEG: {detail}")),
        DecodeError::Unsupported(feature) => unsupported(format!("JPEG: {feature:?}")),
        DecodeError::Io(_) => malformed("JPEG: the file is truncated"),
        DecodeError::Internal(error) => internal(format!("JPEG: {error}")),
    }
}
