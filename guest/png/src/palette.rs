//! Images of few colours, as indices into a palette.

use png::{BitDepth, ColorType};

use crate::reduce::Reduced;

/// The most colours that a PNG's palette holds.
pub(crate) const MAX_COLOURS: usize = 256;

/// Red, green, blue, opacity.
pub(crate) type Rgba = [u8; 4];

/// The distinct colours of an image in the order of their first pixels, as long as there are at most 256.
///
/// A table with open addressing: a pixel costs one look in nearly all cases, and most pixels repeat their neighbour.
pub(crate) struct Colours {
    slots: [Option<(Rgba, u8)>; Self::SLOTS],
    list: Vec<Rgba>,
    last: Option<(Rgba, u8)>,
}

impl Colours {
    /// Four times the colours, so that chains stay short.
    const SLOTS: usize = 4 * MAX_COLOURS;

    pub(crate) fn new() -> Self {
        Self { slots: [None; Self::SLOTS], list: Vec::with_capacity(MAX_COLOURS), last: None }
    }

    /// The index of a colour; nothing where it is the 257th.
    pub(crate) fn index(&mut self, colour: Rgba) -> Option<u8> {
        if let Some((last, index)) = self.last
            && last == colour
        {
            return Some(index);
        }
        // Fibonacci hashing: the multiplication mixes all bits into the highest ones.
        let mut slot = (u32::from_le_bytes(colour).wrapping_mul(0x9E37_79B9) >> 22) as usize;
        let index = loop {
            match self.slots[slot] {
                Some((known, index)) if known == colour => break index,
                Some(_) => slot = (slot + 1) % Self::SLOTS,
                None => {
                    let index = u8::try_from(self.list.len()).ok()?;
                    self.list.push(colour);
                    self.slots[slot] = Some((colour, index));
                    break index;
                }
            }
        };
        self.last = Some((colour, index));
        Some(index)
    }

    pub(crate) fn into_list(self) -> Vec<Rgba> {
        self.list
    }
}

/// An image as indices, its palette put in the order that compresses best.
///
/// Translucent colours come first, because a `tRNS` chunk may end with the last of them; then from dark to bright, so that
/// neighbouring indices are similar colours.
pub(crate) fn indexed(width: u32, height: u32, mut indices: Vec<u8>, colours: &[Rgba]) -> Reduced<'static> {
    let brightness = |[r, g, b, _]: Rgba| 2 * u32::from(r) + 5 * u32::from(g) + u32::from(b);
    let mut order: Vec<usize> = (0..colours.len()).collect();
    order.sort_by_key(|&at| (colours[at][3] == u8::MAX, brightness(colours[at]), colours[at]));
    let mut new_index = [0_u8; MAX_COLOURS];
    for (new, &old) in (0..=u8::MAX).zip(&order) {
        new_index[old] = new;
    }
    for index in &mut indices {
        *index = new_index[usize::from(*index)];
    }
    let sorted: Vec<Rgba> = order.into_iter().map(|at| colours[at]).collect();
    let translucent = sorted.iter().take_while(|colour| colour[3] != u8::MAX).count();
    let bits = match colours.len() {
        0..=2 => BitDepth::One,
        3..=4 => BitDepth::Two,
        5..=16 => BitDepth::Four,
        _ => BitDepth::Eight,
    };
    Reduced {
        width,
        height,
        colour: ColorType::Indexed,
        bits,
        data: pack(indices, width, bits).into(),
        palette: Some(sorted.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect()),
        transparency: (translucent > 0).then(|| sorted[..translucent].iter().map(|colour| colour[3]).collect()),
    }
}

/// Samples of a byte each, of which only the lowest bits are used, packed into rows of whole bytes.
pub(crate) fn pack(samples: Vec<u8>, width: u32, bits: BitDepth) -> Vec<u8> {
    let bits = bits as u8;
    if bits == 8 {
        return samples;
    }
    let per_byte = 8 / usize::from(bits);
    let pack_byte = |samples: &[u8]| {
        let first_shift = 8 - bits;
        samples.iter().zip((0..=first_shift).rev().step_by(bits.into())).fold(0, |byte, (s, shift)| byte | s << shift)
    };
    samples.chunks_exact(width as usize).flat_map(|row| row.chunks(per_byte).map(pack_byte)).collect()
}
