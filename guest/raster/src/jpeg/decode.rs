//! The pixels of a JPEG.
//!
//! `jpeg-decoder` decodes; this module decides what it gets to see. The decoder is given the segments that pixels depend on
//! and no others, so metadata cannot break it, and what the components mean is decided here, as libjpeg decides it. A file
//! is refused as truncated unless it has its `EOI` marker and each of its scans has data for all of its blocks: half a
//! picture over grey is no rendition. What follows the first `EOI` is not this picture and is ignored.

use jpeg_decoder::{ColorTransform, Decoder, Error as DecodeError};

use super::header::{Colour, Frame, Header};
use super::segments::{APP0, DAC, DHT, DQT, DRI, EOI, SOS, Segments, is_sof};
use super::splice::Splice;
use crate::Error;
use crate::error::{internal, malformed, unsupported};
use crate::image::{Channels, Image, Samples};
use crate::limits::{self, JPEG_SCANS, JPEG_SIDE};
use crate::source::{Shrink, Source};
use crate::upright::Orientation;

/// Stuffed one-bits, between a scan's data and the marker that ends it.
///
/// A decoder that has all its data skips them. One that misses some would make up zeros until the image is full; like this
/// it meets a Huffman code of ones, which T.81 (annex C) leaves unassigned, and fails.
const END_OF_SCAN: &[u8] = &[0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00];

/// Decodes a whole file, at a smaller scale where that is enough.
pub(crate) fn decode(input: &[u8], shrink: Shrink<'_>) -> Result<Source, Error> {
    let file = File::read(input)?;
    let frame = file.header.frame.as_ref().ok_or_else(|| malformed("JPEG: a scan without a frame"))?;
    let colour = file.header.colour(frame);
    let channels = supported(frame, colour)?;
    check_size(frame, file.entropy_coded)?;

    let orientation = Orientation::new(file.header.orientation());
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    let scale = scale(shrink(width, height, orientation));
    let mut decoder = Decoder::new(Splice::new(file.parts));
    decoder.set_color_transform(match colour {
        Colour::Grey => ColorTransform::Grayscale,
        Colour::Rgb => ColorTransform::RGB,
        _ => ColorTransform::YCbCr,
    });
    let (scaled_width, scaled_height) =
        decoder.scale(frame.width.div_ceil(scale), frame.height.div_ceil(scale)).map_err(decode_error)?;
    let samples = Samples::Eight(decoder.decode().map_err(decode_error)?);
    drop(decoder);

    let mut image = Image::new(scaled_width.into(), scaled_height.into(), channels, samples)?;
    image.embedded.icc = file.header.icc_profile()?;
    let metadata = file.header.metadata(image.embedded.icc.is_some());
    Ok(Source { image, orientation, full: (width, height), metadata })
}

/// A whole file, taken apart.
struct File<'a> {
    header: Header<'a>,
    /// What the decoder reads.
    parts: Vec<&'a [u8]>,
    /// Bytes of entropy-coded data.
    entropy_coded: usize,
}

impl<'a> File<'a> {
    fn read(input: &'a [u8]) -> Result<Self, Error> {
        let mut file = Self { header: Header::default(), parts: vec![&[0xFF, 0xD8]], entropy_coded: 0 };
        let mut segments = Segments::new(input);
        let mut scans = 0;
        loop {
            let segment = segments.next()?;
            file.header.note(segment);
            match segment.marker {
                SOS => {
                    scans += 1;
                    if scans > JPEG_SCANS {
                        return Err(Error::OverLimit(format!("JPEG: more than {JPEG_SCANS} scans")));
                    }
                    let data = segments.entropy_coded()?;
                    file.entropy_coded += data.len();
                    file.parts.extend([segment.whole, data, END_OF_SCAN]);
                }
                EOI if scans == 0 => return Err(malformed("JPEG: the file has no image data")),
                EOI => {
                    file.parts.push(segment.whole);
                    return Ok(file);
                }
                // Motion JPEG leaves out its Huffman tables, and this marker says so.
                APP0 if segment.body.starts_with(b"AVI1") => file.parts.push(segment.whole),
                DQT | DHT | DAC | DRI => file.parts.push(segment.whole),
                marker if is_sof(marker) => file.parts.push(segment.whole),
                _ => {}
            }
        }
    }
}

/// What a pixel of the decoded image is, if the frame is of a kind that can be decoded.
fn supported(frame: &Frame, colour: Colour) -> Result<Channels, Error> {
    match frame.marker {
        0xC0..=0xC2 => {}
        0xC3 | 0xC7 | 0xCB | 0xCF => return Err(unsupported("JPEG: lossless coding")),
        0xC5..=0xC6 | 0xCD..=0xCE => return Err(unsupported("JPEG: hierarchical coding")),
        _ => return Err(unsupported("JPEG: arithmetic coding")),
    }
    if frame.bits != 8 {
        return Err(unsupported(format!("JPEG: {} bits per channel", frame.bits)));
    }
    if frame.width == 0 {
        return Err(malformed("JPEG: the image has no width"));
    }
    if frame.height == 0 {
        return Err(unsupported("JPEG: the height is said after the first scan only (DNL)"));
    }
    let (highest, widest) = frame.sampling();
    for component in &frame.components {
        let (h, v) = (component.horizontal, component.vertical);
        if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
            return Err(malformed(format!("JPEG: a sampling factor of {h} × {v}")));
        }
        // Between the extremes, jpeg-decoder counts the blocks of a scan of one component wrong.
        if (h != 1 && h != widest) || (v != 1 && v != highest) {
            return Err(unsupported(format!("JPEG: a sampling factor of {h} × {v} beside {widest} × {highest}")));
        }
    }
    match colour {
        Colour::Grey => Ok(Channels::Grey),
        Colour::Ycbcr | Colour::Rgb => Ok(Channels::Rgb),
        Colour::Cmyk | Colour::Ycck => {
            Err(unsupported("JPEG: CMYK, which cannot be shown on a screen without converting its colours"))
        }
        Colour::Unknown => Err(unsupported(format!("JPEG: {} components", frame.components.len()))),
    }
}

/// Refuses what would not fit in memory, and what claims to be larger than its data can be, before anything is allocated.
fn check_size(frame: &Frame, entropy_coded: usize) -> Result<(), Error> {
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    if width > JPEG_SIDE || height > JPEG_SIDE {
        return Err(Error::OverLimit(format!("JPEG: {width} × {height} pixels, {JPEG_SIDE} a side are the limit")));
    }
    let components = frame.components.len() as u64;
    limits::check_decoded(width, height, components)?;
    let blocks = frame.blocks();
    // Planes and, where scans refine each other, coefficients; then the pixels put together from them.
    let per_block = if frame.is_progressive() { 64 + 128 } else { 64 };
    let pixels = u64::from(width) * u64::from(height) * components;
    limits::check_working("JPEG: decoding", blocks * per_block + pixels)?;
    // A block takes one bit at least for its first coefficient, and one more for the others unless they have scans of
    // their own.
    let bits = if frame.is_progressive() { blocks } else { 2 * blocks };
    if bits > 8 * entropy_coded as u64 {
        return Err(malformed(format!(
            "JPEG: {width} × {height} pixels need at least {} bytes of data, the file has {entropy_coded}",
            bits.div_ceil(8)
        )));
    }
    Ok(())
}

/// The divisor of the scale to decode at: twice the pixels of the largest output are left for the resampling to choose from.
fn scale(shrink: f64) -> u16 {
    match shrink {
        16.0.. => 8,
        8.0.. => 4,
        4.0.. => 2,
        _ => 1,
    }
}

fn decode_error(error: DecodeError) -> Error {
    match error {
        DecodeError::Format(detail) => malformed(format!("JPEG: {detail}")),
        DecodeError::Unsupported(feature) => unsupported(format!("JPEG: {feature:?}")),
        DecodeError::Io(_) => malformed("JPEG: the file is truncated"),
        DecodeError::Internal(error) => internal(format!("JPEG: {error}")),
    }
}
