//! From blocks to pixels, row by row.

use super::coefficients::Block;
use super::colour;
use super::header::Colour;
use super::plane::Plane;

/// Pixels that are made as soon as the blocks they need are there.
#[derive(Debug)]
pub(super) struct Picture {
    width: usize,
    height: usize,
    colour: Colour,
    planes: Vec<Plane>,
    /// Rows of pixels that are done.
    done: usize,
    samples: Vec<u8>,
    /// Where each component's row is interpolated.
    spaces: [Vec<u8>; 4],
}

impl Picture {
    pub(super) fn new((width, height): (usize, usize), colour: Colour, planes: Vec<Plane>) -> Self {
        let samples = Vec::with_capacity(width * height * planes.len());
        Self { width, height, colour, planes, done: 0, samples, spaces: Default::default() }
    }

    /// Takes the block at a column and a row of a component. Blocks come in rows of units.
    #[inline]
    pub(super) fn put(&mut self, component: usize, place: (usize, usize), block: &Block) {
        self.planes[component].put(place, block);
    }

    /// Makes the pixels that are possible now that so many rows of units are there.
    pub(super) fn units_done(&mut self, units: usize) {
        let ready = self.planes.iter().map(|plane| plane.ready(units)).min().unwrap_or(0).min(self.height);
        for y in self.done..ready {
            self.make_row(y);
        }
        self.done = ready;
    }

    fn make_row(&mut self, y: usize) {
        let (width, out) = (self.width, &mut self.samples);
        let mut rows: [&[u8]; 4] = [&[]; 4];
        for ((row, plane), space) in rows.iter_mut().zip(&self.planes).zip(&mut self.spaces) {
            *row = plane.row(y, space);
        }
        let [a, b, c, d] = rows;
        match self.colour {
            Colour::Ycbcr => colour::ycbcr(width, [a, b, c], out),
            Colour::Rgb => colour::three(width, [a, b, c], out),
            Colour::Cmyk => colour::inks(width, rows, out),
            Colour::Ycck => colour::ycck(width, [a, b, c], d, out),
            Colour::Grey | Colour::Unknown => out.extend_from_slice(&a[..width]),
        }
    }

    /// The samples in rows, as many for each pixel as there are components.
    pub(super) fn into_samples(self) -> Vec<u8> {
        self.samples
    }
}
