//! Huffman codes: counting what is to be coded, the best codes for it, and writing with them.

use mozjpeg_rs::huffman::{DerivedTable, HuffTable, generate_optimal_table};

/// Takes the symbols of a scan.
pub(crate) trait Sink {
    /// A symbol, and as many bits after it as `length` says, at most 16.
    fn symbol(&mut self, symbol: u8, bits: u32, length: u8);

    /// Bits without a symbol, at most 64.
    fn bits(&mut self, bits: u64, length: u8);
}

/// How often each symbol occurs.
pub(crate) struct Counter([i64; 257]);

impl Counter {
    pub(crate) fn new() -> Self {
        Self([0; 257])
    }

    /// The table whose codes are the fewest bits in all.
    pub(crate) fn best_table(mut self) -> mozjpeg_rs::Result<HuffTable> {
        generate_optimal_table(&mut self.0)
    }
}

impl Sink for Counter {
    fn symbol(&mut self, symbol: u8, _: u32, _: u8) {
        self.0[usize::from(symbol)] += 1;
    }

    fn bits(&mut self, _: u64, _: u8) {}
}

/// How many bits symbols take with the best codes for them: nearly, and in a fraction of the time that those codes take to be found.
pub(crate) struct Estimate {
    counts: [u32; 256],
    /// Bits that are no symbols' codes.
    bits: u64,
}

impl Estimate {
    pub(crate) fn new() -> Self {
        Self { counts: [0; 256], bits: 0 }
    }

    /// Of all symbols with the bits after them.
    pub(crate) fn symbol_bits(&self) -> u64 {
        let total: u32 = self.counts.iter().sum();
        // The entropy: no code is shorter, and Huffman's are hardly longer.
        let of_codes = |&count: &u32| u64::from(count) * (log2(total) - log2(count));
        self.bits + self.counts.iter().filter(|&&count| count > 0).map(of_codes).sum::<u64>() / LOG_ONE
    }

    /// Of what a table tells of each symbol that occurs.
    pub(crate) fn table_bits(&self) -> u64 {
        8 * self.counts.iter().filter(|&&count| count > 0).count() as u64
    }
}

impl Sink for Estimate {
    fn symbol(&mut self, symbol: u8, _: u32, length: u8) {
        self.counts[usize::from(symbol)] += 1;
        self.bits += u64::from(length);
    }

    fn bits(&mut self, _: u64, length: u8) {
        self.bits += u64::from(length);
    }
}

/// What [`log2`] counts in.
const LOG_ONE: u64 = 1 << 10;

/// The binary logarithm of a number that is not zero, in 1024ths, rounded down; whole numbers only, so that it is the same on each machine.
fn log2(number: u32) -> u64 {
    let whole = number.ilog2();
    let mut logarithm = u64::from(whole);
    // From 1 to 2, with 31 bits after the point; when it is squared, the logarithm doubles.
    let mut mantissa = u64::from(number) << (31 - whole);
    for _ in 0..LOG_ONE.ilog2() {
        mantissa = (mantissa * mantissa) >> 31;
        let bit = mantissa >> 32;
        mantissa >>= bit;
        logarithm = logarithm << 1 | bit;
    }
    logarithm
}

/// Writes symbols with their codes.
pub(crate) struct Coder<'a, 'b> {
    pub(crate) codes: &'a DerivedTable,
    pub(crate) out: &'a mut BitWriter<'b>,
}

impl Sink for Coder<'_, '_> {
    fn symbol(&mut self, symbol: u8, bits: u32, length: u8) {
        let (code, code_length) = self.codes.get_code(symbol);
        self.out.put(code << length | bits, u32::from(code_length) + u32::from(length));
    }

    #[expect(clippy::cast_possible_truncation, reason = "of 64 bits, the upper and the lower 32")]
    fn bits(&mut self, bits: u64, length: u8) {
        let length = u32::from(length);
        let low = length.min(32);
        self.out.put((bits >> low) as u32, length - low);
        self.out.put((bits & ((1 << low) - 1)) as u32, low);
    }
}

/// Writes entropy-coded data (T.81, annex F.1.2.3): bits from the highest one on, `FF` followed by `00`.
pub(crate) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    buffer: u64,
    /// Bits in the buffer that are not written yet: fewer than 32 between two calls.
    filled: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, buffer: 0, filled: 0 }
    }

    /// The last byte is filled up with ones.
    #[expect(clippy::cast_possible_truncation, reason = "what is shifted out is left out")]
    pub(crate) fn finish(mut self) {
        let padding = (8 - self.filled % 8) % 8;
        self.put((1 << padding) - 1, padding);
        while self.filled > 0 {
            self.filled -= 8;
            self.byte((self.buffer >> self.filled) as u8);
        }
    }

    /// At most 32 bits.
    #[expect(clippy::cast_possible_truncation, reason = "what is shifted out is left out")]
    fn put(&mut self, bits: u32, length: u32) {
        self.buffer = self.buffer << length | u64::from(bits);
        self.filled += length;
        if self.filled >= 32 {
            self.filled -= 32;
            // The 32 oldest of at most 63 bits.
            let word = (self.buffer >> self.filled) as u32;
            // Whether a byte may be FF: one whose highest bit is set, and is not any more when 1 is added to it.
            if word & 0x8080_8080 & !word.wrapping_add(0x0101_0101) == 0 {
                self.out.extend_from_slice(&word.to_be_bytes());
            } else {
                word.to_be_bytes().into_iter().for_each(|byte| self.byte(byte));
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }
}

/// The codes of one of the standard's tables for coefficients (T.81, annex K.3).
pub(crate) fn standard_codes(bits: &[u8; 17], values: &[u8; 162]) -> mozjpeg_rs::Result<DerivedTable> {
    let mut table = HuffTable { bits: *bits, ..HuffTable::default() };
    table.huffval[..values.len()].copy_from_slice(values);
    DerivedTable::from_huff_table(&table, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_a_thousandth() {
        for number in [1, 2, 3, 7, 1000, 65_537, u32::MAX] {
            let exact = f64::from(number).log2() * LOG_ONE as f64;
            assert!((0.0..1.1).contains(&(exact - log2(number) as f64)), "{number}");
        }
    }

    #[test]
    fn an_estimate_is_what_the_best_codes_take() {
        let mut state = 1_u32;
        let symbols: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [high, low, ..] = state.to_be_bytes();
            // Small ones are frequent.
            (u16::from(high) * u16::from(low) / 2048).to_le_bytes()[0]
        })
        .take(20_000)
        .collect();
        let (mut estimate, mut counter) = (Estimate::new(), Counter::new());
        for &symbol in &symbols {
            estimate.symbol(symbol, 0, 3);
            counter.symbol(symbol, 0, 3);
        }
        let codes = DerivedTable::from_huff_table(&counter.best_table().unwrap(), false).unwrap();
        let exact: u64 = symbols.iter().map(|&symbol| u64::from(codes.get_code(symbol).1) + 3).sum();
        let ratio = estimate.symbol_bits() as f64 / exact as f64;
        assert!((0.98..=1.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn bits_are_written_from_the_highest_one_on_and_ff_is_stuffed() {
        let mut out = Vec::new();
        let mut writer = BitWriter::new(&mut out);
        let mut coder = Coder { codes: &DerivedTable::new(), out: &mut writer };
        for (bits, length) in [(0b1, 1), (0xFF_FFFF, 24), (0, 7), (0x0123_4567_89AB_CDEF, 64), (0, 0), (0b101, 3)] {
            coder.bits(bits, length);
        }
        writer.finish();
        let expected = [0xFF, 0, 0xFF, 0, 0xFF, 0, 0x80, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0b1011_1111];
        assert_eq!(out, expected);
    }
}
