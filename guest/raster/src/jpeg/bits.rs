//! The bits of a scan's entropy-coded data (T.81, annex F.2.2.5).

/// Reads bits from the highest one of each byte on; `FF 00` is the byte `FF`, and any other marker ends the data.
///
/// What is read beyond the end are ones: the code of ones is never assigned (annex C), so who reads on by codes fails soon. Who does
/// not is told by [`Self::is_overdrawn`].
#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// Where the data goes on that is not in the buffer.
    at: usize,
    /// The next bits, the very next one on top.
    buffer: u64,
    /// How many of them are valid.
    left: u32,
    /// How many bits were made up.
    made_up: u64,
}

/// No call reads more bits than this after one refill: a code of 16 and a magnitude of 15.
const ENOUGH: u32 = 32;

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, buffer: 0, left: 0, made_up: 0 }
    }

    /// Makes sure that a code and what follows it can be read.
    #[inline]
    pub(super) fn refill(&mut self) {
        if self.left >= ENOUGH {
            return;
        }
        if let Some(next) = self.data.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let next = u64::from_be_bytes(*next);
            if !has_ff(next) {
                // Of the last byte a part may be here already and come again: these are the same bits.
                self.buffer |= next >> self.left;
                let bytes = (63 - self.left) / 8;
                self.at += bytes as usize;
                self.left += 8 * bytes;
                return;
            }
        }
        self.refill_by_bytes();
    }

    #[cold]
    fn refill_by_bytes(&mut self) {
        while self.left <= 56 {
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
                    self.buffer |= u64::MAX >> self.left;
                    self.made_up += u64::from(64 - self.left);
                    self.left = 64;
                    return;
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.left);
            self.left += 8;
        }
    }

    /// The next bits, at least 1 and at most 16.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most 16 bits")]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.buffer >> (64 - count)) as usize
    }

    /// Goes on by at most as many bits as [`Self::refill`] makes sure of.
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

    /// The next bit, whatever was read before.
    #[inline]
    pub(super) fn bit(&mut self) -> bool {
        if self.left == 0 {
            self.refill();
        }
        self.take(1) == 1
    }

    /// The next bits, at most 15, as T.81 tells numbers of either sign (`EXTEND` in annex F.2.2.1).
    #[inline]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        let bits = self.take(count).cast_signed();
        if bits < 1 << count >> 1 { bits - (1 << count) + 1 } else { bits }
    }

    /// Whether bits were read that are not there.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.made_up > u64::from(self.left)
    }

    /// Goes on behind the restart marker of a number from 0 to 7; false where the next marker is not that one.
    pub(super) fn restart(&mut self, number: u8) -> bool {
        while let Some(found) = self.data.get(self.at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
            self.at += found + 2;
            match self.data.get(self.at - 1) {
                Some(0) => {}
                // A fill byte, before the marker.
                Some(0xFF) => self.at -= 1,
                Some(&marker) => {
                    (self.buffer, self.left, self.made_up) = (0, 0, 0);
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

    #[test]
    fn stuffed_bytes_are_data_and_markers_end_it() {
        let data = [0x12, 0xFF, 0x00, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11, 0xFF, 0xD0, 0x80];
        let mut bits = Bits::new(&data);
        let mut read = Vec::new();
        for _ in 0..10 {
            bits.refill();
            read.push(bits.take(8));
        }
        assert_eq!(read, [0x12, 0xFF, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11]);
        assert!(!bits.is_overdrawn(), "all of it was there");
        bits.refill();
        assert_eq!(bits.take(16), 0xFFFF);
        assert!(bits.is_overdrawn());
        assert!(bits.restart(0));
        bits.refill();
        assert_eq!((bits.take(8), bits.is_overdrawn()), (0x80, false));
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
        let mut bits = Bits::new(&[0b0001_1011, 0b0100_0000]);
        bits.refill();
        assert_eq!([2, 2, 2, 2, 1, 1, 0].map(|count| bits.signed(count)), [-3, -2, 2, 3, -1, 1, 0]);
    }

    #[test]
    fn an_ff_is_found_wherever_it_is() {
        assert!(!has_ff(0xFE00_80FE_7F01_FEFE));
        assert!((0..8).all(|byte| has_ff(0xFE00_80FE_7F01_FEFE | 0xFF << (8 * byte))));
    }
}
