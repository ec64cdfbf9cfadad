//! Samples from one kind of colours to another.

use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, CmsError, ColorProfile, DataColorSpace, Layout, MatrixCoefficients, ToneReprCurve,
    TransferCharacteristics, TransformExecutor, TransformOptions,
};

use crate::Error;
use crate::error::internal;
use crate::image::{Channels, Image, Samples};

/// Pixels that are converted at once: they stay in the processor's cache.
pub(super) const AT_ONCE: usize = 2048;

pub(super) const UNUSABLE: &str = "cannot be used";

/// What was done to the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing: they are those of sRGB.
    Same,
    Converted,
    /// Nothing: what is wrong with what describes them.
    Kept(&'static str),
}

pub(super) type Transform<T> = Arc<dyn TransformExecutor<T> + Send + Sync>;

/// A sample that `moxcms` converts.
pub(super) trait Depth: Copy + Default {
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Transform<Self>, CmsError>;

    /// The light that is left where both an ink and black take theirs.
    fn left_by(ink: Self, black: Self) -> Self;
}

impl Depth for u8 {
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Transform<Self>, CmsError> {
        from.create_transform_8bit(layout, to, to_layout, options())
    }

    fn left_by(ink: Self, black: Self) -> Self {
        Self::try_from(product(ink.into(), black.into(), Self::MAX.into())).unwrap_or(Self::MAX)
    }
}

impl Depth for u16 {
    fn transform(
        from: &ColorProfile,
        layout: Layout,
        to: &ColorProfile,
        to_layout: Layout,
    ) -> Result<Transform<Self>, CmsError> {
        from.create_transform_16bit(layout, to, to_layout, options())
    }

    fn left_by(ink: Self, black: Self) -> Self {
        Self::try_from(product(ink.into(), black.into(), Self::MAX.into())).unwrap_or(Self::MAX)
    }
}

/// The product of what two numbers lack to the most, as a part of it. At most 65535² and a half of 65535, which 32 bits hold.
fn product(a: u32, b: u32, most: u32) -> u32 {
    ((most - a) * (most - b) + most / 2) / most
}

/// Perceptual, by the profile's own curves.
fn options() -> TransformOptions {
    TransformOptions { allow_use_cicp_transfer: false, ..TransformOptions::default() }
}

/// Converts an image to sRGB, or to its curve where the image is grey.
///
/// # Errors
///
/// `internal` where what could be prepared cannot be done.
pub(super) fn convert(image: &mut Image, colours: &ColorProfile) -> Result<Outcome, Error> {
    let channels = image.channels();
    let is_grey = matches!(channels, Channels::Grey | Channels::GreyAlpha);
    let greys;
    let (from, to) = match (is_grey, colours.color_space) {
        (false, DataColorSpace::Rgb) => (colours, srgb()),
        (true, DataColorSpace::Gray) => (colours, srgb_grey()),
        // Grey is where red, green and blue are the same, and stays so.
        (true, DataColorSpace::Rgb)
            if colours.lut_a_to_b_perceptual.is_none() && colours.red_trc == colours.green_trc =>
        {
            greys = grey(colours.red_trc.clone());
            (&greys, srgb_grey())
        }
        _ => return Ok(Outcome::Kept("is for another kind of image")),
    };
    match is_same(from, &to, is_grey) {
        Ok(false) => {}
        Ok(true) => return Ok(Outcome::Same),
        Err(_) => return Ok(Outcome::Kept(UNUSABLE)),
    }
    let layout = match channels {
        Channels::Grey => Layout::Gray,
        Channels::GreyAlpha => Layout::GrayAlpha,
        Channels::Rgb => Layout::Rgb,
        Channels::Rgba => Layout::Rgba,
    };
    match image.samples_mut() {
        Samples::Eight(samples) => apply(samples, from, &to, layout),
        Samples::Sixteen(samples) => apply(samples, from, &to, layout),
    }
}

fn apply<T: Depth>(
    samples: &mut [T],
    from: &ColorProfile,
    to: &ColorProfile,
    layout: Layout,
) -> Result<Outcome, Error> {
    let Ok(transform) = T::transform(from, layout, to, layout) else { return Ok(Outcome::Kept(UNUSABLE)) };
    let mut converted = vec![T::default(); AT_ONCE * layout.channels()];
    for pixels in samples.chunks_mut(converted.len()) {
        let converted = &mut converted[..pixels.len()];
        transform.transform(pixels, converted).map_err(bug)?;
        pixels.copy_from_slice(converted);
    }
    Ok(Outcome::Converted)
}

pub(super) fn bug(error: CmsError) -> Error {
    internal(format!("colours: {error}"))
}

/// Whether a conversion changes nothing: of samples of 8 bits all over the range, none by more than 1.
///
/// So primaries, white and curves are compared at once, and tables as well: profiles of sRGB are many, and differ in the last bits.
fn is_same(from: &ColorProfile, to: &ColorProfile, is_grey: bool) -> Result<bool, CmsError> {
    let levels = || (0..=u8::MAX).step_by(15);
    let (layout, samples): (_, Vec<u8>) = if is_grey {
        (Layout::Gray, (0..=u8::MAX).collect())
    } else {
        let colours = levels().flat_map(|r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])));
        (Layout::Rgb, colours.chain((0..=u8::MAX).map(|grey| [grey; 3])).flatten().collect())
    };
    let mut converted = vec![0; samples.len()];
    u8::transform(from, layout, to, layout)?.transform(&samples, &mut converted)?;
    Ok(samples.iter().zip(converted).all(|(a, b)| a.abs_diff(b) <= 1))
}

/// The colours of sRGB. `ColorProfile::new_srgb` takes a white for D65 that is a little off.
pub(super) fn srgb() -> ColorProfile {
    ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::Bt709,
        transfer_characteristics: TransferCharacteristics::Srgb,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    })
}

/// Greys by the curve of sRGB.
fn srgb_grey() -> ColorProfile {
    grey(srgb().red_trc)
}

/// Greys by a curve.
pub(super) fn grey(curve: Option<ToneReprCurve>) -> ColorProfile {
    let mut greys = ColorProfile::new_gray_with_gamma(1.0);
    greys.gray_trc = curve;
    greys
}
