//! The contract's `compress`, for any encoder.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::animation::{self, Length, Made};
use crate::budget::{self, Fitting};
use crate::error::{bad_request, internal};
use crate::image::Image;
use crate::metadata::Pixels;
use crate::request::Request;
use crate::resize::{Blend, Geometry};
use crate::source::{self, AsStored, File, Scale, Source, probe};
use crate::upright::Orientation;
use crate::view::View;
use crate::{
    Descriptor, Embedded, Encoded, Encoder, Error, Output, Probed, Quality, Rendition, Setting, Value, verify,
};

/// Makes each of the renditions from the input, as it would be made alone. The answer to the contract's `compress`.
///
/// Decodes once for each scale that a rendition needs, so a thumbnail beside a large picture costs a second look at the file and
/// not at its pixels. The input is consumed: its memory is free again when the last scale is decoded.
///
/// # Errors
///
/// As the contract sorts them. Renditions are checked first, so a request that makes no sense costs no decoding.
pub fn compress<E: Encoder>(input: Vec<u8>, renditions: &[Rendition]) -> Result<Vec<Output>, Error> {
    let requests = renditions.iter().map(Request::parse::<E>).collect::<Result<Vec<_>, _>>()?;
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let file = source::open(&input)?;
    if let Some(length) = file.length() {
        let made = requests.iter().map(|request| {
            if let Some(output) = rewrite_animation::<E>(&*file, &length, request)? {
                return Ok(output);
            }
            let Made { fitting, dropped, colour_note } = animation::make::<E>(&*file, &length, request)?;
            output(fitting, request, dropped, colour_note)
        });
        return made.collect();
    }
    let (size, orientation) = (file.size(), file.orientation());
    let mut outputs = Vec::with_capacity(renditions.len());
    let mut by_scale: BTreeMap<Scale, Vec<Job<E>>> = BTreeMap::new();
    for (place, request) in requests.into_iter().enumerate() {
        let colour_note = file.colour_note().map(String::from);
        let geometry = request.target.and_then(|target| target.geometry(size.0, size.1, orientation));
        let rewritten = if geometry.is_none() { rewrite::<E>(&*file, &request)? } else { None };
        if request.quality == Quality::Lossless && !E::LOSSLESS {
            outputs.push((place, rewritten.ok_or_else(|| only_as_it_is(&E::describe()))?.output));
            continue;
        }
        let scale = match (&geometry, request.blend) {
            (Some(geometry), Blend::Values) => file.scale(geometry.shrink()),
            // A file that is decoded smaller is blended as values.
            (None, _) | (_, Blend::Light) => Scale::FULL,
        };
        by_scale.entry(scale).or_default().push(Job {
            place,
            request,
            rewritten,
            geometry,
            size,
            orientation,
            colour_note,
        });
    }

    // The smallest scale first: while the largest pictures are made, the input is gone.
    let full = by_scale.pop_first();
    for (scale, jobs) in by_scale.into_iter().rev() {
        all(jobs, file.decode(scale)?, &mut outputs)?;
    }
    if let Some((scale, jobs)) = full {
        let source = file.decode(scale)?;
        drop(file);
        drop(input);
        all(jobs, source, &mut outputs)?;
    }
    outputs.sort_by_key(|(place, _)| *place);
    Ok(outputs.into_iter().map(|(_, output)| output).collect())
}

/// The picture in another file of its own format, to the pixel.
struct Rewritten {
    output: Output,
    /// Whether there is no need to look for a smaller one.
    is_smallest: bool,
}

/// The picture in another file of the same format, if every pixel is to stay and the encoder can; within the request's budget.
fn rewrite<E: Encoder>(file: &dyn File, request: &Request<E::Settings>) -> Result<Option<Rewritten>, Error> {
    if !request.is_exact {
        return Ok(None);
    }
    let Some(AsStored { original, embedded, dropped, is_smallest }) = file.as_stored(request.metadata)? else {
        return Ok(None);
    };
    let Some(encoded) = E::rewrite(&original, &embedded)? else { return Ok(None) };
    match budget::check(&encoded, request.max_bytes) {
        Err(_) if E::LOSSLESS && !is_smallest => return Ok(None),
        checked => checked?,
    }
    if request.verify && file.length().is_none() {
        verify::rewritten(file, &encoded.bytes)?;
    }
    Ok(Some(Rewritten { output: finish(encoded, dropped, Vec::new())?, is_smallest }))
}

/// The same of an animation. Its frames are decoded only to see whether they can be.
fn rewrite_animation<E: Encoder>(
    file: &dyn File,
    length: &Length,
    request: &Request<E::Settings>,
) -> Result<Option<Output>, Error> {
    let size = file.size();
    let geometry = request.target.and_then(|target| target.geometry(size.0, size.1, file.orientation()));
    let rewritten = if geometry.is_none() { rewrite::<E>(file, request)? } else { None };
    let Some(Rewritten { output, .. }) = rewritten else { return Ok(None) };
    length.check(size)?;
    for part in file.animation()?.parts {
        part?;
    }
    Ok(Some(output))
}

fn only_as_it_is(descriptor: &Descriptor) -> Error {
    let (name, own) = (&descriptor.name, descriptor.produces.join(", "));
    bad_request(format!("{name} is lossless only where the source is {own} and keeps its size; ask for a level"))
}

/// An output of what was found to fit, and of what is to be said of it.
fn output<S>(
    fitting: Fitting,
    request: &Request<S>,
    dropped: Vec<&'static str>,
    colour_note: Option<String>,
) -> Result<Output, Error> {
    let Fitting { encoded, quality, tries, score } = fitting;
    let mut notes = Vec::new();
    if let Quality::Level(level) = quality {
        notes.push(note("quality", Value::Number(level.into())));
    }
    if let Some(score) = score {
        // To a thousandth, and never above what it is.
        notes.push(note("score", Value::Number((score * 1_000.0).floor() / 1_000.0)));
    }
    if score.is_some() || request.max_bytes.is_some() {
        notes.push(note("tries", Value::Integer(tries.into())));
    }
    if let Some(text) = colour_note {
        notes.push(note("colour", Value::Text(text)));
    }
    finish(encoded, dropped, notes)
}

/// An output of what was encoded, and of what is to be said of it.
fn finish(encoded: Encoded, mut dropped: Vec<&'static str>, said: Vec<Setting>) -> Result<Output, Error> {
    let mut notes = encoded.notes;
    notes.extend(said);
    dropped.extend(encoded.dropped);
    if !dropped.is_empty() {
        notes.push(note("dropped", Value::Text(dropped.join(", "))));
    }
    let Probed::Known(info) = probe(&encoded.bytes) else {
        return Err(internal("the output's own header cannot be read"));
    };
    Ok(Output { bytes: encoded.bytes, info, notes })
}

fn note(name: &str, value: Value) -> Setting {
    Setting { name: name.into(), value }
}

/// One rendition to make.
struct Job<E: Encoder> {
    /// Where its output stands among the others.
    place: usize,
    request: Request<E::Settings>,
    /// What was made without decoding.
    rewritten: Option<Rewritten>,
    /// None where the size stays.
    geometry: Option<Geometry>,
    /// Of the source as its file says; it may be decoded at a smaller scale.
    size: (u32, u32),
    orientation: Orientation,
    /// What decoding does to the colours.
    colour_note: Option<String>,
}

/// Makes all that are made of the same pixels.
fn all<E: Encoder>(mut jobs: Vec<Job<E>>, source: Source, outputs: &mut Vec<(usize, Output)>) -> Result<(), Error> {
    let last = jobs.pop();
    for job in jobs {
        outputs.push((job.place, job.run(Cow::Borrowed(&source))?));
    }
    // The last one may use the source up.
    if let Some(job) = last {
        outputs.push((job.place, job.run(Cow::Owned(source))?));
    }
    Ok(())
}

impl<E: Encoder> Job<E> {
    /// The smaller file, where there are two. The source was decoded even where there is one, so it is not damaged.
    fn run(mut self, source: Cow<Source>) -> Result<Output, Error> {
        let Some(Rewritten { output, is_smallest }) = self.rewritten.take() else { return self.encode(source) };
        if is_smallest {
            return Ok(output);
        }
        match self.encode(source) {
            Ok(encoded) if encoded.bytes.len() < output.bytes.len() => Ok(encoded),
            // What is encoded may take too much memory, or be over the budget, where the other is not.
            Ok(_) | Err(Error::BadRequest(_) | Error::OverLimit(_)) => Ok(output),
            Err(error) => Err(error),
        }
    }

    fn encode(&self, source: Cow<Source>) -> Result<Output, Error> {
        let request = &self.request;
        let (kept, dropped) = source.metadata.under(request.metadata, Pixels::Upright);
        let (mut image, colour_note) = self.picture(source)?;
        let Embedded { icc, png_colour, .. } = image.embedded;
        image.embedded = Embedded { icc, png_colour, ..kept };
        let fitting = budget::encode::<E>(&image, request)?;
        if request.verify {
            verify::encoded(&image, &fitting.encoded, E::tolerance(fitting.quality, &request.settings))?;
        }
        output(fitting, request, dropped, colour_note.or_else(|| self.colour_note.clone()))
    }

    /// The pixels, upright, in the colours that are wanted, and a note on these.
    fn picture(&self, source: Cow<Source>) -> Result<(Image, Option<String>), Error> {
        let view = View {
            size: self.size,
            geometry: self.geometry.as_ref(),
            blend: self.request.blend,
            orientation: self.orientation,
            colours: self.request.colours,
        };
        view.of(match source {
            Cow::Borrowed(source) => Cow::Borrowed(&source.image),
            Cow::Owned(source) => Cow::Owned(source.image),
        })
    }
}
