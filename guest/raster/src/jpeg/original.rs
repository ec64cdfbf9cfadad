//! A JPEG whose picture goes into another one as it is.

use super::coefficients::Block;
use super::file::{File, Part};
use super::header::Colour;
use super::layout::Layout;
use super::scan::Scan;
use super::segments::{APP0, DHT, SOS};
use super::tables::{Steps, Tables};
use crate::Error;

/// A JPEG, of which another one can be made to the pixel.
#[derive(Clone, Copy, Debug)]
pub struct JpegOriginal<'a>(pub(super) &'a File<'a>);

/// What the samples of a JPEG's components mean, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JpegColour {
    /// Brightness.
    Grey,
    /// Brightness and two colour differences (T.871).
    Ycbcr,
    /// Red, green and blue.
    Rgb,
    /// Four inks, or brightness, colour differences and black; the `transform` of Adobe's marker, if the file has one, tells which.
    Inks {
        /// 0 or 2.
        adobe: Option<u8>,
    },
}

/// The quantised coefficients of a JPEG.
#[derive(Clone, Debug)]
pub struct JpegCoefficients {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// What the components mean.
    pub colour: JpegColour,
    /// 1, 3 or 4 of them.
    pub components: Vec<JpegComponent>,
}

/// The coefficients of a component.
#[derive(Clone, Debug)]
pub struct JpegComponent {
    /// Blocks of a unit of the interleaved scan across and down, 1 to 4; 1 where there is no other component.
    pub factors: (u8, u8),
    /// Blocks in whole units, across and down.
    pub all: (usize, usize),
    /// Those that show something of the image: the first ones of the first rows.
    pub shown: (usize, usize),
    /// All of them in rows, each with its coefficients in rows.
    pub blocks: Vec<Block>,
    /// What the coefficients are multiples of, in rows.
    pub steps: Steps,
}

impl JpegOriginal<'_> {
    /// The same file with these `APP` segments, given as their number and what follows their length, and no others. What of its
    /// own says how its samples are to be understood stays; what other decoders might miss or refuse is set right.
    ///
    /// Segments hold at most 65,533 bytes; longer ones are left out.
    ///
    /// # Errors
    ///
    /// `malformed`
    pub fn with_segments(&self, segments: &[(u8, Vec<u8>)]) -> Result<Vec<u8>, Error> {
        let file = self.0;
        let is_progressive = file.frame.is_progressive();
        let mut tables = Tables::default();
        let mut out = vec![0xFF, 0xD8];
        if let Some(jfif) = file.header.jfif_without_thumbnail() {
            write(&mut out, APP0, &jfif);
        }
        for (number, content) in segments {
            write(&mut out, APP0 + number, content);
        }
        if let Some(adobe) = file.header.adobe {
            write(&mut out, APP0 + 14, adobe);
        }
        for part in &file.parts {
            match part {
                Part::Frame(segment) => write(&mut out, segment.marker, segment.body),
                Part::Table(segment) => {
                    tables.note(*segment)?;
                    write(&mut out, segment.marker, segment.body);
                }
                Part::Scan { header, data } => {
                    let scan = Scan::parse(header, &file.frame)?;
                    let mut header = header.to_vec();
                    if !is_progressive {
                        for table in scan.fill_up(&mut tables)? {
                            write(&mut out, DHT, &table);
                        }
                        // Whatever it says: this is what it means.
                        let meant = 1 + 2 * scan.components.len()..;
                        header.splice(meant, [0, 63, 0]);
                    }
                    write(&mut out, SOS, &header);
                    out.extend_from_slice(data);
                }
            }
        }
        out.extend([0xFF, 0xD9]);
        Ok(out)
    }

    /// The coefficients, all at once: 2 bytes for each sample.
    ///
    /// # Errors
    ///
    /// `malformed`
    pub fn coefficients(&self) -> Result<JpegCoefficients, Error> {
        let file = self.0;
        let colour = match file.colour {
            Colour::Grey | Colour::Unknown => JpegColour::Grey,
            Colour::Ycbcr => JpegColour::Ycbcr,
            Colour::Rgb => JpegColour::Rgb,
            Colour::Cmyk | Colour::Ycck => JpegColour::Inks { adobe: file.header.transform() },
        };
        let components = file.coefficients(&Layout::new(&file.frame))?;
        Ok(JpegCoefficients { width: file.frame.width, height: file.frame.height, colour, components })
    }
}

/// Writes a segment, unless it is longer than any.
fn write(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    if let Ok(length) = u16::try_from(body.len() + 2) {
        out.extend([0xFF, marker]);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(body);
    }
}
