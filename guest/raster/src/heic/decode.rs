//! The pixels of a HEIC.

use heic_decoder::{ColorInfo, DecodeOptions, DecodedImage, HeifError, RgbOptions, decode_with};

use super::file::File;
use crate::Error;
use crate::error::{malformed, unsupported};
use crate::heif::{self, CodePoints};
use crate::image::{Channels, Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        self.header.size()
    }

    /// From the file's own turns and mirrors; its EXIF is not to be asked.
    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation)
    }

    /// More than 8 bits become 16.
    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let decoded = decode_with(self.input, &DecodeOptions { apply_transforms: false }).map_err(error)?;
        let said = (u32::from(self.header.coding.bits), self.channels.has_alpha());
        if (decoded.bit_depth_luma, decoded.alpha.is_some()) != said {
            return Err(malformed("HEIC: the picture is coded in another way than the file says"));
        }
        let points = points(&decoded);
        let made = heif::profile("HEIC", points, self.header.coding.is_grey)?;
        let samples = samples(&decoded, points, self.channels, self.header.coding.bits)?;
        let samples = match samples {
            Samples::Eight(samples) => Samples::Eight(self.seen(samples, &decoded)?),
            Samples::Sixteen(samples) => Samples::Sixteen(self.seen(samples, &decoded)?),
        };
        let (width, height) = self.header.size();
        let mut image = Image::new(width, height, self.channels, samples)?;
        image.embedded.icc = self.header.icc.map(<[u8]>::to_vec).or(made);
        Ok(Source { image, metadata: self.metadata.clone() })
    }
}

impl File<'_> {
    /// The part of the samples that is to be seen.
    fn seen<T: Copy>(&self, samples: Vec<T>, decoded: &DecodedImage) -> Result<Vec<T>, Error> {
        let (size, start) = (self.header.size(), self.header.crop);
        let (width, height) = (size.0 as usize, size.1 as usize);
        let (left, top) = start.map_or((0, 0), |(left, top)| (left as usize, top as usize));
        let fits = decoded.width >= left + width && decoded.height >= top + height;
        let is_whole = (decoded.width, decoded.height) == (width, height);
        if !fits || start.is_none() && !is_whole {
            return Err(malformed("HEIC: the picture is coded in another size than the file says"));
        }
        if is_whole {
            return Ok(samples);
        }
        let count = self.channels.count();
        let rows = samples.chunks_exact(decoded.width * count).skip(top).take(height);
        Ok(rows.flat_map(|row| &row[left * count..][..width * count]).copied().collect())
    }
}

/// What the file says of its colours, else what its coded data say.
fn points(decoded: &DecodedImage) -> CodePoints {
    let unspecified = ColorInfo { matrix_coefficients: 2, ..ColorInfo::default() };
    let info = decoded.color_info.unwrap_or(unspecified);
    CodePoints {
        primaries: info.color_primaries,
        transfer: info.transfer_characteristics,
        // What is not specified is taken for BT.601, as other decoders do.
        matrix: if info.matrix_coefficients == 2 { 6 } else { info.matrix_coefficients },
        is_full_range: info.full_range,
    }
}

fn samples(decoded: &DecodedImage, points: CodePoints, channels: Channels, bits: u8) -> Result<Samples, Error> {
    let color = ColorInfo {
        color_primaries: points.primaries,
        transfer_characteristics: points.transfer,
        matrix_coefficients: points.matrix,
        full_range: points.is_full_range,
    };
    let options = RgbOptions { color: Some(color), ..RgbOptions::default() };
    Ok(match (bits > 8, channels.has_alpha()) {
        (false, false) => Samples::Eight(wanted(decoded.to_rgb8_with_options(&options).map_err(error)?.data, channels)),
        (false, true) => Samples::Eight(wanted(decoded.to_rgba8_with_options(&options).map_err(error)?.data, channels)),
        (true, false) => {
            Samples::Sixteen(wanted(decoded.to_rgb16_with_options(&options).map_err(error)?.data, channels))
        }
        (true, true) => {
            Samples::Sixteen(wanted(decoded.to_rgba16_with_options(&options).map_err(error)?.data, channels))
        }
    })
}

/// Of grey, which comes as three channels, the first one is kept, and opacity.
fn wanted<T: Copy>(samples: Vec<T>, channels: Channels) -> Vec<T> {
    match channels {
        Channels::Grey => samples.into_iter().step_by(3).collect(),
        Channels::GreyAlpha => {
            samples.as_chunks().0.iter().flat_map(|&[grey, _, _, opacity]| [grey, opacity]).collect()
        }
        Channels::Rgb | Channels::Rgba => samples,
    }
}

pub(super) fn error(error: HeifError) -> Error {
    let detail = format!("HEIC: {error}");
    match error {
        HeifError::Unsupported(_) => unsupported(detail),
        HeifError::LimitExceeded(_) => Error::OverLimit(detail),
        _ => malformed(detail),
    }
}
