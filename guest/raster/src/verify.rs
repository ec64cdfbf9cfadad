//! A second look at what was made: decoded again, and compared with what it was made of.
//!
//! Off by default, since it takes about as long as decoding does. What it finds is a bug of an encoder, or of a decoder: `internal`, so
//! that a host never stores it.

mod distance;
mod rows;

use crate::error::internal;
use crate::image::Image;
use crate::source::{self, File, Scale};
use crate::upright::Orientation;
use crate::{Domain, Encoded, Error, OptionInfo, Value};

use distance::Distance;
use rows::Rows;

pub(crate) const OPTION: &str = "verify";

/// How far a file's picture may be from the image that it was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// Every sample is the same, but that a file of 8 bits may be of an image of 16.
    Exact,
    /// The same seen from afar: the means of 8 × 8 pixels differ by at most so much, as the root of their mean square, of 255.
    Near(f64),
}

impl Tolerance {
    /// What an encoder may lose that keeps the means of small blocks better than what is in them: little, but at levels below 50 more, as
    /// the steps of libjpeg grow there.
    pub fn of_level(level: f32) -> Self {
        Self::Near((6.0 * (50.0 / f64::from(level)).max(1.0)).min(255.0))
    }
}

pub(crate) fn option() -> OptionInfo {
    OptionInfo {
        name: OPTION.into(),
        summary: "Decodes each output again, and fails if it does not show the picture that it was made of.".into(),
        domain: Domain::Flag,
        default: Value::Flag(false),
    }
}

/// Compares a file with the image that it was made of.
///
/// # Errors
///
/// `internal` where it shows something else, `over-limit` where there is no memory to look.
pub(crate) fn encoded(image: &Image, encoded: &Encoded, tolerance: Tolerance) -> Result<(), Error> {
    let file = open(&encoded.bytes)?;
    if file.orientation() != Orientation::new(1) {
        return Err(internal("verify: the output is upright and says that it is to be turned"));
    }
    let seen = decode(&*file)?;
    drop(file);
    let (icc, kept) = (&image.embedded.icc, &seen.embedded.icc);
    if icc != kept && !encoded.dropped.contains(&"icc-profile") {
        let len = |profile: &Option<Vec<u8>>| profile.as_ref().map_or(0, Vec::len);
        let told = format!("a colour profile of {} bytes came out as one of {}", len(icc), len(kept));
        return Err(internal(format!("verify: {told}")));
    }
    compare(image, &seen, tolerance)
}

/// Compares a file with the one that it was made of without decoding it.
///
/// # Errors
///
/// As [`encoded`], and those of a file that cannot be decoded.
pub(crate) fn rewritten(original: &dyn File, bytes: &[u8]) -> Result<(), Error> {
    let expected = original.decode(Scale::FULL)?.image;
    let file = open(bytes)?;
    if file.orientation() != original.orientation() {
        return Err(internal("verify: the output is turned another way than the source"));
    }
    let seen = decode(&*file)?;
    if seen.embedded.icc != expected.embedded.icc {
        return Err(internal("verify: the output has another colour profile than the source"));
    }
    compare(&expected, &seen, Tolerance::Exact)
}

fn open(bytes: &[u8]) -> Result<Box<dyn File + '_>, Error> {
    source::open(bytes).map_err(unreadable)
}

fn decode(file: &dyn File) -> Result<Image, Error> {
    file.decode(Scale::FULL).map(|source| source.image).map_err(unreadable)
}

fn unreadable(error: Error) -> Error {
    match error {
        Error::OverLimit(detail) => Error::OverLimit(format!("verify: {detail}")),
        error => internal(format!("verify: the output cannot be read again: {error}")),
    }
}

fn compare(expected: &Image, seen: &Image, tolerance: Tolerance) -> Result<(), Error> {
    let size = |image: &Image| (image.width(), image.height());
    if size(expected) != size(seen) {
        let ((width, height), (seen_width, seen_height)) = (size(expected), size(seen));
        let told = format!("{width} × {height} pixels came out as {seen_width} × {seen_height}");
        return Err(internal(format!("verify: {told}")));
    }
    match tolerance {
        Tolerance::Exact => exact(expected, seen),
        Tolerance::Near(most) => Distance::between(expected, seen).check(most),
    }
}

fn exact(expected: &Image, seen: &Image) -> Result<(), Error> {
    let depth = seen.samples().depth();
    let (mut expected, mut seen) = (Rows::new(expected, depth), Rows::new(seen, depth));
    let mut y = 0_u32;
    while let (Some(expected), Some(seen)) = (expected.next(), seen.next()) {
        if let Some(x) = expected.iter().zip(seen).position(|(expected, seen)| expected != seen) {
            return Err(internal(format!("verify: the pixel {x}, {y} is not as it was")));
        }
        y += 1;
    }
    Ok(())
}
