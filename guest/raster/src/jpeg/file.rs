//! A JPEG file, taken apart and judged before any of its pixels is decoded.
//!
//! A file is refused as truncated unless it has its `EOI` marker: half a picture over grey is no rendition. What follows the
//! first `EOI` is not this picture and is ignored.

use super::header::{Colour, Frame, Header};
use super::segments::{DHT, DQT, DRI, EOI, SOS, Segment, Segments, is_sof};
use crate::Error;
use crate::colour::Inks;
use crate::error::{malformed, unsupported};
use crate::image::Channels;
use crate::limits::{self, JPEG_SCANS, JPEG_SIDE};

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) header: Header<'a>,
    pub(super) frame: Frame,
    pub(super) colour: Colour,
    pub(super) channels: Channels,
    /// Of a picture in cyan, magenta, yellow and black.
    pub(super) inks: Option<Inks>,
    /// What pixels depend on, in the order of the file.
    pub(super) parts: Vec<Part<'a>>,
}

/// A part of a file that pixels depend on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// The frame's header, which is understood already.
    Frame(Segment<'a>),
    /// `DQT`, `DHT` or `DRI`.
    Table(Segment<'a>),
    Scan {
        /// What follows the length of its `SOS`.
        header: &'a [u8],
        data: &'a [u8],
    },
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let Segmented { mut header, parts, entropy_coded } = Segmented::read(input)?;
        let frame = header.frame.take().ok_or_else(no_frame)?;
        let colour = header.colour(&frame);
        let channels = supported(&frame, colour)?;
        check_size(&frame, entropy_coded)?;
        let inks = match colour {
            Colour::Cmyk | Colour::Ycck => Some(Inks::new(header.icc_profile()?.as_deref(), 8)),
            _ => None,
        };
        Ok(Self { header, frame, colour, channels, inks, parts })
    }
}

/// A whole file as far as its segments go.
struct Segmented<'a> {
    header: Header<'a>,
    parts: Vec<Part<'a>>,
    /// Bytes of entropy-coded data.
    entropy_coded: usize,
}

impl<'a> Segmented<'a> {
    fn read(input: &'a [u8]) -> Result<Self, Error> {
        let mut file = Self { header: Header::default(), parts: Vec::new(), entropy_coded: 0 };
        let mut segments = Segments::new(input);
        let mut scans = 0;
        loop {
            let segment = segments.next()?;
            let is_first = file.header.frame.is_none();
            file.header.note(segment);
            match segment.marker {
                SOS => {
                    // What is said of the picture later is not what this scan is of.
                    file.header.frame.as_ref().ok_or_else(no_frame)?;
                    scans += 1;
                    if scans > JPEG_SCANS {
                        return Err(Error::OverLimit(format!("JPEG: more than {JPEG_SCANS} scans")));
                    }
                    let data = segments.entropy_coded()?;
                    file.entropy_coded += data.len();
                    file.parts.push(Part::Scan { header: segment.body, data });
                }
                EOI if scans == 0 => return Err(malformed("JPEG: the file has no image data")),
                EOI => return Ok(file),
                DQT | DHT | DRI => file.parts.push(Part::Table(segment)),
                marker if is_sof(marker) && is_first => file.parts.push(Part::Frame(segment)),
                _ => {}
            }
        }
    }
}

fn no_frame() -> Error {
    malformed("JPEG: a scan without a frame")
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
        if widest % h != 0 || highest % v != 0 {
            return Err(unsupported(format!("JPEG: a sampling factor of {h} × {v} beside {widest} × {highest}")));
        }
    }
    match colour {
        Colour::Grey => Ok(Channels::Grey),
        // What is printed is converted when it is decoded.
        Colour::Ycbcr | Colour::Rgb | Colour::Cmyk | Colour::Ycck => Ok(Channels::Rgb),
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
    // The coefficients, of all files but those with one scan of everything; then the pixels.
    let pixels = u64::from(width) * u64::from(height) * components;
    limits::check_working("JPEG: decoding", blocks * 128 + pixels)?;
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
