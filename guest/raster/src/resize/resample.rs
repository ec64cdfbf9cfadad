//! Lanczos resampling.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use super::{Blend, Geometry, light};
use crate::Error;
use crate::error::internal;
use crate::image::{Channels, Image, Samples};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The part of an image that a geometry shows, in the geometry's size. Nothing is embedded in the result.
///
/// `full` is the size of the source for which the geometry was made: the image may already be a fraction of it, where it
/// was decoded at a smaller scale.
pub(crate) fn resample(image: &Image, full: (u32, u32), geometry: &Geometry, blend: Blend) -> Result<Image, Error> {
    let from = Size { width: image.width(), height: image.height() };
    let Geometry { width, height, crop } = *geometry;
    let to = Size { width, height };
    let (left, across) = part((crop.left, crop.width), from.width, full.0);
    let (top, down) = part((crop.top, crop.height), from.height, full.1);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        // Colours of transparent pixels must not bleed; premultiplying costs a copy, which opaque images are spared.
        .use_alpha(image.is_translucent());
    let (channels, samples) = (image.channels(), image.samples());
    let samples = match blend {
        Blend::Light => light::resample(samples, channels, (from, to), [(left, across), (top, down)], options)?,
        Blend::Values => {
            let options = options.crop(left, top, across, down);
            // An output is never larger than its source, so this product cannot overflow where the source's did not.
            let len = width as usize * height as usize * channels.count();
            match samples {
                Samples::Eight(source) => {
                    let mut target = vec![0; len];
                    eight(channels, (source, from), (&mut target, to), &options)?;
                    Samples::Eight(target)
                }
                Samples::Sixteen(source) => {
                    let mut target = vec![0; len];
                    sixteen(channels, (source, from), (&mut target, to), &options)?;
                    Samples::Sixteen(target)
                }
            }
        }
    };
    Image::new(width, height, channels, samples)
}

/// Where a part of a side begins and how long it is, when the side is `side` pixels long instead of `full`.
///
/// Never beyond the side: the product comes first, so that a whole side stays whole, and what is rounded up is cut off.
fn part((start, length): (f64, f64), side: u32, full: u32) -> (f64, f64) {
    let (side, full) = (f64::from(side), f64::from(full));
    let start = (start * side / full).min(side);
    (start, (length * side / full).min(side - start))
}

fn eight(
    channels: Channels,
    source: (&[u8], Size),
    target: (&mut [u8], Size),
    options: &ResizeOptions,
) -> Result<(), Error> {
    resample_one_of::<U8, U8x2, U8x3, U8x4>(channels, source, target, options)
}

pub(super) fn sixteen(
    channels: Channels,
    (source, from): (&[u16], Size),
    (target, to): (&mut [u16], Size),
    options: &ResizeOptions,
) -> Result<(), Error> {
    let (source, target) = (bytemuck::cast_slice(source), bytemuck::cast_slice_mut(target));
    resample_one_of::<U16, U16x2, U16x3, U16x4>(channels, (source, from), (target, to), options)
}

/// One type for each kind of pixel: asked by `PixelType`, the resizer would bring the code for others along.
fn resample_one_of<A: PixelTrait, B: PixelTrait, C: PixelTrait, D: PixelTrait>(
    channels: Channels,
    source: (&[u8], Size),
    target: (&mut [u8], Size),
    options: &ResizeOptions,
) -> Result<(), Error> {
    match channels {
        Channels::Grey => resample_as::<A>(source, target, options),
        Channels::GreyAlpha => resample_as::<B>(source, target, options),
        Channels::Rgb => resample_as::<C>(source, target, options),
        Channels::Rgba => resample_as::<D>(source, target, options),
    }
}

fn resample_as<P: PixelTrait>(
    (source, from): (&[u8], Size),
    (target, to): (&mut [u8], Size),
    options: &ResizeOptions,
) -> Result<(), Error> {
    let bug = |what: &str| internal(format!("resize: {what}"));
    let source =
        TypedImageRef::<P>::from_buffer(from.width, from.height, source).map_err(|error| bug(&error.to_string()))?;
    let mut target =
        TypedImage::<P>::from_buffer(to.width, to.height, target).map_err(|error| bug(&error.to_string()))?;
    Resizer::new().resize_typed(&source, &mut target, options).map_err(|error| bug(&error.to_string()))
}
