//! One rendition of an animation.

use super::compose::Canvas;
use super::{Animation, Frame, Length};
use crate::budget::{self, Fitting};
use crate::colour;
use crate::error::{bad_request, internal, unsupported};
use crate::metadata::Pixels;
use crate::request::Request;
use crate::resize::{Blend, Geometry, resample};
use crate::source::File;
use crate::upright::{Orientation, upright};
use crate::{Embedded, Encoded, Encoder, Error, Quality, limits};

/// Bytes that a pixel takes beside what encoding a still picture takes: canvas, part and frame here, and the three canvases that
/// an encoder compares.
const AROUND: u64 = 40;

/// What was made, with the names of what was dropped and a note on the colours.
pub(crate) struct Made {
    pub(crate) fitting: Fitting,
    pub(crate) dropped: Vec<&'static str>,
    pub(crate) colour_note: Option<String>,
}

/// Makes a file of an animation.
///
/// To keep a budget, all frames are decoded and encoded again at each level that is tried.
///
/// # Errors
///
/// `unsupported` where the encoder's format has no animations: one frame of many is not what was asked for.
pub(crate) fn make<E: Encoder>(
    file: &dyn File,
    length: &Length,
    request: &Request<E::Settings>,
) -> Result<Made, Error> {
    let Length { format, frames, .. } = *length;
    if !E::ANIMATES {
        let produced = E::describe().produces.join(", ");
        let s = if frames == 1 { "" } else { "s" };
        return Err(unsupported(format!(
            "{format}: an animation of {frames} frame{s}, which would be lost as {produced}; ask for image/webp"
        )));
    }
    if request.quality == Quality::Lossless && !E::LOSSLESS {
        return Err(bad_request(format!("{} makes no animation lossless; ask for a level", E::describe().name)));
    }
    if request.score.is_some() {
        return Err(bad_request(format!("{format}: an animation has no score; ask for a level")));
    }
    let size = file.size();
    length.check(size)?;
    let geometry = request.target.and_then(|target| target.geometry(size.0, size.1, file.orientation()));
    let mut about = None;
    let fitting = budget::at_quality(request, |quality| {
        let (encoded, dropped, colour_note) = encode::<E>(file, request, geometry.as_ref(), quality)?;
        about = Some((dropped, colour_note));
        Ok(encoded)
    })?;
    let (dropped, colour_note) = about.ok_or_else(|| internal("nothing was encoded"))?;
    Ok(Made { fitting, dropped, colour_note })
}

fn encode<E: Encoder>(
    file: &dyn File,
    request: &Request<E::Settings>,
    geometry: Option<&Geometry>,
    quality: Quality,
) -> Result<(Encoded, Vec<&'static str>, Option<String>), Error> {
    let moving = file.animation()?;
    let (kept, dropped) = moving.metadata.under(request.metadata, Pixels::Upright);
    let view = View {
        size: file.size(),
        geometry,
        blend: request.blend,
        orientation: file.orientation(),
        colours: request.colours,
    };
    let mut frames =
        Canvas::new(view.size, moving.parts).map(|frame| frame.and_then(|frame| view.of(frame, &moving.colours)));
    // All frames have the same colours: the first one tells what becomes of these.
    let (first, colour_note) = frames.next().ok_or_else(|| internal("an animation without frames"))??;
    let mut first = first;
    let Embedded { icc, png_colour, .. } = std::mem::take(&mut first.image.embedded);
    let pixels = u64::from(first.image.width()) * u64::from(first.image.height());
    let working = E::working_bytes(&first.image, quality, &request.settings).saturating_add(AROUND * pixels);
    limits::check_working("encoding", working)?;

    let rest = frames.map(|made| {
        let (mut frame, _) = made?;
        frame.image.embedded = Embedded::default();
        Ok(frame)
    });
    let animation = Animation {
        plays: moving.plays,
        embedded: Embedded { icc, png_colour, ..kept },
        frames: Box::new(std::iter::once(Ok(first)).chain(rest)),
    };
    Ok((E::animate(animation, quality, &request.settings)?, dropped, colour_note))
}

/// How the frames are to be seen.
struct View<'a> {
    /// Of the canvas.
    size: (u32, u32),
    /// None where the size stays.
    geometry: Option<&'a Geometry>,
    blend: Blend,
    orientation: Orientation,
    colours: colour::Target,
}

impl View<'_> {
    fn of(&self, frame: Frame, colours: &Embedded) -> Result<(Frame, Option<String>), Error> {
        let Frame { image, duration } = frame;
        let mut image = match self.geometry {
            Some(geometry) => resample(&image, self.size, geometry, self.blend)?,
            None => image,
        };
        image.embedded = colours.clone();
        let note = colour::settle(&mut image, self.colours)?;
        Ok((Frame { image: upright(image, self.orientation)?, duration }, note))
    }
}
