//! The pixels of a GIF.
//!
//! `weezl` decodes the codes. What becomes of the indices is decided here, as browsers decide it: the image stands where its
//! descriptor says, and what it leaves free of the screen is transparent, whatever the background's colour.

use weezl::{BitOrder, LzwStatus, decode::Decoder};

use super::blocks::{Descriptor, SubBlocks};
use super::file::File;
use super::frames::Frames;
use crate::animation::{Length, Moving};
use crate::error::malformed;
use crate::image::{Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;
use crate::{Embedded, Error};

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        self.header.size()
    }

    fn orientation(&self) -> Orientation {
        Orientation::new(1)
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let Descriptor { left, top, width, height, is_interlaced, .. } = self.header.image;
        let [left, top, width, height] = [left, top, width, height].map(usize::from);
        let indices = decompress(self.data, self.code_size, width * height)?;

        let (screen_width, screen_height) = self.header.size();
        let (channels, row_len) = (self.channels.count(), self.channels.count() * screen_width as usize);
        let mut samples = vec![0; row_len * screen_height as usize];
        for (row, y) in indices.chunks_exact(width).zip(rows(height, is_interlaced)) {
            let start = (top + y) * row_len + left * channels;
            // The screen is large enough for the image: see `Header::size`.
            let pixels = samples[start..start + width * channels].chunks_exact_mut(channels);
            for (pixel, &index) in pixels.zip(row) {
                if self.header.notes.transparent == Some(index) {
                    continue;
                }
                let colour = self.palette.get(usize::from(index));
                let [red, green, blue] =
                    colour.ok_or_else(|| malformed("GIF: a pixel has a colour that the palette does not have"))?;
                pixel.copy_from_slice(&[*red, *green, *blue, u8::MAX][..channels]);
            }
        }
        let image = Image::new(screen_width, screen_height, self.channels, Samples::Eight(samples))?;
        Ok(Source { image, metadata: self.metadata() })
    }

    fn length(&self) -> Option<Length> {
        (self.frames > 1).then_some(Length { format: "GIF", frames: self.frames, pixels: self.pixels })
    }

    fn animation(&self) -> Result<Moving<'_>, Error> {
        let parts = Box::new(Frames::of_file(self.input)?);
        // Without a word on it, it is played once; what is said is how often it is repeated after that.
        let plays = match self.notes.repeats {
            Some(0) => 0,
            repeats => repeats.unwrap_or(0).saturating_add(1),
        };
        Ok(Moving { plays, parts, colours: Embedded::default(), metadata: self.metadata() })
    }
}

/// The indices of all pixels, in the order of the file.
pub(super) fn decompress(data: SubBlocks, code_size: u8, count: usize) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::new(BitOrder::Lsb, code_size);
    let mut indices = vec![0; count];
    let mut filled = 0;
    // After the last block the decoder may have bits left.
    for mut block in data.chain([&[][..]]) {
        while filled < count {
            // In bounds: the decoder fills no more than there is.
            let step = decoder.decode_bytes(block, &mut indices[filled..]);
            filled += step.consumed_out;
            block = block.get(step.consumed_in..).unwrap_or_default();
            match step.status {
                Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
                Ok(LzwStatus::Ok | LzwStatus::NoProgress) => break,
                Ok(LzwStatus::Done) => return full(indices, filled),
                Err(error) => return Err(malformed(format!("GIF: {error}"))),
            }
        }
    }
    full(indices, filled)
}

fn full(indices: Vec<u8>, filled: usize) -> Result<Vec<u8>, Error> {
    if filled == indices.len() {
        return Ok(indices);
    }
    Err(malformed(format!("GIF: the image has {} pixels, its data only {filled}", indices.len())))
}

/// Where the rows of a file are seen: interlaced, every eighth of them stands first (GIF89a, appendix E).
pub(super) fn rows(height: usize, is_interlaced: bool) -> impl Iterator<Item = usize> {
    let passes = if is_interlaced { &[(0, 8), (4, 8), (2, 4), (1, 2)][..] } else { &[(0, 1)] };
    passes.iter().flat_map(move |&(first, step)| (first..height).step_by(step))
}
