//! The frames of an animated WebP (RFC 9649, section 2.7.1.2).

use super::chunks::{Chunks, Stop};
use super::header::{first_picture, pair};
use super::picture::Picture;
use super::riff;
use crate::Error;
use crate::animation::{Area, Blend, Dispose, Part};
use crate::image::Channels;

/// Bytes of a frame's data before the chunks of its picture.
const HEADER_LEN: usize = 16;

/// Walks over the frames of a file.
#[derive(Clone, Debug)]
pub(super) struct Frames<'a> {
    chunks: Chunks<'a>,
    /// Of the canvas.
    size: (u32, u32),
}

/// A frame that can be decoded.
struct Frame<'a> {
    /// As the file has it.
    header: &'a [u8; HEADER_LEN],
    area: Area,
    picture: Picture<'a>,
    blend: Blend,
    dispose: Dispose,
    duration: u32,
}

impl<'a> Frames<'a> {
    pub(super) fn new(chunks: Chunks<'a>, size: (u32, u32)) -> Self {
        Self { chunks, size }
    }

    /// Refuses what cannot be decoded, before anything is.
    pub(super) fn check(mut self) -> Result<(), Error> {
        while self.frame()?.is_some() {}
        Ok(())
    }

    /// Writes the frames that are left as they are coded, without anything else that stands in them.
    pub(super) fn write(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        while let Some(frame) = self.frame()? {
            let mut data = frame.header.to_vec();
            frame.picture.write(&mut data);
            riff::chunk(out, b"ANMF", &data);
        }
        Ok(())
    }

    /// The pictures of the frames, each as a file.
    pub(super) fn pictures(mut self) -> impl Iterator<Item = Result<Vec<u8>, Error>> {
        std::iter::from_fn(move || Some(self.frame().transpose()?.map(|frame| frame.picture.alone())))
    }

    fn frame(&mut self) -> Result<Option<Frame<'a>>, Error> {
        while let Some(chunk) = self.chunks.next()? {
            if chunk.kind != *b"ANMF" {
                continue;
            }
            let header = self.chunks.beginning::<HEADER_LEN>(chunk)?;
            let [x0, x1, x2, y0, y1, y2, size @ .., d0, d1, d2, flags] = *header;
            let [left, top] = [[x0, x1, x2, 0], [y0, y1, y2, 0]].map(|half| 2 * u32::from_le_bytes(half));
            let (width, height) = pair(size);
            let (picture, actual, has_alpha) = first_picture(self.chunks.within(chunk, HEADER_LEN as u64))?;
            if actual != (width, height) {
                return Err(Stop::Damaged("the image of a frame has another size than its header says").into());
            }
            if left + width > self.size.0 || top + height > self.size.1 {
                return Err(Stop::Damaged("a frame is outside of the picture").into());
            }
            return Ok(Some(Frame {
                header,
                area: Area { left, top, width, height },
                picture: Picture::new(&self.chunks, picture, (width, height), has_alpha)?,
                blend: if flags & 2 == 0 { Blend::Over } else { Blend::Replace },
                dispose: if flags & 1 == 0 { Dispose::Keep } else { Dispose::Clear },
                duration: u32::from_le_bytes([d0, d1, d2, 0]),
            }));
        }
        Ok(None)
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Part, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.frame().transpose().map(|frame| frame.and_then(|frame| frame.part()))
    }
}

impl Frame<'_> {
    fn part(self) -> Result<Part, Error> {
        let Self { area, picture, blend, dispose, duration, .. } = self;
        let samples = picture.decode()?;
        let pixels = match picture.channels {
            Channels::Rgba => samples.as_chunks().0.to_vec(),
            _ => samples.as_chunks().0.iter().map(|&[red, green, blue]| [red, green, blue, u8::MAX]).collect(),
        };
        Ok(Part { area, pixels, blend, dispose, duration })
    }
}
