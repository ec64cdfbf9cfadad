//! A profile of colours that are named by numbers (ITU-T H.273).

use jxl::api::{JxlColorEncoding, JxlPrimaries, JxlTransferFunction};

use super::CodePoints;
use crate::Error;
use crate::error::{internal, unsupported};

/// A profile of the colours that code points name; none where they are those of sRGB.
///
/// The curve of BT.709 and its kin counts as sRGB's, as in browsers: what a screen is to show was mastered on one.
pub(crate) fn profile(format: &str, points: CodePoints, is_grey: bool) -> Result<Option<Vec<u8>>, Error> {
    let transfer_function = match points.transfer {
        1 | 2 | 6 | 13 | 14 | 15 => JxlTransferFunction::SRGB,
        // The exponent is of the way back.
        4 => JxlTransferFunction::Gamma(1.0 / 2.2),
        5 => JxlTransferFunction::Gamma(1.0 / 2.8),
        8 => JxlTransferFunction::Linear,
        16 => return Err(unsupported(format!("{format}: high dynamic range (PQ), which would come out too dark"))),
        18 => return Err(unsupported(format!("{format}: high dynamic range (HLG), which would come out too dark"))),
        other => return Err(unsupported(format!("{format}: the transfer characteristics {other} of H.273"))),
    };
    let is_srgb = transfer_function == JxlTransferFunction::SRGB;
    let primaries = match points.primaries {
        1 | 2 => JxlPrimaries::SRGB,
        5 => chromaticities([0.640, 0.330, 0.290, 0.600, 0.150, 0.060]),
        6 | 7 => chromaticities([0.630, 0.340, 0.310, 0.595, 0.155, 0.070]),
        9 => JxlPrimaries::BT2100,
        12 => JxlPrimaries::P3,
        other => return Err(unsupported(format!("{format}: the colour primaries {other} of H.273"))),
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
    encoding.maybe_create_profile().map_err(|error| internal(format!("{format}: no profile of its colours: {error}")))
}

fn chromaticities([rx, ry, gx, gy, bx, by]: [f32; 6]) -> JxlPrimaries {
    JxlPrimaries::Chromaticities { rx, ry, gx, gy, bx, by }
}
