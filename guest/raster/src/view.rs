//! What a file's pixels become before anybody looks at them: resized, in the colours that are wanted, upright.

use std::borrow::Cow;

use crate::colour::{self, Target};
use crate::image::Image;
use crate::resize::{Blend, Geometry, TargetBox, resample};
use crate::source::{self, Scale};
use crate::upright::{Orientation, upright};
use crate::{Embedded, Error, Resize, animation};

/// How pixels are to be seen.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// Of the source as its file says; it may have been decoded at a smaller scale.
    pub(crate) size: (u32, u32),
    /// None where the size stays.
    pub(crate) geometry: Option<&'a Geometry>,
    pub(crate) blend: Blend,
    pub(crate) orientation: Orientation,
    pub(crate) colours: Target,
}

impl View<'_> {
    /// The pixels, with what says their colours, and a note on what was done to these.
    ///
    /// Resized before they are turned: an output is never larger than its source, so there is less to turn.
    pub(crate) fn of(&self, image: Cow<Image>) -> Result<(Image, Option<String>), Error> {
        let mut image = match self.geometry {
            Some(geometry) => {
                let mut resized = resample(&image, self.size, geometry, self.blend)?;
                let Embedded { icc, png_colour, .. } = &image.embedded;
                resized.embedded = Embedded { icc: icc.clone(), png_colour: *png_colour, ..Embedded::default() };
                resized
            }
            None => image.into_owned(),
        };
        let note = colour::settle(&mut image, self.colours)?;
        Ok((upright(image, self.orientation)?, note))
    }
}

/// The picture that a file shows, upright and in sRGB: for whoever compares pictures, and makes none. Of an animation, its first frame.
///
/// Resized as a rendition is, but always from all of the source's pixels: encoders decode some files at a smaller scale to save time, and how
/// much they lose by that is a part of what is compared. `in_light` is the option `linear-light`. Where another size than the box's, `rounded_as`,
/// differs from it by no more than rounding, the picture is resized to that: nobody says how sides are rounded.
///
/// # Errors
///
/// As the contract sorts them; `bad-request` for a box without extent.
pub fn seen(
    file: &[u8],
    resize: Option<&Resize>,
    rounded_as: Option<(u32, u32)>,
    in_light: bool,
) -> Result<Image, Error> {
    let target = resize.map(TargetBox::parse).transpose()?;
    let file = source::open(file)?;
    let (size, orientation) = (file.size(), file.orientation());
    let image = match file.length() {
        Some(length) => animation::first(&*file, &length)?,
        None => file.decode(Scale::FULL)?.image,
    };
    let geometry = target.and_then(|target| target.geometry(size.0, size.1, orientation));
    let stored = |(width, height)| if orientation.swaps_sides() { (height, width) } else { (width, height) };
    let geometry = geometry.map(|geometry| rounded_as.map_or(geometry, |size| geometry.rounded_as(stored(size))));
    let blend = if in_light { Blend::Light } else { Blend::Values };
    let view = View { size, geometry: geometry.as_ref(), blend, orientation, colours: Target::Srgb };
    Ok(view.of(Cow::Owned(image))?.0)
}
