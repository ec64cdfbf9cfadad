//! One rendition of an animation.

use std::borrow::Cow;

use super::compose::Canvas;
use super::{Animation, Frame, Length};
use crate::budget::{self, Fitting};
use crate::error::{bad_request, internal, unsupported};
use crate::metadata::Pixels;
use crate::request::Request;
use crate::resize::Geometry;
use crate::source::File;
use crate::view::View;
use crate::{Embedded, Encoded, Encoder, Error, Image, Quality, limits};

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
        Canvas::new(view.size, moving.parts).map(|frame| frame.and_then(|frame| seen(frame, &view, &moving.colours)));
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

/// A frame as it is to be seen, and a note on what became of its colours.
fn seen(frame: Frame, view: &View, colours: &Embedded) -> Result<(Frame, Option<String>), Error> {
    let Frame { mut image, duration } = frame;
    image.embedded = colours.clone();
    let (image, note) = view.of(Cow::Owned(image))?;
    Ok((Frame { image, duration }, note))
}

/// The first frame, with what says its colours; as stored, not upright yet.
pub(crate) fn first(file: &dyn File, length: &Length) -> Result<Image, Error> {
    length.check(file.size())?;
    let moving = file.animation()?;
    let first = Canvas::new(file.size(), moving.parts).next();
    let mut image = first.ok_or_else(|| internal("an animation without frames"))??.image;
    image.embedded = moving.colours;
    Ok(image)
}
