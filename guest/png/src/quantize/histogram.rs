//! Which colours there are, and how often.

use super::space::{Point, mean_point};
use crate::palette::Rgba;

/// Colours that are near enough to be counted as one.
pub(crate) struct Entry {
    /// Their mean.
    pub(crate) point: Point,
    /// Pixels.
    pub(crate) weight: f32,
}

/// The most entries: what noise in photos would add to them takes time and is not seen.
const MAX_ENTRIES: usize = 1 << 16;

/// Counts colours: exactly where there are few, else without as many of their lowest bits as it takes.
pub(crate) fn histogram(pixels: &[Rgba]) -> Vec<Entry> {
    // At 4 bits a channel there are no more.
    (0..=4).find_map(|dropped_bits| count(pixels, dropped_bits)).unwrap_or_default()
}

/// A colour without its lowest bits, with the sums and the number of its pixels.
struct Cell {
    key: u32,
    sums: [u64; 4],
    pixels: u32,
}

/// Nothing where there are too many.
fn count(pixels: &[Rgba], dropped_bits: u32) -> Option<Vec<Entry>> {
    /// Twice the entries, so that chains stay short.
    const SLOTS: usize = 2 * MAX_ENTRIES;
    const EMPTY: u32 = u32::MAX;

    let mask = u32::from_le_bytes([u8::MAX << dropped_bits; 4]);
    let mut slots = vec![EMPTY; SLOTS];
    let mut cells: Vec<Cell> = Vec::with_capacity(MAX_ENTRIES);
    let mut last = None;
    for &pixel in pixels {
        // All that cannot be seen is the same.
        let pixel = if pixel[3] == 0 { [0; 4] } else { pixel };
        let key = u32::from_le_bytes(pixel) & mask;
        let at = match last {
            Some((last_key, at)) if last_key == key => at,
            _ => {
                // Fibonacci hashing: the multiplication mixes all bits into the highest ones.
                let mut slot = (key.wrapping_mul(0x9E37_79B9) >> (u32::BITS - SLOTS.trailing_zeros())) as usize;
                loop {
                    match slots[slot] {
                        EMPTY if cells.len() == MAX_ENTRIES => return None,
                        EMPTY => {
                            slots[slot] = u32::try_from(cells.len()).ok()?;
                            cells.push(Cell { key, sums: [0; 4], pixels: 0 });
                            break cells.len() - 1;
                        }
                        at if cells[at as usize].key == key => break at as usize,
                        _ => slot = (slot + 1) % SLOTS,
                    }
                }
            }
        };
        last = Some((key, at));
        let cell = &mut cells[at];
        cell.pixels += 1;
        for (sum, sample) in cell.sums.iter_mut().zip(pixel) {
            *sum += u64::from(sample);
        }
    }
    Some(cells.iter().map(entry).collect())
}

fn entry(cell: &Cell) -> Entry {
    let weight = cell.pixels as f32;
    Entry { point: mean_point(cell.sums.map(|sum| sum as f32 / weight)), weight }
}
