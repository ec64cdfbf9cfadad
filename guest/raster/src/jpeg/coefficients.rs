//! The symbols of blocks, sequential (T.81, annex F.2.2) and progressive (annex G.2).

use super::bits::{Bits, Rest, Window};
use super::huffman::{LOOKUP_BITS, Table};
use super::tables::ZIGZAG;
use crate::Error;
use crate::error::malformed;

/// Coefficients of 8 × 8 samples, in rows from top to bottom, as they stand in the file: quantised.
pub(crate) type Block = [i16; 64];

/// What a scan says of the coefficients: those from `first` to `last` in the file's order, without their `low` lowest bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub(super) first: u8,
    pub(super) last: u8,
    /// The lowest bit that earlier scans have told of; 0 where there is none.
    pub(super) high: u8,
    pub(super) low: u8,
}

/// What blocks of a scan know of the ones before them.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The last first coefficient of each component.
    pub(super) dc: [i32; 4],
    /// Blocks that have no more coefficients in this band.
    ended: u32,
}

/// A coefficient's place in the block, by its number in the file. None is beyond the last: callers check.
#[inline]
fn place(number: u32) -> usize {
    usize::from(ZIGZAG[number as usize % 64]) % 64
}

fn beyond() -> Error {
    malformed("JPEG: a block with more than 64 coefficients")
}

/// A whole block of a sequential scan. It is all zeros before.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "coefficients have 16 bits: more is broken and may wrap")]
pub(super) fn sequential(
    bits: &mut Bits,
    dc: &Table,
    ac: &Table,
    before: &mut i32,
    block: &mut Block,
) -> Result<(), Error> {
    let mut window = bits.window;
    block[0] = first(&mut bits.rest, &mut window, dc, before)? as i16;
    let mut next = 1;
    'block: while next < 64 {
        window = bits.rest.refill(window);
        // Most are known by their first bits. Without calls between them, all that is needed stays in registers.
        loop {
            let coefficient = ac.coefficient(window);
            if coefficient.bits == 0 {
                break;
            }
            window.skip(coefficient.bits.into());
            next += u32::from(coefficient.zeros);
            if next > 63 {
                if coefficient.is_end() {
                    break 'block;
                }
                return Err(beyond());
            }
            block[place(next)] = coefficient.value;
            next += 1;
            if next > 63 || !window.has(LOOKUP_BITS) {
                continue 'block;
            }
        }
        window = bits.rest.refill(window);
        let symbol = ac.symbol(&mut window)?;
        let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 0x0F));
        if size != 0 {
            next += zeros;
            if next > 63 {
                return Err(beyond());
            }
            block[place(next)] = window.signed(size) as i16;
            next += 1;
        } else if zeros == 15 {
            next += 16;
        } else {
            break;
        }
    }
    bits.window = window;
    Ok(())
}

/// A first coefficient: told as the difference to the one before.
// Else the window would be in memory.
#[inline(always)]
fn first(rest: &mut Rest, window: &mut Window, dc: &Table, before: &mut i32) -> Result<i32, Error> {
    *window = rest.refill(*window);
    let size = dc.symbol(window)?;
    if size > 15 {
        return Err(malformed("JPEG: a first coefficient of more than 15 bits"));
    }
    *before = before.wrapping_add(window.signed(size.into()));
    Ok(*before)
}

/// A block that scans add to. Coefficients are meant by their number in the file.
pub(super) struct Unfinished<'a> {
    /// Where a coefficient's value is; beyond all values if it is not kept.
    pub(super) slots: &'a [u8; 64],
    pub(super) values: &'a mut [i16],
    /// Those that are not zero.
    pub(super) places: &'a mut u64,
}

impl Unfinished<'_> {
    #[inline]
    fn value(&mut self, number: u32) -> Option<&mut i16> {
        self.values.get_mut(usize::from(self.slots[number as usize % 64]))
    }

    /// A coefficient that was zero until now.
    #[inline]
    fn tell(&mut self, number: u32, value: i16) {
        *self.places |= u64::from(value != 0) << (number % 64);
        if let Some(kept) = self.value(number) {
            *kept = value;
        }
    }

    /// The whole block, at once: no scan is read after it that asks which coefficients are zero.
    pub(super) fn fill(&mut self, block: &Block) {
        for number in 0..64 {
            if let Some(kept) = self.value(number) {
                *kept = block[place(number)];
            }
        }
    }

    /// The first coefficient, in its first scan.
    #[expect(clippy::cast_possible_truncation, reason = "coefficients have 16 bits: more is broken and may wrap")]
    pub(super) fn dc_first(&mut self, bits: &mut Bits, dc: &Table, low: u8, before: &mut i32) -> Result<(), Error> {
        self.values[0] = (first(&mut bits.rest, &mut bits.window, dc, before)? << low) as i16;
        Ok(())
    }

    /// One bit more of the first coefficient.
    pub(super) fn dc_refine(&mut self, bits: &mut Bits, low: u8) {
        if bits.bit() {
            self.values[0] |= 1 << low;
        }
    }

    /// A band of the other coefficients, in its first scan.
    #[expect(clippy::cast_possible_truncation, reason = "coefficients have 16 bits: more is broken and may wrap")]
    pub(super) fn ac_first(&mut self, bits: &mut Bits, ac: &Table, band: Band, state: &mut State) -> Result<(), Error> {
        if state.ended > 0 {
            state.ended -= 1;
            return Ok(());
        }
        let mut window = bits.window;
        let (mut next, last) = (u32::from(band.first), u32::from(band.last));
        while next <= last {
            window = bits.rest.refill(window);
            let coefficient = ac.coefficient(window);
            if coefficient.bits != 0 {
                window.skip(coefficient.bits.into());
                next += u32::from(coefficient.zeros);
                if next > 63 {
                    if coefficient.is_end() {
                        break;
                    }
                    return Err(beyond());
                }
                self.tell(next, coefficient.value << band.low);
                next += 1;
                continue;
            }
            let symbol = ac.symbol(&mut window)?;
            let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 0x0F));
            if size != 0 {
                next += zeros;
                if next > 63 {
                    return Err(beyond());
                }
                self.tell(next, (window.signed(size) << band.low) as i16);
                next += 1;
            } else if zeros == 15 {
                next += 16;
            } else {
                state.ended = (1 << zeros) - 1 + window.take(zeros);
                break;
            }
        }
        bits.window = window;
        Ok(())
    }

    /// One bit more of a band: each symbol tells of one coefficient that was zero until now, and is followed by the bits of those that
    /// it passes and that were not.
    pub(super) fn ac_refine(
        &mut self,
        bits: &mut Bits,
        ac: &Table,
        band: Band,
        state: &mut State,
    ) -> Result<(), Error> {
        let mut window = bits.window;
        let one = 1_i16 << band.low;
        let (mut next, last) = (u32::from(band.first), u32::from(band.last));
        while state.ended == 0 && next <= last {
            window = bits.rest.refill(window);
            let symbol = ac.symbol(&mut window)?;
            let (zeros, size) = (u32::from(symbol >> 4), symbol & 0x0F);
            let value = match size {
                0 if zeros < 15 => {
                    state.ended = (1 << zeros) + window.take(zeros);
                    break;
                }
                0 => 0,
                1 if window.take(1) == 1 => one,
                1 => -one,
                _ => return Err(malformed("JPEG: a refined coefficient that is new and of more than one bit")),
            };
            next = self.refine(&mut bits.rest, &mut window, (next, last), zeros, one);
            if value != 0 {
                if next > last {
                    return Err(beyond());
                }
                self.tell(next, value);
            }
            next += 1;
        }
        if state.ended > 0 {
            self.refine(&mut bits.rest, &mut window, (next, last), u32::MAX, one);
            state.ended -= 1;
        }
        bits.window = window;
        Ok(())
    }

    /// Refines what is not zero, up to the zero that follows as many others; the number of that one, or of the one after the last.
    // Else the window would be in memory.
    #[inline(always)]
    fn refine(
        &mut self,
        rest: &mut Rest,
        window: &mut Window,
        (mut next, last): (u32, u32),
        mut zeros: u32,
        one: i16,
    ) -> u32 {
        // None, if the band is over.
        let band = (u64::MAX >> (63 - last)) & u64::MAX.checked_shl(next).unwrap_or(0);
        let mut places = *self.places & band;
        loop {
            let place = places.trailing_zeros().min(last + 1);
            let between = place.saturating_sub(next);
            if zeros < between {
                return next + zeros;
            }
            if place > last {
                return next.max(place);
            }
            zeros -= between;
            if !window.has(1) {
                *window = rest.refill(*window);
            }
            if window.take(1) == 1
                && let Some(coefficient) = self.value(place)
                && *coefficient & one == 0
            {
                *coefficient = coefficient.wrapping_add(if *coefficient > 0 { one } else { -one });
            }
            places &= places - 1;
            next = place + 1;
        }
    }
}
