//! The pixels of a JPEG XL.

use jxl::api::{
    Endianness, Event, JxlColorEncoding, JxlColorProfile, JxlColorType, JxlDataFormat, JxlOutputBuffer, JxlPixelFormat,
    JxlTransferFunction,
};

use super::file::{File, decode_error};
use super::header::Header;
use crate::Error;
use crate::error::{internal, malformed, unsupported};
use crate::image::{Channels, Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// From the codestream; the EXIF is not to be asked.
    fn orientation(&self) -> Orientation {
        Orientation::new(self.orientation)
    }

    /// More than 8 bits become 16.
    ///
    /// A lossy picture is stored in colours of the eye's (XYB). It comes out in the colours that it names by number, and in those of
    /// sRGB if it names others by a profile.
    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let (samples, icc) = if self.is_deep {
            let mut samples = vec![0_u16; self.samples()];
            let icc = self.decode_into(bytemuck::cast_slice_mut(&mut samples))?;
            (Samples::Sixteen(samples), icc)
        } else {
            let mut samples = vec![0; self.samples()];
            let icc = self.decode_into(&mut samples)?;
            (Samples::Eight(samples), icc)
        };
        let mut image = Image::new(self.width, self.height, self.channels, samples)?;
        image.embedded.icc = icc;
        Ok(Source { image, metadata: self.metadata() })
    }
}

impl File<'_> {
    fn samples(&self) -> usize {
        self.width as usize * self.height as usize * self.channels.count()
    }

    /// Decodes, and gives the profile of the colours where they are not those of sRGB.
    fn decode_into(&self, bytes: &mut [u8]) -> Result<Option<Vec<u8>>, Error> {
        let mut input = self.input;
        let mut decoder = Header::read(&mut input)?.decoder;
        let extra = decoder.basic_info().map_or(0, |info| info.extra_channels.len());
        let format = JxlPixelFormat {
            color_type: match self.channels {
                Channels::Grey => JxlColorType::Grayscale,
                Channels::GreyAlpha => JxlColorType::GrayscaleAlpha,
                Channels::Rgb => JxlColorType::Rgb,
                Channels::Rgba => JxlColorType::Rgba,
            },
            color_data_format: Some(if self.is_deep {
                JxlDataFormat::U16 { endianness: Endianness::native(), bit_depth: 16 }
            } else {
                JxlDataFormat::U8 { bit_depth: 8 }
            }),
            extra_channel_format: vec![None; extra],
        };
        decoder.set_pixel_format(format).map_err(decode_error)?;
        let icc = profile(decoder.output_color_profile().ok_or_else(|| internal("JPEG XL: colours of nothing"))?)?;

        let row = bytes.len() / self.height as usize;
        let mut buffers = [JxlOutputBuffer::new(bytes, self.height as usize, row)];
        loop {
            match decoder.process(&mut input, Some(&mut buffers), None).map_err(decode_error)? {
                Event::BasicInfo | Event::FrameHeader => {}
                Event::FrameComplete { .. } | Event::Complete => return Ok(icc),
                Event::NeedMoreInput { .. } => return Err(malformed("JPEG XL: the image data are cut")),
            }
        }
    }
}

/// The profile of what is decoded; none where it has the colours of sRGB.
fn profile(colours: &JxlColorProfile) -> Result<Option<Vec<u8>>, Error> {
    if let Some(JxlTransferFunction::PQ | JxlTransferFunction::HLG) = colours.transfer_function() {
        return Err(unsupported("JPEG XL: high dynamic range (PQ or HLG), which would come out too dark"));
    }
    let is_srgb = [false, true]
        .into_iter()
        .any(|is_grey| colours.same_color_encoding(&JxlColorProfile::Simple(JxlColorEncoding::srgb(is_grey))));
    if is_srgb {
        return Ok(None);
    }
    let icc = colours.try_as_icc().ok_or_else(|| unsupported("JPEG XL: colours that no profile can name"))?;
    crate::limits::check_metadata("a colour profile", icc.len())?;
    Ok(Some(icc.into_owned()))
}
