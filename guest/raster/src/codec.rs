//! The contract's `compress`, for any encoder.

use std::borrow::Cow;

use crate::budget::{self, Fitting};
use crate::error::internal;
use crate::image::Image;
use crate::request::Request;
use crate::resize::{Geometry, resample};
use crate::source::{self, Source, probe};
use crate::upright::{Orientation, upright};
use crate::{Embedded, Encoder, Error, Output, Probed, Quality, Rendition, Setting, Value, limits};

/// Decodes the input once and makes each of the renditions from it. The answer to the contract's `compress`.
///
/// The input is consumed: its memory is free again before the first rendition is encoded.
///
/// # Errors
///
/// As the contract sorts them. Renditions are checked first, so a request that makes no sense costs no decoding.
pub fn compress<E: Encoder>(input: Vec<u8>, renditions: &[Rendition]) -> Result<Vec<Output>, Error> {
    let requests = renditions.iter().map(Request::parse::<E>).collect::<Result<Vec<_>, _>>()?;
    let Some((last, others)) = requests.split_last() else { return Ok(Vec::new()) };
    let source = source::decode(&input, &|width, height, orientation| {
        requests.iter().map(|r| shrink(r, width, height, orientation)).fold(f64::INFINITY, f64::min)
    })?;
    drop(input);

    let mut outputs = Vec::with_capacity(requests.len());
    for request in others {
        outputs.push(rendition::<E>(Cow::Borrowed(&source), request)?);
    }
    // The last one may use the source up.
    outputs.push(rendition::<E>(Cow::Owned(source), last)?);
    Ok(outputs)
}

/// How many pixels of the source make one of this rendition's; 1 where the size stays.
fn shrink<S>(request: &Request<S>, width: u32, height: u32, orientation: Orientation) -> f64 {
    let geometry = request.target.and_then(|target| target.geometry(width, height, orientation));
    geometry.as_ref().map_or(1.0, Geometry::shrink)
}

fn rendition<E: Encoder>(source: Cow<Source>, request: &Request<E::Settings>) -> Result<Output, Error> {
    let (kept, mut dropped) = source.metadata.under(request.metadata);
    let mut image = picture(source, request)?;
    let Embedded { icc, png_colour, .. } = image.embedded;
    image.embedded = Embedded { icc, png_colour, ..kept };
    limits::check_working("encoding", E::working_bytes(&image))?;
    let Fitting { encoded, quality, tries } = budget::encode::<E>(&image, request)?;

    let note = |name: &str, value| Setting { name: name.into(), value };
    let mut notes = encoded.notes;
    if let Quality::Level(level) = quality {
        notes.push(note("quality", Value::Number(level.into())));
    }
    if request.max_bytes.is_some() {
        notes.push(note("tries", Value::Integer(tries.into())));
    }
    dropped.extend(encoded.dropped);
    if !dropped.is_empty() {
        notes.push(note("dropped", Value::Text(dropped.join(", "))));
    }
    let Probed::Known(info) = probe(&encoded.bytes) else {
        return Err(internal("the output's own header cannot be read"));
    };
    Ok(Output { bytes: encoded.bytes, info, notes })
}

/// The pixels of one rendition, upright, with their colour profile.
///
/// Resized before they are turned: an output is never larger than its source, so there is less to turn.
fn picture<S>(source: Cow<Source>, request: &Request<S>) -> Result<Image, Error> {
    let (orientation, (width, height)) = (source.orientation, source.full);
    let image = match request.target.and_then(|target| target.geometry(width, height, orientation)) {
        Some(geometry) => {
            let mut image = resample(&source.image, source.full, &geometry)?;
            let Embedded { icc, png_colour, .. } = &source.image.embedded;
            image.embedded = Embedded { icc: icc.clone(), png_colour: *png_colour, ..Embedded::default() };
            image
        }
        None => match source {
            Cow::Owned(source) => source.image,
            Cow::Borrowed(source) => source.image.clone(),
        },
    };
    upright(image, orientation)
}
