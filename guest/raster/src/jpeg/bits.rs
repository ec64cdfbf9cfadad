//! The bits of a scan's entropy-coded data (T.81, annex F.2.2.5).

/// Reads bits from the highest one of each byte on; `FF 00` is the byte `FF`, and any other marker ends the data.
///
/// What is read beyond the end are ones: the code of ones is never assigned (annex C), so who reads on by codes fails soon. Who does
/// not is told by [`Self::is_overdrawn`].
#[derive(Debug)]
pub(super) struct Bits<'a> {
    pub(super) rest: Rest<'a>,
    /// Who reads much takes it out, and puts it back: in memory that others point to it cannot be in registers.
    pub(super) window: Window,
}

/// Where the data goes on behind the window.
#[derive(Debug)]
pub(super) struct Rest<'a> {
    data: &'a [u8],
    at: usize,
    /// How many bits of the window were made up.
    made_up: u64,
}

/// The bits that come next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The very next one on top.
    buffer: u64,
    /// How many of them are valid.
    left: u32,
}

/// No call reads more bits than this after one refill: a code of 16 and a magnitude of 15.
const ENOUGH: u32 = 32;

impl Rest<'_> {
    /// Makes sure that a code and what follows it can be read.
    #[inline]
    pub(super) fn refill(&mut self, mut window: Window) -> Window {
        if window.left >= ENOUGH {
            return window;
        }
        if let Some(next) = self.data.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let next = u64::from_be_bytes(*next);
            if !has_ff(next) {
                // Of the last byte a part may be here already and come again: these are the same bits.
                window.buffer |= next >> window.left;
                let bytes = (63 - window.left) / 8;
                self.at += bytes as usize;
                window.left += 8 * bytes;
                return window;
            }
        }
        self.refill_by_bytes(window)
    }

    #[cold]
    fn refill_by_bytes(&mut self, mut window: Window) -> Window {
        while window.left <= 56 {
            let byte = match self.data.get(self.at..) {
                Some([0xFF, 0, ..]) => {
                    self.at += 2;
                    0xFF
                }
                Some([byte, ..]) if *byte != 0xFF => {
                    self.at += 1;
                    *byte
                }
                _ => {
                    self.made_up += u64::from(64 - window.left);
                    return Window { buffer: window.buffer | u64::MAX >> window.left, left: 64 };
                }
            };
            window.buffer |= u64::from(byte) << (56 - window.left);
            window.left += 8;
        }
        window
    }
}

impl Window {
    /// The next bits, at least 1 and at most 16.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most 16 bits")]
    pub(super) fn peek(self, count: u32) -> usize {
        (self.buffer >> (64 - count)) as usize
    }

    /// Goes on by at most as many bits as [`Rest::refill`] makes sure of.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.left -= count;
    }

    /// The next bits as a number, at most 16.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most 16 bits")]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        // In two steps, since there is no shift by 64.
        let bits = (self.buffer >> 1 >> (63 - count)) as u32;
        self.skip(count);
        bits
    }

    /// The next bits, at most 15, as T.81 tells numbers of either sign (`EXTEND` in annex F.2.2.1).
    #[inline]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        let bits = self.take(count).cast_signed();
        if bits < 1 << count >> 1 { bits - (1 << count) + 1 } else { bits }
    }

    /// Whether there are so many.
    #[inline]
    pub(super) fn has(self, count: u32) -> bool {
        self.left >= count
    }
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { rest: Rest { data, at: 0, made_up: 0 }, window: Window { buffer: 0, left: 0 } }
    }

    /// The next bit, whatever was read before.
    #[inline]
    pub(super) fn bit(&mut self) -> bool {
        if !self.window.has(1) {
            self.window = self.rest.refill(self.window);
        }
        self.window.take(1) == 1
    }

    /// Whether bits were read that are not there.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.rest.made_up > u64::from(self.window.left)
    }

    /// Goes on behind the restart marker of a number from 0 to 7; false where the next marker is not that one.
    pub(super) fn restart(&mut self, number: u8) -> bool {
        let Rest { data, ref mut at, .. } = self.rest;
        while let Some(found) = data.get(*at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
            *at += found + 2;
            match data.get(*at - 1) {
                Some(0) => {}
                // A fill byte, before the marker.
                Some(0xFF) => *at -= 1,
                Some(&marker) => {
                    self.rest.made_up = 0;
                    self.window = Window { buffer: 0, left: 0 };
                    return marker == 0xD0 + number;
                }
                None => break,
            }
        }
        false
    }
}

/// Whether any byte is `FF`.
#[inline]
fn has_ff(word: u64) -> bool {
    const LOWEST: u64 = u64::MAX / 255;
    // That none is zero, of the complement.
    (!word).wrapping_sub(LOWEST) & word & (LOWEST << 7) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refilled(data: &[u8]) -> Window {
        Bits::new(data).rest.refill(Window { buffer: 0, left: 0 })
    }

    fn byte(bits: &mut Bits) -> u32 {
        bits.window = bits.rest.refill(bits.window);
        bits.window.take(8)
    }

    #[test]
    fn stuffed_bytes_are_data_and_markers_end_it() {
        let data = [0x12, 0xFF, 0x00, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11, 0xFF, 0xD0, 0x80];
        let mut bits = Bits::new(&data);
        let read: Vec<u32> = (0..10).map(|_| byte(&mut bits)).collect();
        assert_eq!(read, [0x12, 0xFF, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11]);
        assert!(!bits.is_overdrawn(), "all of it was there");
        assert_eq!([byte(&mut bits), byte(&mut bits)], [0xFF, 0xFF]);
        assert!(bits.is_overdrawn());
        assert!(bits.restart(0));
        assert_eq!((byte(&mut bits), bits.is_overdrawn()), (0x80, false));
    }

    #[test]
    fn another_marker_is_no_restart() {
        assert!(!Bits::new(&[0x12, 0xFF, 0xD1, 0x34]).restart(0));
        assert!(!Bits::new(&[0x12, 0xFF, 0x00]).restart(0));
        assert!(Bits::new(&[0x12, 0xFF, 0xFF, 0xD7]).restart(7));
    }

    #[test]
    fn numbers_have_the_signs_of_the_standard() {
        // Of two bits: -3, -2, 2, 3; of one: -1, 1; of none: 0.
        let mut window = refilled(&[0b0001_1011, 0b0100_0000]);
        assert_eq!([2, 2, 2, 2, 1, 1, 0].map(|count| window.signed(count)), [-3, -2, 2, 3, -1, 1, 0]);
    }

    #[test]
    fn an_ff_is_found_wherever_it_is() {
        assert!(!has_ff(0xFE00_80FE_7F01_FEFE));
        assert!((0..8).all(|byte| has_ff(0xFE00_80FE_7F01_FEFE | 0xFF << (8 * byte))));
    }
}
