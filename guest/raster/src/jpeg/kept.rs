//! The coefficients that several scans tell of, until the last one has.

use super::coefficients::{Block, Unfinished};
use super::idct::Transform;
use super::tables::ZIGZAG;

/// No slot: of such a coefficient only whether it is zero is kept.
const NONE: u8 = u8::MAX;

/// A component's coefficients: those that its transform looks at, and of each of the others whether it is zero, which is what the
/// scans after it are read with.
///
/// A quarter of the size needs 25 coefficients of a block: less than half of the memory that all of them take.
#[derive(Debug)]
pub(super) struct Kept {
    /// Where in a block's values a coefficient is, by its number in the file.
    slots: [u8; 64],
    /// Values of a block.
    count: usize,
    values: Vec<i16>,
    /// For each block, the numbers of those that are not zero.
    places: Vec<u64>,
}

impl Kept {
    pub(super) fn new(blocks: usize, transform: Transform) -> Self {
        // All of them stand as in a block, so that they are blocks.
        let natural = ZIGZAG.map(usize::from);
        let mut used = [NONE; 64];
        let mut count = 0;
        for (place, slot) in used.iter_mut().enumerate() {
            if transform.looks_at(place / 8) && transform.looks_at(place % 8) {
                *slot = count;
                count += 1;
            }
        }
        let (slots, count) = (natural.map(|place| used[place]), usize::from(count));
        Self { slots, count, values: vec![0; count * blocks], places: vec![0; blocks] }
    }

    /// Whether nothing of a scan from this coefficient on is kept.
    pub(super) fn ignores(&self, first: u8) -> bool {
        self.count == 1 && first > 0
    }

    /// A block, to be told of.
    #[inline]
    pub(super) fn unfinished(&mut self, block: usize) -> Unfinished<'_> {
        let values = &mut self.values[block * self.count..][..self.count];
        Unfinished { slots: &self.slots, values, places: &mut self.places[block] }
    }

    /// What is kept of a block; all else is zero.
    #[inline]
    pub(super) fn block(&self, block: usize) -> Block {
        let values = &self.values[block * self.count..][..self.count];
        if let Some(block) = values.first_chunk() {
            return *block;
        }
        let mut block = [0; 64];
        for (&place, &slot) in ZIGZAG.iter().zip(&self.slots) {
            if let Some(&value) = values.get(usize::from(slot)) {
                block[usize::from(place) % 64] = value;
            }
        }
        block
    }

    /// All blocks, if all of their coefficients are kept.
    pub(super) fn into_blocks(self) -> Vec<Block> {
        bytemuck::allocation::cast_vec(self.values)
    }
}
