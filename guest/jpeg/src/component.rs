//! From a plane of samples to the blocks of a component.

use mozjpeg_rs::consts::JPEG_NATURAL_ORDER;
use mozjpeg_rs::deringing::preprocess_deringing;
use mozjpeg_rs::simd::SimdOps;
use sandpress_raster::JpegComponent;
use wide::i16x8;

use crate::block::Block;
use crate::planes::Plane;
use crate::trellis::{Choice, Quantiser};

/// The quantised coefficients of a component.
pub(crate) struct Component {
    /// From 1 on.
    pub(crate) number: u8,
    /// Blocks of a unit of the interleaved scan, across and down.
    pub(crate) factors: (u8, u8),
    /// The number of its quantisation table.
    pub(crate) table: u8,
    /// The number of its Huffman tables: 0 or 1.
    pub(crate) codes: u8,
    /// In rows from top to bottom.
    blocks: Vec<Block>,
    /// In a row: as many as whole units have.
    columns: usize,
    /// Columns and rows that show something of the image: others are there to fill up units.
    shown: (usize, usize),
}

impl Component {
    /// Transforms and quantises a plane, for as many units across and down. The first component is brightness, others are colour.
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
        let shown = (plane.width.div_ceil(8), plane.height.div_ceil(8));
        let table = u8::from(number > 1);
        Self { number, factors: (factor, factor), table, codes: table, blocks, columns, shown }
    }

    /// A component of another file as it is, with the numbers of its tables.
    pub(crate) fn of(number: u8, original: JpegComponent, table: u8, codes: u8) -> Self {
        let JpegComponent { factors, all, shown, mut blocks, .. } = original;
        for block in &mut blocks {
            let rows = *block;
            *block = JPEG_NATURAL_ORDER.map(|place| rows[place]);
        }
        fill_up(&mut blocks, all, shown, factors.0.into());
        Self { number, factors, table, codes, blocks, columns: all.0, shown }
    }

    /// The blocks of a scan of this component alone: those that show something.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Block> {
        let (columns, rows) = self.shown;
        self.blocks.chunks_exact(self.columns).take(rows).flat_map(move |row| &row[..columns])
    }

    /// Of these, one row of so many, with each row as a whole.
    pub(crate) fn some(&self, step: usize) -> impl Iterator<Item = &Block> {
        let (columns, rows) = self.shown;
        self.blocks
            .chunks_exact(self.columns)
            .take(rows)
            .skip(step / 2)
            .step_by(step)
            .flat_map(move |row| &row[..columns])
    }

    /// The blocks of one unit of an interleaved scan.
    pub(crate) fn unit(&self, column: usize, row: usize) -> impl Iterator<Item = &Block> {
        let (across, down) = (usize::from(self.factors.0), usize::from(self.factors.1));
        (0..down).flat_map(move |y| {
            let start = (row * down + y) * self.columns + column * across;
            &self.blocks[start..start + across]
        })
    }

    /// Whether all of its coefficients are such as 8-bit samples have: others have no code in scans of them.
    pub(crate) fn is_in_range(&self) -> bool {
        let zero = i16x8::splat(0);
        self.blocks.iter().all(|block| {
            let mut others = *block;
            others[0] = 0;
            let largest = others.as_chunks::<8>().0.iter().fold(zero, |most, row| most.max(i16x8::new(*row).abs()));
            // Of the lowest number there is, the magnitude is that number: below zero.
            (-1024..1024).contains(&block[0]) && largest.reduce_max() < 1024 && !others.contains(&i16::MIN)
        })
    }
}

/// Blocks that show nothing become what takes the fewest bits: flat, and like the one before them in their unit.
fn fill_up(blocks: &mut [Block], all: (usize, usize), shown: (usize, usize), across: usize) {
    for y in 0..all.1 {
        let first = if y < shown.1 { shown.0 } else { 0 };
        for x in first..all.0 {
            let before = match (y < shown.1, x % across) {
                (true, _) => y * all.0 + x - 1,
                (false, 0) => (y - 1) * all.0 + (x + across - 1).min(all.0 - 1),
                (false, _) => y * all.0 + x - 1,
            };
            let flat = blocks[before][0];
            blocks[y * all.0 + x].fill(0);
            blocks[y * all.0 + x][0] = flat;
        }
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
