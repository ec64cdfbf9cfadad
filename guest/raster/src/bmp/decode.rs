//! The pixels of a BMP.

use super::file::File;
use super::header::Coding;
use super::masks::Masks;
use super::runs;
use crate::Error;
use crate::image::{Image, Samples};
use crate::metadata::SourceMetadata;
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.header.width, self.header.height)
    }

    /// Rows that stand from the bottom to the top are those of a picture that is seen upside down.
    fn orientation(&self) -> Orientation {
        Orientation::new(if self.header.is_top_down { 1 } else { 4 })
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let (width, height) = (self.header.width as usize, self.header.height as usize);
        let row_len = width * self.channels.count();
        let mut samples = vec![0; row_len * height];
        if let Coding::Runs(bits) = self.header.coding {
            let indices = runs::read(self.data, width, height, bits)?;
            self.indexed(&mut samples, indices.into_iter());
        } else {
            for (row, pixels) in self.data.chunks_exact(self.row_len()).zip(samples.chunks_exact_mut(row_len)) {
                self.row(row, pixels);
            }
        }
        if self.header.has_alpha() {
            show_what_is_invisible(&mut samples);
        }
        let mut image = Image::new(self.header.width, self.header.height, self.channels, Samples::Eight(samples))?;
        image.embedded.icc = self.icc.map(<[u8]>::to_vec);
        Ok(Source { image, metadata: SourceMetadata::default() })
    }
}

impl File<'_> {
    fn row(&self, row: &[u8], pixels: &mut [u8]) {
        match self.header.coding {
            Coding::Palette(8) | Coding::Runs(_) => self.indexed(pixels, row.iter().copied()),
            Coding::Palette(bits) => {
                let places = (0..8).step_by(bits as usize);
                let indices = row.iter().flat_map(|&byte| places.clone().map(move |at| byte << at >> (8 - bits)));
                self.indexed(pixels, indices);
            }
            Coding::Bytes => {
                for (pixel, stored) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(row.as_chunks::<3>().0) {
                    let [blue, green, red] = *stored;
                    *pixel = [red, green, blue];
                }
            }
            Coding::Fields(16, masks) => {
                let numbers = row.as_chunks().0.iter().map(|stored| u16::from_le_bytes(*stored).into());
                self.fields(pixels, numbers, masks);
            }
            Coding::Fields(_, masks) => {
                let numbers = row.as_chunks().0.iter().map(|stored| u32::from_le_bytes(*stored));
                self.fields(pixels, numbers, masks);
            }
        }
    }

    fn fields(&self, pixels: &mut [u8], numbers: impl Iterator<Item = u32>, masks: Masks) {
        let count = self.channels.count();
        for (pixel, number) in pixels.chunks_exact_mut(count).zip(numbers) {
            pixel.copy_from_slice(&masks.channels(number)[..count]);
        }
    }

    /// As browsers do, a colour that the palette does not have is black.
    fn indexed(&self, pixels: &mut [u8], indices: impl Iterator<Item = u8>) {
        for (pixel, index) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(indices) {
            let at = usize::from(index) * self.header.bytes_per_colour;
            if let Some(&[blue, green, red]) = self.palette.get(at..).and_then(|rest| rest.first_chunk()) {
                *pixel = [red, green, blue];
            }
        }
    }
}

/// As browsers do, a picture that is transparent everywhere is opaque: its writer has left the opacity zero.
fn show_what_is_invisible(samples: &mut [u8]) {
    let pixels = samples.as_chunks_mut::<4>().0;
    if pixels.iter().all(|pixel| pixel[3] == 0) {
        pixels.iter_mut().for_each(|pixel| pixel[3] = u8::MAX);
    }
}
