//! The pixels of an AVIF.

use super::av1::Coded;
use super::file::{File, Tiled};
use super::planes::{Planes, Sample};
use crate::error::{internal, malformed};
use crate::image::{Image, Samples};
use crate::source::{self, AsStored, Scale, Source};
use crate::upright::Orientation;
use crate::{Error, Metadata};

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.header.width, self.header.height)
    }

    /// From the file's own turns and mirrors; its EXIF is not to be asked.
    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation)
    }

    /// More than 8 bits become 16.
    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let samples = if self.header.coding.bits > 8 {
            Samples::Sixteen(self.samples()?)
        } else {
            Samples::Eight(self.samples()?)
        };
        let mut image = Image::new(self.header.width, self.header.height, self.channels, samples)?;
        image.embedded.icc.clone_from(&self.icc);
        Ok(Source { image, metadata: self.metadata() })
    }

    fn as_stored(&self, policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        self.original(policy)
    }
}

impl File<'_> {
    fn samples<T: Sample>(&self) -> Result<Vec<T>, Error> {
        let (size, coding) = (self.header.size(), self.header.coding);
        let count = self.channels.count();
        let mut samples = vec![T::default(); size.0 as usize * size.1 as usize * count];
        {
            let planes = self.picture.planes(size)?;
            if (planes.bits, planes.subsampling.is_none()) != (coding.bits, coding.is_grey) {
                return Err(malformed("AVIF: the picture is coded in another way than the file says"));
            }
            planes.write(&self.picture.conversion, self.channels, &mut samples);
        }
        if let Some(alpha) = &self.alpha {
            alpha.planes(size)?.write_alpha(&alpha.conversion, self.channels, &mut samples);
            if self.header.is_premultiplied {
                for pixel in samples.chunks_exact_mut(count) {
                    let (alpha, colours) = pixel.split_last_mut().ok_or_else(|| internal("AVIF: pixels of nothing"))?;
                    colours.iter_mut().for_each(|sample| *sample = sample.divided_by(*alpha));
                }
            }
        }
        Ok(samples)
    }
}

impl Tiled<'_> {
    fn planes(&self, (width, height): (u32, u32)) -> Result<Planes, Error> {
        let (tile_width, tile_height) = self.tile;
        let mut planes = None;
        for (row, parts) in (0_u32..).zip(self.data.chunks(self.columns)) {
            for (column, parts) in (0_u32..).zip(parts) {
                let coded = Coded::decode(parts.concat(), tile_width, tile_height)?;
                let planes = planes.get_or_insert_with(|| coded.planes(width, height));
                coded.copy_to(planes, column * tile_width, row * tile_height)?;
            }
        }
        planes.ok_or_else(|| internal("AVIF: a picture of nothing"))
    }
}
