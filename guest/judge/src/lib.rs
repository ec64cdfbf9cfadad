//! Says how good a picture is that an encoder has made: decodes it beside its source, and compares them by SSIMULACRA2.
//!
//! It keeps the contract of an encoder, so that it runs as encoders do, with no capability and under limits: neither a source nor what was
//! made of it is parsed anywhere else, and the encoder that is judged has no say in it. Its input is the source, and each rendition asks
//! about one file that was made of it, with the size that was asked for when it was:
//!
//! | setting | values | default |
//! | --- | --- | --- |
//! | `copy` | bytes: the file that is judged | the source itself |
//! | `linear-light` | whether it was resized so | false |
//! | `piece` | pixels, 1 to 4096 | 1 |
//! | `left`, `top` | pixels: where the piece begins | where the copy differs most from the source |
//!
//! An output is a PNG of a piece of the copy, in its own pixels and at most so wide and high: what a person looks at. Its notes are `score`,
//! which is 100 for the same picture, `left` and `top`.
//!
//! Pictures are compared upright and in sRGB; of animations, the first frames. A copy may be a pixel larger or smaller than it was asked for, since
//! nobody says how sides are rounded: then the source is resized to as much.

mod piece;
mod settings;

use piece::{Piece, worst};
use sandpress_raster::{
    Descriptor, Error, Image, ImageInfo, Output, Probed, Reference, Rendition, Resize, Setting, Value, seen,
};
use settings::Settings;

/// What the component says of itself. Of its settings, those are among its options that the contract has a domain and a default for.
pub fn describe() -> Descriptor {
    Descriptor {
        name: env!("CARGO_PKG_NAME").into(),
        version: env!("CARGO_PKG_VERSION").into(),
        accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
        produces: vec![settings::PNG.into()],
        options: settings::options(),
    }
}

/// Judges each of the renditions' copies. The answer to the contract's `compress`.
///
/// # Errors
///
/// Those of the source's decoding; `malformed` and `unsupported`, beginning with `copy: `, where a copy cannot be decoded or is of another
/// size, and `over-limit` where comparing would take too much memory.
pub fn judge(source: &[u8], renditions: &[Rendition]) -> Result<Vec<Output>, Error> {
    let settings = renditions.iter().map(Settings::parse).collect::<Result<Vec<_>, _>>()?;
    let mut original: Option<Original> = None;
    let mut outputs = Vec::with_capacity(settings.len());
    for settings in &settings {
        let copy = settings.copy.map(|copy| seen(copy, None, None, false).map_err(of_the_copy)).transpose()?;
        let form = Form { resize: settings.resize, in_light: settings.in_light, size: copy.as_ref().map(size) };
        let known = original.take().filter(|original| original.form == form);
        let mut this = known.map_or_else(|| Original::new(source, form), Ok)?;
        outputs.push(match copy {
            Some(copy) => judged(&mut this, &copy, settings)?,
            None => shown(&this.image, piece::at(&this.image, settings, (0, 0)), None)?,
        });
        original = Some(this);
    }
    Ok(outputs)
}

/// How a source is to be seen.
#[derive(Clone, Copy, PartialEq)]
struct Form {
    resize: Option<Resize>,
    in_light: bool,
    /// Of the copy that it is compared with.
    size: Option<(u32, u32)>,
}

/// The source as copies of it should be: decoded once for all that are of the same form.
struct Original {
    form: Form,
    image: Image,
    reference: Option<Reference>,
}

impl Original {
    fn new(source: &[u8], form: Form) -> Result<Self, Error> {
        Ok(Self { form, image: seen(source, form.resize.as_ref(), form.size, form.in_light)?, reference: None })
    }

    fn reference(&mut self) -> Result<&Reference, Error> {
        let reference = match self.reference.take() {
            Some(reference) => reference,
            None => {
                check_memory(Reference::bytes(&self.image))?;
                Reference::new(&self.image)
            }
        };
        Ok(self.reference.insert(reference))
    }
}

fn size(image: &Image) -> (u32, u32) {
    (image.width(), image.height())
}

fn judged(original: &mut Original, copy: &Image, settings: &Settings) -> Result<Output, Error> {
    let ((width, height), (other_width, other_height)) = (size(&original.image), size(copy));
    if (width, height) != (other_width, other_height) {
        let told = format!("copy: it has {other_width} × {other_height} pixels, and {width} × {height} were asked for");
        return Err(Error::Unsupported(told));
    }
    let score = original.reference()?.score(copy)?;
    shown(copy, piece::at(copy, settings, worst(&original.image, copy)), Some(score))
}

/// All that is below 4 GiB once the two pictures are there.
fn check_memory(bytes: u64) -> Result<(), Error> {
    const MOST: u64 = 3 << 30;
    if bytes <= MOST {
        return Ok(());
    }
    Err(Error::OverLimit(format!("comparing would take {} MiB, {} MiB are the limit", bytes >> 20, MOST >> 20)))
}

fn of_the_copy(error: Error) -> Error {
    let of = |detail: String| format!("copy: {detail}");
    match error {
        Error::Unsupported(detail) => Error::Unsupported(of(detail)),
        Error::OverLimit(detail) => Error::OverLimit(of(detail)),
        Error::Internal(detail) => Error::Internal(of(detail)),
        Error::Malformed(detail) | Error::BadRequest(detail) => Error::Malformed(of(detail)),
        other @ Error::Other(_) => other,
    }
}

fn shown(image: &Image, piece: Piece, score: Option<f64>) -> Result<Output, Error> {
    let bytes = piece.png(image)?;
    let Probed::Known(info) = sandpress_raster::probe(&bytes) else {
        return Err(Error::Internal("the output's own header cannot be read".into()));
    };
    let note = |name: &str, value| Setting { name: name.into(), value };
    let mut notes =
        vec![note("left", Value::Integer(piece.left.into())), note("top", Value::Integer(piece.top.into()))];
    notes.extend(score.map(|score| note("score", Value::Number(score))));
    Ok(Output { bytes, info: ImageInfo { settings: Vec::new(), ..info }, notes })
}

#[cfg(target_arch = "wasm32")]
const _: () = {
    use sandpress_raster::bindings::exports::sandpress::codec::codec::Guest;

    struct Component;

    impl Guest for Component {
        fn describe() -> Descriptor {
            describe()
        }

        fn probe(head: Vec<u8>) -> Probed {
            sandpress_raster::probe(&head)
        }

        fn compress(input: Vec<u8>, renditions: Vec<Rendition>) -> Result<Vec<Output>, Error> {
            judge(&input, &renditions)
        }
    }

    sandpress_raster::bindings::export!(Component with_types_in sandpress_raster::bindings);
};
