//! From the coded channels to red, green and blue, and to a profile that says which (ITU-T H.273).

use jxl::api::{JxlColorEncoding, JxlPrimaries, JxlTransferFunction};

use super::properties::CodePoints;
use crate::Error;
use crate::error::{internal, unsupported};

/// How coded numbers become red, green and blue.
#[derive(Debug)]
pub(super) struct Conversion {
    /// Factor, and what is 0, of the first channel.
    pub(super) luma: (f32, f32),
    /// The same of the others.
    pub(super) chroma: (f32, f32),
    matrix: Matrix,
}

#[derive(Debug)]
enum Matrix {
    /// The channels are green, blue and red.
    Identity,
    /// The weights of red and blue in the luma.
    Weights { red: f32, blue: f32 },
}

impl Conversion {
    pub(super) fn new(points: CodePoints, bits: u8) -> Result<Self, Error> {
        let weights = |red, blue| Matrix::Weights { red, blue };
        let matrix = match points.matrix {
            0 => Matrix::Identity,
            1 => weights(0.2126, 0.0722),
            // What is not specified is taken for BT.601, as other decoders do.
            2 | 5 | 6 => weights(0.299, 0.114),
            4 => weights(0.30, 0.11),
            7 => weights(0.212, 0.087),
            9 => weights(0.2627, 0.0593),
            other => return Err(unsupported(format!("AVIF: colours coded by the matrix {other} of H.273"))),
        };
        let unit = f32::from(1_u16 << (bits - 8));
        let most = 256.0 * unit - 1.0;
        let (luma, range) = if points.is_full_range {
            ((1.0 / most, 0.0), most)
        } else {
            ((1.0 / (219.0 * unit), 16.0 * unit), 224.0 * unit)
        };
        let chroma = match matrix {
            Matrix::Identity => luma,
            Matrix::Weights { .. } => (1.0 / range, 128.0 * unit),
        };
        Ok(Self { luma, chroma, matrix })
    }

    #[inline]
    pub(super) fn rgb(&self, first: f32, second: f32, third: f32) -> [f32; 3] {
        match self.matrix {
            Matrix::Identity => [third, first, second],
            Matrix::Weights { red, blue } => {
                let green = 1.0 - red - blue;
                let (from_blue, from_red) = (2.0 * (1.0 - blue) * second, 2.0 * (1.0 - red) * third);
                [first + from_red, first - (blue * from_blue + red * from_red) / green, first + from_blue]
            }
        }
    }
}

/// A profile of the colours that code points name; none where they are those of sRGB.
///
/// The curve of BT.709 and its kin counts as sRGB's, as in browsers: what a screen is to show was mastered on one.
pub(super) fn profile(points: CodePoints, is_grey: bool) -> Result<Option<Vec<u8>>, Error> {
    let transfer_function = match points.transfer {
        1 | 2 | 6 | 13 | 14 | 15 => JxlTransferFunction::SRGB,
        // The exponent is of the way back.
        4 => JxlTransferFunction::Gamma(1.0 / 2.2),
        5 => JxlTransferFunction::Gamma(1.0 / 2.8),
        8 => JxlTransferFunction::Linear,
        16 => return Err(unsupported("AVIF: high dynamic range (PQ), which would come out too dark")),
        18 => return Err(unsupported("AVIF: high dynamic range (HLG), which would come out too dark")),
        other => return Err(unsupported(format!("AVIF: the transfer characteristics {other} of H.273"))),
    };
    let is_srgb = transfer_function == JxlTransferFunction::SRGB;
    let primaries = match points.primaries {
        1 | 2 => JxlPrimaries::SRGB,
        5 => chromaticities([0.640, 0.330, 0.290, 0.600, 0.150, 0.060]),
        6 | 7 => chromaticities([0.630, 0.340, 0.310, 0.595, 0.155, 0.070]),
        9 => JxlPrimaries::BT2100,
        12 => JxlPrimaries::P3,
        other => return Err(unsupported(format!("AVIF: the colour primaries {other} of H.273"))),
    };
    if is_srgb && (is_grey || primaries == JxlPrimaries::SRGB) {
        return Ok(None);
    }
    let mut encoding = JxlColorEncoding::srgb(is_grey);
    match &mut encoding {
        JxlColorEncoding::RgbColorSpace { primaries: own, transfer_function: curve, .. } => {
            (*own, *curve) = (primaries, transfer_function);
        }
        JxlColorEncoding::GrayscaleColorSpace { transfer_function: curve, .. } => *curve = transfer_function,
        JxlColorEncoding::XYB { .. } => {}
    }
    encoding.maybe_create_profile().map_err(|error| internal(format!("AVIF: no profile of its colours: {error}")))
}

fn chromaticities([rx, ry, gx, gy, bx, by]: [f32; 6]) -> JxlPrimaries {
    JxlPrimaries::Chromaticities { rx, ry, gx, gy, bx, by }
}
