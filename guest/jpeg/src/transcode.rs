//! A JPEG of a JPEG, with the same coefficients: the same picture, in fewer bytes.

use mozjpeg_rs::consts::JPEG_NATURAL_ORDER;
use sandpress_raster::{Error, JpegCoefficients, JpegColour, JpegOriginal};

use crate::component::Component;
use crate::file::{JFIF, Parts, Segment, Table, assemble};

/// The smaller one of the file as it is with other metadata, and of its coefficients coded anew.
pub(crate) fn transcode(original: &JpegOriginal, segments: &[Segment]) -> Result<Vec<u8>, Error> {
    let plain = original.with_segments(segments)?;
    let coefficients = original.coefficients()?;
    match code(coefficients, segments)? {
        Some(coded) if coded.len() < plain.len() => Ok(coded),
        _ => Ok(plain),
    }
}

/// The coefficients as a progressive file; nothing where they are such as no picture has.
fn code(coefficients: JpegCoefficients, segments: &[Segment]) -> Result<Option<Vec<u8>>, Error> {
    let JpegCoefficients { width, height, colour, components: originals } = coefficients;
    let mut tables: Vec<Table> = Vec::with_capacity(4);
    let mut components = Vec::with_capacity(originals.len());
    let first = originals.first().map(|first| (first.factors, first.all));
    for (number, original) in (1..).zip(originals) {
        let steps = JPEG_NATURAL_ORDER.map(|place| original.steps[place]);
        let known = tables.iter().position(|table| *table == steps);
        let table = known.unwrap_or_else(|| {
            tables.push(steps);
            tables.len() - 1
        });
        let is_difference = match colour {
            JpegColour::Ycbcr | JpegColour::Inks { adobe: Some(2) } => matches!(number, 2 | 3),
            _ => false,
        };
        #[expect(clippy::cast_possible_truncation, reason = "at most 4 components")]
        let component = Component::of(number, original, table as u8, is_difference.into());
        if !component.is_in_range() {
            return Ok(None);
        }
        components.push(component);
    }
    let Some((factors, all)) = first else { return Ok(None) };
    let units = (all.0 / usize::from(factors.0), all.1 / usize::from(factors.1));
    let parts = Parts { width, height, components, units, tables };
    let (before, after) = meaning(colour);
    let segments = before.iter().chain(segments).chain(&after);
    assemble(&parts, segments).map(Some).map_err(|error| Error::Internal(format!("mozjpeg-rs: {error}")))
}

/// The segments that tell what the samples mean, before all others and after them.
fn meaning(colour: JpegColour) -> (Option<Segment>, Option<Segment>) {
    let adobe = |transform: u8| (14, [b"Adobe\0\x64\0\0\0\0", &[transform][..]].concat());
    match colour {
        JpegColour::Grey | JpegColour::Ycbcr => (Some((0, JFIF.to_vec())), None),
        JpegColour::Rgb => (None, Some(adobe(0))),
        JpegColour::Inks { adobe: transform } => (None, transform.map(adobe)),
    }
}
