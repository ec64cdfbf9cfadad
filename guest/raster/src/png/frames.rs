//! The frames of an animated PNG (PNG specification, third edition, 11.3.6).
//!
//! A first image without a frame's header is what viewers show that know no animations, and no part of one.

use std::io::Cursor;

use png::{BitDepth, BlendOp, ColorType, DisposeOp, FrameControl, Reader, Transformations};

use super::decode::{colours, decode_error, metadata, reader};
use super::header::Header;
use crate::Error;
use crate::animation::{Area, Blend, Dispose, Moving, Part};
use crate::error::{internal, malformed, unsupported};
use crate::image::Channels;

/// Decodes the frames of a file, one after the other.
struct Frames<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    /// The samples of one frame; as many as all of the canvas has, as the decoder wants it.
    samples: Vec<u8>,
    /// How many are left.
    left: u32,
}

/// Opens an animation. Metadata may follow the frames, and without the end the file is cut: so it is walked through before.
pub(super) fn animation<'a>(input: &'a [u8], header: &Header) -> Result<Moving<'a>, Error> {
    let mut ahead = reader(input, header, Transformations::ALPHA)?;
    ahead.finish().map_err(decode_error)?;
    let info = ahead.info();
    let colours = colours(info, Channels::Rgba)?;
    // Of which the frames are not, once they have red, green and blue.
    if colours.icc.as_ref().is_some_and(|icc| icc.get(16..20) == Some(b"GRAY")) {
        return Err(unsupported("PNG: an animation in grey with a colour profile for grey"));
    }
    let mut metadata = metadata(info, header);
    if header.bits == 16 {
        metadata.other.push("16-bit");
    }
    let plays = info.animation_control.map_or(1, |control| control.num_plays);

    let mut reader = reader(input, header, Transformations::ALPHA)?;
    let len = reader.output_buffer_size().ok_or_else(|| internal("PNG: more pixels than were counted"))?;
    let mut samples = vec![0; len];
    if reader.info().frame_control.is_none() {
        reader.next_frame(&mut samples).map_err(decode_error)?;
    }
    Ok(Moving {
        plays: u16::try_from(plays).unwrap_or(u16::MAX),
        parts: Box::new(Frames { reader, samples, left: header.frames }),
        colours,
        metadata,
    })
}

impl Iterator for Frames<'_> {
    type Item = Result<Part, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.part())
    }
}

impl Frames<'_> {
    fn part(&mut self) -> Result<Part, Error> {
        let made = self.reader.next_frame(&mut self.samples).map_err(decode_error)?;
        let info = self.reader.info();
        let control = info.frame_control.ok_or_else(|| malformed("PNG: a frame without a header"))?;
        let FrameControl { x_offset: left, y_offset: top, width, height, .. } = control;
        // The rows of an interlaced frame are where those of the whole canvas would be.
        let row_len = if info.interlaced {
            self.reader.output_line_size(info.width).ok_or_else(|| internal("PNG: more pixels than were counted"))?
        } else {
            made.line_size
        };
        let wide = made.bit_depth == BitDepth::Sixteen;
        let pixel_len = made.color_type.samples() * if wide { 2 } else { 1 };
        let rows = self.samples.chunks_exact(row_len).take(height as usize);
        let pixels = rows.flat_map(|row| row.chunks_exact(pixel_len).take(width as usize));
        let pixels = match (made.color_type, wide) {
            (ColorType::Rgba, false) => pixels.map(|pixel| std::array::from_fn(|at| pixel[at])).collect(),
            (ColorType::Rgba, true) => pixels.map(|pixel| std::array::from_fn(|at| rounded(pixel, at))).collect(),
            (ColorType::GrayscaleAlpha, false) => pixels.map(|pixel| spread(pixel[0], pixel[1])).collect(),
            (ColorType::GrayscaleAlpha, true) => {
                pixels.map(|pixel| spread(rounded(pixel, 0), rounded(pixel, 1))).collect()
            }
            _ => return Err(internal("PNG: a frame without opacity")),
        };
        Ok(Part {
            area: Area { left, top, width, height },
            pixels,
            blend: match control.blend_op {
                BlendOp::Source => Blend::Replace,
                BlendOp::Over => Blend::Over,
            },
            dispose: match control.dispose_op {
                DisposeOp::None => Dispose::Keep,
                DisposeOp::Background => Dispose::Clear,
                DisposeOp::Previous => Dispose::Restore,
            },
            duration: duration(&control),
        })
    }
}

/// Milliseconds, rounded. A denominator of 0 means hundredths.
fn duration(control: &FrameControl) -> u32 {
    let parts = match control.delay_den {
        0 => 100,
        parts => u32::from(parts),
    };
    (u32::from(control.delay_num) * 1000 + parts / 2) / parts
}

fn spread(grey: u8, opacity: u8) -> [u8; 4] {
    [grey, grey, grey, opacity]
}

/// A sample of 16 bits in 8.
#[expect(clippy::cast_possible_truncation, reason = "at most 255")]
fn rounded(pixel: &[u8], at: usize) -> u8 {
    let sample = u16::from_be_bytes([pixel[2 * at], pixel[2 * at + 1]]);
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u8
}
