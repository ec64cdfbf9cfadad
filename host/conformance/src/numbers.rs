//! Chance that repeats itself.

use sandpress_sandbox::Digest;

/// Numbers that look random and are the same in every run (xorshift64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// Another seed gives other numbers.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Another text gives other numbers.
    #[expect(clippy::expect_used, reason = "a digest is written in 64 hexadecimal digits")]
    pub fn from_text(text: &str) -> Self {
        let digest = Digest::of(text.as_bytes()).to_string();
        Self::from_seed(u64::from_str_radix(&digest[..16], 16).expect("hexadecimal digits"))
    }

    /// Bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// A number below a bound, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // 32 bits fit into any `usize` that this runs on.
        (self.next() >> 32) as usize % bound
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
