//! What the chunks of a PNG say of its colours (PNG specification, third edition, 11.3.2).

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, LocalizableString, MatrixCoefficients,
    ProfileText, ToneReprCurve, TransferCharacteristics,
};
use png::{CodingIndependentCodePoints, ScaledFloat, SourceChromaticities};

use super::convert::{grey, srgb};
use crate::Error;
use crate::error::unsupported;
use crate::image::Channels;
use crate::metadata::PngColour;

/// The colours that `gAMA` and `cHRM` describe, if they are any; where one is missing, what sRGB has in its place.
pub(super) fn colours(chunks: PngColour, channels: Channels) -> Option<ColorProfile> {
    let mut colours = srgb();
    if let Some(gamma) = chunks.gamma {
        let exponent = 1.0 / gamma.into_value();
        if !(0.1..=10.0).contains(&exponent) {
            return None;
        }
        let curve = Some(ToneReprCurve::Parametric(vec![exponent]));
        colours.red_trc.clone_from(&curve);
        colours.green_trc.clone_from(&curve);
        colours.blue_trc = curve;
    }
    if let Some(SourceChromaticities { white, red, green, blue }) = chunks.chromaticities {
        let [white, red, green, blue] = [white, red, green, blue].map(chromaticity);
        if white.y < 0.01 || doubled_area(red, green, blue) < 0.01 {
            return None;
        }
        colours.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    }
    Some(for_channels(colours, channels))
}

/// The chunks that differ from what a PNG without them has.
pub(super) fn name(chunks: PngColour) -> String {
    let names = [("gAMA", chunks.gamma.is_some()), ("cHRM", chunks.chromaticities.is_some())];
    names.into_iter().filter(|&(_, present)| present).map(|(name, _)| name).collect::<Vec<_>>().join(" and ")
}

/// The profile that says what `cICP` says (ITU-T H.273); none where that is sRGB.
///
/// # Errors
///
/// `unsupported` for high dynamic range, and for what has no primaries or no curve of its own.
pub(crate) fn code_points(points: &CodingIndependentCodePoints, channels: Channels) -> Result<Option<Vec<u8>>, Error> {
    let (primaries, transfer) = (points.color_primaries, points.transfer_function);
    let refused = |why: &str| unsupported(format!("PNG: {why}, {primaries}/{transfer} of a cICP chunk (ITU-T H.273)"));
    if !points.is_video_full_range_image {
        return Err(refused("samples of a narrow range"));
    }
    let name = match (primaries, transfer) {
        (1, 13) => return Ok(None),
        (_, 16 | 18) => return Err(refused("high dynamic range")),
        (12, 13) => "Display P3".to_owned(),
        (1 | 4..=7 | 9 | 11 | 12 | 22, 1 | 4..=6 | 8 | 13..=15) => format!("cICP {primaries}/{transfer}"),
        _ => return Err(refused("the colour space")),
    };
    let profile = CicpColorPrimaries::try_from(primaries).ok().zip(TransferCharacteristics::try_from(transfer).ok());
    let profile = profile.and_then(|(color_primaries, transfer_characteristics)| {
        let matrix_coefficients = MatrixCoefficients::Identity;
        let points = CicpProfile { color_primaries, transfer_characteristics, matrix_coefficients, full_range: true };
        encode(for_channels(ColorProfile::new_from_cicp(points), channels), &name)
    });
    profile.map(Some).ok_or_else(|| refused("the colour space"))
}

/// An ICC profile of colours.
pub(super) fn encode(mut colours: ColorProfile, name: &str) -> Option<Vec<u8>> {
    let text = |text: &str| {
        let text = LocalizableString::new("en".into(), "US".into(), text.into());
        Some(ProfileText::Localizable(vec![text]))
    };
    colours.description = text(name);
    colours.copyright = text("CC0");
    colours.cicp = None;
    colours.encode().ok()
}

/// The same colours; of grey their curve.
fn for_channels(colours: ColorProfile, channels: Channels) -> ColorProfile {
    match channels {
        Channels::Rgb | Channels::Rgba => colours,
        Channels::Grey | Channels::GreyAlpha => grey(colours.red_trc),
    }
}

fn chromaticity((x, y): (ScaledFloat, ScaledFloat)) -> Chromaticity {
    Chromaticity::new(x.into_value(), y.into_value())
}

/// Twice the area of the triangle that the primaries span.
fn doubled_area(red: Chromaticity, green: Chromaticity, blue: Chromaticity) -> f32 {
    ((green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y)).abs()
}
