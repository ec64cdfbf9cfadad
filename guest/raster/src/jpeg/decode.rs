//! The pixels of a JPEG.
//!
//! Decoded here and not by a library: with SIMD for WebAssembly at the smaller scales too, which make most of a thumbnail's speed; with
//! coefficients, which lossless files are made of; and refused where data is missing.
//!
//! ```text
//! sequential, one scan:   bits ─▶ block ─▶ plane (a few rows) ─▶ rows of pixels
//! else:                   all scans ─▶ coefficients of the whole image that the scale needs ─▶ plane ─▶ rows of pixels
//! ```

use super::bits::Bits;
use super::coefficients::State;
use super::file::{File, Part};
use super::idct::Transform;
use super::kept::Kept;
use super::layout::{Blocks, Layout};
use super::original::{JpegComponent, JpegOriginal};
use super::picture::Picture;
use super::plane::Plane;
use super::scan::{Codes, Pair, Scan, Visitor};
use super::tables::{Steps, Tables};
use super::upsample::Upsampling;
use crate::colour::Inks;
use crate::error::malformed;
use crate::image::{Image, Samples};
use crate::metadata::Pixels;
use crate::source::{self, AsStored, Scale, Source};
use crate::upright::Orientation;
use crate::{Embedded, Error, Metadata, Original};

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.frame.width.into(), self.frame.height.into())
    }

    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation())
    }

    /// Twice the pixels of the output are left for the resampling to choose from.
    fn scale(&self, shrink: f64) -> Scale {
        Scale(match shrink {
            16.0.. => 8,
            8.0.. => 4,
            4.0.. => 2,
            _ => 1,
        })
    }

    fn colour_note(&self) -> Option<&str> {
        self.inks.as_ref().map(Inks::note)
    }

    fn decode(&self, Scale(scale): Scale) -> Result<Source, Error> {
        let (width, height) = (self.frame.width.div_ceil(scale), self.frame.height.div_ceil(scale));
        let transform = match scale {
            8.. => Transform::One,
            4.. => Transform::Two,
            2.. => Transform::Four,
            _ => Transform::Eight,
        };
        let mut samples = self.pixels(transform)?;
        let Some(inks) = &self.inks else {
            let mut image = Image::new(width.into(), height.into(), self.channels, Samples::Eight(samples))?;
            image.embedded.icc = self.header.icc_profile()?;
            let metadata = self.header.metadata(image.embedded.icc.is_some());
            return Ok(Source { image, metadata });
        };
        // All were taken for inverted, and turned round.
        if !self.header.has_inverted_inks() {
            samples.iter_mut().for_each(|sample| *sample = !*sample);
        }
        let image = Image::new(width.into(), height.into(), self.channels, inks.to_rgb(Samples::Eight(samples))?)?;
        Ok(Source { image, metadata: self.header.metadata(inks.have_profile()) })
    }

    fn as_stored(&self, policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        let icc = self.header.icc_profile()?;
        let (kept, dropped) = self.header.metadata(icc.is_some()).under(policy, Pixels::AsStored);
        let embedded = Embedded { icc, ..kept };
        Ok(Some(AsStored { original: Original::Jpeg(JpegOriginal(self)), embedded, dropped, is_smallest: true }))
    }
}

impl File<'_> {
    fn pixels(&self, transform: Transform) -> Result<Vec<u8>, Error> {
        let layout = Layout::new(&self.frame);
        if let Some(picture) = self.sequential(&layout, transform)? {
            return Ok(picture.into_samples());
        }
        let components = self.kept(&layout, &self.transforms(&layout, transform))?;
        let steps = components.iter().map(|(_, steps)| *steps);
        let mut picture = self.picture(&layout, transform, steps.collect());
        for row in 0..layout.units.1 {
            for (number, (blocks, (kept, _))) in layout.components.iter().zip(&components).enumerate() {
                for y in blocks.factors.1 * row..blocks.factors.1 * (row + 1) {
                    for x in 0..blocks.all.0 {
                        picture.put(number, (x, y), &kept.block(y * blocks.all.0 + x));
                    }
                }
            }
            picture.units_done(row + 1);
        }
        Ok(picture.into_samples())
    }

    /// The pixels of a file with one scan of everything; none of another file.
    fn sequential(&self, layout: &Layout, transform: Transform) -> Result<Option<Picture>, Error> {
        let mut scans = self.parts.iter().filter(|part| matches!(part, Part::Scan { .. }));
        if self.frame.is_progressive() || scans.nth(1).is_some() {
            return Ok(None);
        }
        let mut tables = Tables::default();
        for part in &self.parts {
            match part {
                Part::Frame(_) => {}
                Part::Table(segment) => tables.note(*segment)?,
                Part::Scan { header, data } => {
                    let scan = Scan::parse(header, &self.frame)?;
                    if scan.components.len() < self.frame.components.len() {
                        break;
                    }
                    tables.fill_up()?;
                    let steps = (0..self.frame.components.len()).map(|number| self.steps(&tables, number));
                    let picture = self.picture(layout, transform, steps.collect::<Result<_, _>>()?);
                    let mut visitor = Painting { codes: scan.pairs(&tables)?, scan: &scan, picture };
                    scan.visit(layout, tables.restart_interval, data, &mut visitor)?;
                    return Ok(Some(visitor.picture));
                }
            }
        }
        Ok(None)
    }

    /// The coefficients of all scans, whole.
    pub(super) fn coefficients(&self, layout: &Layout) -> Result<Vec<JpegComponent>, Error> {
        let kept = self.kept(layout, &vec![Transform::Eight; layout.components.len()])?;
        let components = layout.components.iter().zip(kept).map(|(layout, (kept, steps))| {
            let &Blocks { factors: (across, down), all, shown } = layout;
            #[expect(clippy::cast_possible_truncation, reason = "1 to 4")]
            let factors = (across as u8, down as u8);
            JpegComponent { factors, all, shown, blocks: kept.into_blocks(), steps }
        });
        Ok(components.collect())
    }

    /// For each component, what its transform needs of the coefficients of all scans.
    fn kept(&self, layout: &Layout, transforms: &[Transform]) -> Result<Vec<(Kept, Steps)>, Error> {
        let components = layout.components.iter().zip(transforms);
        let mut kept: Vec<_> =
            components.map(|(blocks, &transform)| Kept::new(blocks.all.0 * blocks.all.1, transform)).collect();
        let mut steps = vec![None; kept.len()];
        let mut tables = Tables::default();
        for part in &self.parts {
            match part {
                Part::Frame(_) => {}
                Part::Table(segment) => tables.note(*segment)?,
                Part::Scan { header, data } => {
                    if !self.frame.is_progressive() {
                        tables.fill_up()?;
                    }
                    let scan = Scan::parse(header, &self.frame)?;
                    for part in &scan.components {
                        // A component keeps the table that it had in its first scan.
                        let steps = &mut steps[part.component];
                        if steps.is_none() {
                            *steps = Some(self.steps(&tables, part.component)?);
                        }
                    }
                    if scan.components.iter().all(|part| kept[part.component].ignores(scan.band.first)) {
                        continue;
                    }
                    let codes = scan.codes(&self.frame, &tables)?;
                    let mut visitor = Collecting { codes, scan: &scan, layout, kept: &mut kept };
                    scan.visit(layout, tables.restart_interval, data, &mut visitor)?;
                }
            }
        }
        let with_steps = |(kept, steps): (_, Option<_>)| {
            Ok((kept, steps.ok_or_else(|| malformed("JPEG: a component without any scan"))?))
        };
        kept.into_iter().zip(steps).map(with_steps).collect()
    }

    fn steps(&self, tables: &Tables, component: usize) -> Result<Steps, Error> {
        let number = usize::from(self.frame.components[component].steps);
        let steps = tables.steps.get(number).copied().flatten();
        steps.ok_or_else(|| malformed("JPEG: a component whose quantisation table the file lacks"))
    }

    /// The transform of each component.
    ///
    /// A component of fewer samples is decoded at a larger scale as long as it needs it: at half the size, colours of half the resolution
    /// have the right one already.
    fn transforms(&self, layout: &Layout, transform: Transform) -> Vec<Transform> {
        layout.components.iter().map(|blocks| upsampled(layout, blocks, transform).0).collect()
    }

    /// A picture of no pixels yet.
    fn picture(&self, layout: &Layout, transform: Transform, steps: Vec<Steps>) -> Picture {
        let (width, height) = (usize::from(self.frame.width), usize::from(self.frame.height));
        let most = layout.most();
        let scaled = |side: usize, transform: Transform| (side * transform.side()).div_ceil(8);
        let is_single = transform == Transform::One;
        let planes = layout.components.iter().zip(steps).map(|(blocks, steps)| {
            let (transform, (across, down)) = upsampled(layout, blocks, transform);
            let size = |side: usize, factor: usize, most: usize| (scaled(side * factor, transform)).div_ceil(most);
            let size = (size(width, blocks.factors.0, most.0), size(height, blocks.factors.1, most.1));
            let upsampling = Upsampling::new(across, down, size.0, is_single);
            Plane::new(blocks, size, transform, upsampling, steps)
        });
        Picture::new((scaled(width, transform), scaled(height, transform)), self.colour, planes.collect())
    }
}

/// A component's transform in a picture of this one, and what its samples are upsampled by then, across and down.
fn upsampled(layout: &Layout, blocks: &Blocks, mut transform: Transform) -> (Transform, (usize, usize)) {
    let most = layout.most();
    let (mut across, mut down) = (most.0 / blocks.factors.0, most.1 / blocks.factors.1);
    while let (Some(larger), 0, 0) = (transform.larger(), across % 2, down % 2) {
        (transform, across, down) = (larger, across / 2, down / 2);
    }
    (transform, (across, down))
}

/// A scan whose blocks become pixels at once.
struct Painting<'a> {
    scan: &'a Scan,
    codes: Vec<Pair<'a>>,
    picture: Picture,
}

impl Visitor for Painting<'_> {
    #[inline]
    fn block(&mut self, bits: &mut Bits, state: &mut State, part: usize, place: (usize, usize)) -> Result<(), Error> {
        let mut block = [0; 64];
        self.codes[part].read(bits, &mut state.dc[part], &mut block)?;
        self.picture.put(self.scan.components[part].component, place, &block);
        Ok(())
    }

    fn row_done(&mut self, row: usize) {
        self.picture.units_done(row + 1);
    }
}

/// A scan whose blocks are kept.
struct Collecting<'a> {
    scan: &'a Scan,
    codes: Codes<'a>,
    layout: &'a Layout,
    /// Of each component.
    kept: &'a mut [Kept],
}

impl Visitor for Collecting<'_> {
    #[inline]
    fn block(&mut self, bits: &mut Bits, state: &mut State, part: usize, (x, y): (usize, usize)) -> Result<(), Error> {
        let component = self.scan.components[part].component;
        let mut block = self.kept[component].unfinished(y * self.layout.components[component].all.0 + x);
        self.scan.read(&self.codes, bits, state, part, &mut block)
    }
}

#[cfg(test)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test's numbers are small"
)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::File as _;

    /// The images of a file of PNM: width, height and samples.
    fn images(mut pnm: &[u8]) -> Vec<(u32, u32, Vec<u8>)> {
        let mut images = Vec::new();
        while !pnm.is_empty() {
            let mut lines = pnm.splitn(4, |&byte| byte == b'\n').map(|line| line.to_vec());
            let mut line = || String::from_utf8(lines.next().unwrap()).unwrap();
            let samples = if line() == "P6" { 3 } else { 1 };
            let (width, height): (usize, usize) = {
                let size = line();
                let (width, height) = size.split_once(' ').unwrap();
                (width.parse().unwrap(), height.parse().unwrap())
            };
            assert_eq!(line(), "255");
            let pixels = lines.next().unwrap();
            let (ours, rest) = (width * height * samples, pnm.len() - pixels.len());
            images.push((width as u32, height as u32, pixels[..ours].to_vec()));
            pnm = &pnm[rest + ours..];
        }
        images
    }

    /// `tests/images/jpeg.py` made the files, and libjpeg-turbo the pixels.
    #[test]
    fn pixels_are_to_the_bit_those_of_libjpeg_turbo_at_every_scale() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/jpeg");
        let mut compared = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "jpg") {
                continue;
            }
            let input = std::fs::read(&path).unwrap();
            let file = File::open(&input).unwrap();
            let expected = images(&std::fs::read(path.with_extension("pnm")).unwrap());
            for (scale, (width, height, samples)) in [1, 2, 4, 8].into_iter().zip(expected) {
                let image = file.decode(Scale(scale)).unwrap().image;
                assert_eq!((image.width(), image.height()), (width, height), "{path:?} 1/{scale}");
                assert!(*image.eight_bits() == samples, "{path:?} 1/{scale}");
                compared += 1;
            }
        }
        assert_eq!(compared, 4 * 16);
    }
}
