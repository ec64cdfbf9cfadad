//! The pixels of a TIFF.
//!
//! `weezl` and `flate2` decompress; where the samples belong and what they mean is decided here.

use super::file::{Chunks, File};
use super::header::{Colour, Extra};
use super::pixels;
use crate::Error;
use crate::colour::Inks;
use crate::error::internal;
use crate::image::{Image, Samples};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.header.width, self.header.height)
    }

    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation)
    }

    fn colour_note(&self) -> Option<&str> {
        self.inks.as_ref().map(Inks::note)
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let stored = self.stored();
        let count = self.header.width as usize * self.header.height as usize * stored;
        let mut samples = if self.bits == 16 {
            let mut samples = vec![0_u16; count];
            let is_big_endian = self.header.directory.bytes.is_big_endian;
            self.fill(&mut samples, stored, |row, per_pixel| pixels::sixteen(row, per_pixel, is_big_endian, self))?;
            Samples::Sixteen(samples)
        } else {
            let mut samples = vec![0_u8; count];
            self.fill(&mut samples, stored, |row, per_pixel| pixels::eight(row, per_pixel, self))?;
            Samples::Eight(samples)
        };
        match &mut samples {
            Samples::Eight(samples) => self.interpret(samples),
            Samples::Sixteen(samples) => self.interpret(samples),
        }
        if let (Colour::Palette, Samples::Eight(indices)) = (self.header.colour, &samples) {
            samples = Samples::Eight(self.coloured(indices)?);
        }
        if let Some(inks) = &self.inks {
            samples = inks.to_rgb(samples)?;
        }
        let mut image = Image::new(self.header.width, self.header.height, self.channels, samples)?;
        image.embedded.icc = self.icc.filter(|_| self.inks.is_none()).map(<[u8]>::to_vec);
        Ok(Source { image, metadata: self.metadata() })
    }
}

impl File<'_> {
    /// Puts the first `stored` samples of each pixel of each chunk in their places.
    fn fill<T: Copy>(
        &self,
        target: &mut [T],
        stored: usize,
        read: impl Fn(&[u8], usize) -> Vec<T>,
    ) -> Result<(), Error> {
        let Chunks { width: chunk_width, height: chunk_height, are_planar, ref data, .. } = self.chunks;
        let (chunk_width, chunk_height) = (chunk_width as usize, chunk_height as usize);
        let (across, down) = self.chunks.grid(&self.header);
        let (width, height) = (self.header.width as usize, self.header.height as usize);
        let row_len = usize::try_from(self.row_len()).map_err(|_| internal("TIFF: a row was not measured"))?;
        let per_pixel = self.samples() as usize;
        for (place, data) in data.iter().enumerate() {
            let plane = place / (across as usize * down as usize);
            if plane >= stored {
                break;
            }
            let (left, top) =
                (place % across as usize * chunk_width, place / across as usize % down as usize * chunk_height);
            let rows = self.chunks.rows(&self.header, place) as usize;
            let unpacked = self.compression.unpack(data, rows * row_len)?;
            let visible = chunk_width.min(width - left);
            for (row, y) in unpacked.chunks_exact(row_len).zip(top..height) {
                let samples = read(row, per_pixel);
                // The grid covers the picture and no more: the first pixel of each chunk is in it.
                let line = &mut target[(y * width + left) * stored..][..visible * stored];
                if are_planar {
                    let places = line.iter_mut().skip(plane).step_by(stored);
                    places.zip(samples).for_each(|(place, sample)| *place = sample);
                } else {
                    for (pixel, samples) in line.chunks_exact_mut(stored).zip(samples.chunks_exact(per_pixel)) {
                        pixel.copy_from_slice(&samples[..stored]);
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes of the samples what they mean: black is zero, and colours are not multiplied by their opacity.
    fn interpret<T: pixels::Sample>(&self, samples: &mut [T]) {
        let count = self.channels.count();
        if self.header.colour == Colour::WhiteIsZero {
            samples.iter_mut().step_by(count).for_each(|sample| *sample = sample.inverted());
        }
        if self.header.extra == Some(Extra::Associated) {
            samples.chunks_exact_mut(count).for_each(pixels::divide);
        }
    }

    fn coloured(&self, indices: &[u8]) -> Result<Vec<u8>, Error> {
        let mut samples = vec![0; 3 * indices.len()];
        // `palette` has seen to it that there are colours for all indices of so many bits.
        let count = 1 << self.bits;
        let [red, green, blue] = [0, 1, 2].map(|channel| self.palette.get(channel * count..(channel + 1) * count));
        let (Some(red), Some(green), Some(blue)) = (red, green, blue) else {
            return Err(internal("TIFF: the palette was not measured"));
        };
        for (pixel, &index) in samples.as_chunks_mut::<3>().0.iter_mut().zip(indices) {
            let index = usize::from(index);
            *pixel = [red[index], green[index], blue[index]];
        }
        Ok(samples)
    }
}
