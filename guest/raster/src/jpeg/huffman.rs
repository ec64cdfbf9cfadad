//! Huffman codes (T.81, annex C), read by looking up their first bits.

use super::bits::Window;
use crate::Error;
use crate::error::malformed;

/// Bits by which most codes are known, and in a scan of coefficients most of them with the bits that follow.
pub(super) const LOOKUP_BITS: u32 = 10;
const LOOKUPS: usize = 1 << LOOKUP_BITS;

/// The codes of a table.
#[derive(Clone)]
pub(super) struct Table {
    /// By the next bits: a symbol and the length of its code, which is 0 where it is longer than the lookup.
    short: Box<[(u8, u8); LOOKUPS]>,
    /// By the next bits: a coefficient whole, or a block's end.
    whole: Box<[Coefficient; LOOKUPS]>,
    /// By length: the first 16 bits that are too large for a code of this length, and what is added to a code to find its symbol.
    long: [(u32, i32); 17],
    symbols: Vec<u8>,
}

/// What a lookup tells of a coefficient that is not zero, or of there being no more of them: so many zeros that they are beyond the last.
#[derive(Clone, Copy, Default)]
pub(super) struct Coefficient {
    pub(super) value: i16,
    /// Zeros before it.
    pub(super) zeros: u8,
    /// Bits of its code and its magnitude together; 0 where they are more than were looked up, and for what is no coefficient.
    pub(super) bits: u8,
}

impl Coefficient {
    /// Zeros that no block has.
    const END: u8 = 64;

    /// Whether it is none, but the end of its block.
    pub(super) fn is_end(self) -> bool {
        self.zeros == Self::END
    }
}

impl Table {
    /// A table as `DHT` tells it: how many codes there are of each length from 1 to 16, and their symbols.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, Error> {
        let mut table = Self {
            short: Box::new([(0, 0); LOOKUPS]),
            whole: Box::new([Coefficient::default(); LOOKUPS]),
            long: [(0, 0); 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut first) = (0_u32, 0_i32);
        for (length, &count) in (1_u8..).zip(counts) {
            let end = code + u32::from(count);
            if end > 1 << length {
                return Err(malformed("JPEG: a Huffman table with more codes than there can be"));
            }
            table.long[usize::from(length)] = (end << (16 - length), first - code.cast_signed());
            for code in code..end {
                let Some(&symbol) = symbols.get(usize::try_from(first).unwrap_or(usize::MAX)) else {
                    return Err(malformed("JPEG: a Huffman table with fewer symbols than codes"));
                };
                first += 1;
                if u32::from(length) <= LOOKUP_BITS {
                    table.note(code as usize, length, symbol);
                }
            }
            code = end << 1;
        }
        Ok(table)
    }

    /// Notes a code in all places of the lookups that begin with it.
    fn note(&mut self, code: usize, length: u8, symbol: u8) {
        let free = LOOKUP_BITS - u32::from(length);
        let places = code << free..(code + 1) << free;
        self.short[places.clone()].fill((symbol, length));
        let (zeros, size) = (symbol >> 4, symbol & 0x0F);
        if symbol == 0 {
            self.whole[places].fill(Coefficient { value: 0, zeros: Coefficient::END, bits: length });
            return;
        }
        if size == 0 || u32::from(size) > free {
            return;
        }
        let rest = free - u32::from(size);
        for place in places {
            // What follows the code, as `Window::signed` reads it.
            #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "at most 10 bits")]
            let bits = (place >> rest & ((1 << size) - 1)) as i16;
            let value = if bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits };
            self.whole[place] = Coefficient { value, zeros, bits: length + size };
        }
    }

    /// What a lookup tells of the next coefficient. The window has as many bits as are looked up.
    #[inline]
    pub(super) fn coefficient(&self, window: Window) -> Coefficient {
        self.whole[window.peek(LOOKUP_BITS) % LOOKUPS]
    }

    /// Reads a symbol. The window is refilled.
    #[inline]
    pub(super) fn symbol(&self, window: &mut Window) -> Result<u8, Error> {
        let (symbol, length) = self.short[window.peek(LOOKUP_BITS) % LOOKUPS];
        if length != 0 {
            window.skip(length.into());
            return Ok(symbol);
        }
        let (symbol, length) = self.long_symbol(window.peek(16))?;
        window.skip(length);
        Ok(symbol)
    }

    /// The symbol and the length of a code that is longer than the lookup, by the next 16 bits.
    #[cold]
    fn long_symbol(&self, next: usize) -> Result<(u8, u32), Error> {
        #[expect(clippy::cast_possible_truncation, reason = "16 bits")]
        let next = next as u32;
        for (length, &(end, offset)) in (0..).zip(&self.long).skip(1 + LOOKUP_BITS as usize) {
            if next < end {
                let place = (next >> (16 - length)).cast_signed() + offset;
                let symbol = usize::try_from(place).ok().and_then(|place| self.symbols.get(place));
                return symbol
                    .map(|&symbol| (symbol, length))
                    .ok_or_else(|| malformed("JPEG: a code that is not assigned"));
            }
        }
        Err(malformed("JPEG: a code that is not assigned, or the data ends too early"))
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} codes", self.symbols.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::bits::Bits;

    fn refilled(data: &[u8]) -> Window {
        let Bits { mut rest, window } = Bits::new(data);
        rest.refill(window)
    }

    /// One code each of the lengths 1 to 16: 0, 10, 110, …
    fn ladder() -> Table {
        Table::new(&[1; 16], &(0..16).map(|n| (n << 4) | (n % 4)).collect::<Vec<u8>>()).unwrap()
    }

    #[test]
    fn codes_of_every_length_are_read() {
        for length in 1..=16_u32 {
            // As many ones as bits but the last, then something.
            let code = !(u32::MAX >> (length - 1)) | 0x5A5A_5A5A >> length;
            let stuffed = |byte: u8| std::iter::once(byte).chain((byte == 0xFF).then_some(0));
            let bytes: Vec<u8> = code.to_be_bytes().into_iter().flat_map(stuffed).collect();
            let symbol = ladder().symbol(&mut refilled(&bytes)).unwrap();
            assert_eq!(u32::from(symbol >> 4), length - 1);
        }
    }

    #[test]
    fn a_coefficient_is_the_same_whole_and_in_two_steps() {
        let table = ladder();
        let mut whole = 0;
        for start in 0..=u16::MAX {
            let data = [&start.to_be_bytes()[..], &[0x6B; 8]].concat();
            let mut window = refilled(&data);
            let coefficient = table.coefficient(window);
            if coefficient.bits != 0 {
                let symbol = table.symbol(&mut window).unwrap();
                if symbol == 0 {
                    assert!(coefficient.is_end());
                    continue;
                }
                assert_eq!(coefficient.zeros, symbol >> 4);
                assert_eq!(i32::from(coefficient.value), window.signed((symbol & 0x0F).into()));
                whole += 1;
            }
        }
        assert!(whole > 20_000, "{whole}");
    }

    #[test]
    fn tables_that_contradict_themselves_are_malformed() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_err(), "three codes of one bit");
        counts[0] = 2;
        assert!(Table::new(&counts, &[1]).is_err(), "a code without a symbol");
    }
}
