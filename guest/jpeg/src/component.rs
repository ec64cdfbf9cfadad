//! From a plane of samples to the blocks of a component.

use mozjpeg_rs::deringing::preprocess_deringing;
use mozjpeg_rs::simd::SimdOps;

use crate::block::Block;
use crate::planes::Plane;
use crate::trellis::{Choice, Quantiser};

/// The quantised coefficients of a component.
pub(crate) struct Component {
    /// From 1 on.
    pub(crate) number: u8,
    /// Blocks of a unit of the interleaved scan, both across and down.
    pub(crate) factor: u8,
    /// In rows from top to bottom.
    blocks: Vec<Block>,
    /// In a row: as many as whole units have.
    columns: usize,
    /// Columns and rows that show something of the image: others are there to fill up units.
    shown: (usize, usize),
}

impl Component {
    /// Transforms and quantises a plane, for as many units across and down.
    pub(crate) fn new(number: u8, plane: &Plane, factor: u8, units: (usize, usize), quantiser: &Quantiser) -> Self {
        let (columns, rows) = (units.0 * usize::from(factor), units.1 * usize::from(factor));
        let transform = SimdOps::detect();
        let mut coefficients = [0; 64];
        let mut choices = [Choice::default(); 64];
        let mut blocks = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let mut samples = samples(plane, 8 * column, 8 * row);
                preprocess_deringing(&mut samples, quantiser.table[0]);
                transform.do_forward_dct(&samples, &mut coefficients);
                blocks.push(quantiser.quantise(&coefficients, &mut choices));
            }
        }
        Self { number, factor, blocks, columns, shown: (plane.width.div_ceil(8), plane.height.div_ceil(8)) }
    }

    /// The number of its tables: 0 for brightness, 1 for colour differences.
    pub(crate) fn table(&self) -> u8 {
        u8::from(self.number > 1)
    }

    /// The blocks of a scan of this component alone: those that show something.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Block> {
        let (columns, rows) = self.shown;
        self.blocks.chunks_exact(self.columns).take(rows).flat_map(move |row| &row[..columns])
    }

    /// The blocks of one unit of an interleaved scan.
    pub(crate) fn unit(&self, column: usize, row: usize) -> impl Iterator<Item = &Block> {
        let factor = usize::from(self.factor);
        (0..factor).flat_map(move |y| {
            let start = (row * factor + y) * self.columns + column * factor;
            &self.blocks[start..start + factor]
        })
    }
}

/// 8 × 8 samples around zero. Beyond the plane its edge goes on.
fn samples(plane: &Plane, left: usize, top: usize) -> [i16; 64] {
    let mut samples = [0; 64];
    for (y, row) in samples.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let start = (top + y).min(plane.height - 1) * plane.width;
        let source = &plane.samples[start..start + plane.width];
        if let Some(source) = source.get(left..left + 8) {
            row.iter_mut().zip(source).for_each(|(sample, &source)| *sample = i16::from(source) - 128);
        } else {
            for (x, sample) in row.iter_mut().enumerate() {
                *sample = i16::from(source[(left + x).min(plane.width - 1)]) - 128;
            }
        }
    }
    samples
}
