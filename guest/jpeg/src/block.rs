//! Blocks of 8 × 8 coefficients, and which of them matter.

use wide::i16x8;

/// Coefficients of 8 × 8 samples in zigzag order.
pub(crate) type Block = [i16; 64];

/// A set of places in a block: bit 0 is the first coefficient in zigzag order.
pub(crate) type Places = u64;

/// The places whose coefficients are further from zero than each place's threshold.
pub(crate) fn beyond(block: &Block, thresholds: &Block) -> Places {
    let mut places = 0;
    let rows = block.as_chunks::<8>().0.iter().zip(thresholds.as_chunks::<8>().0);
    for (shift, (coefficients, thresholds)) in (0..64).step_by(8).zip(rows) {
        let further = i16x8::new(*coefficients).abs().simd_gt(i16x8::new(*thresholds));
        places |= u64::from(further.to_bitmask()) << shift;
    }
    places
}

/// The members of a set, in their order.
pub(crate) fn members(mut places: Places) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        #[expect(clippy::cast_possible_truncation, reason = "at most 64")]
        let place = places.trailing_zeros() as u8;
        (places != 0).then(|| {
            places &= places - 1;
            place
        })
    })
}

/// The places from `first` to `last`.
pub(crate) fn band(first: u8, last: u8) -> Places {
    (u64::MAX >> (63 - last)) & (u64::MAX << first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_beyond_their_thresholds() {
        let mut block = [0; 64];
        let mut thresholds = [3; 64];
        (block[0], block[9], block[17], block[63]) = (4, -4, 3, 7);
        thresholds[63] = 7;
        assert_eq!(members(beyond(&block, &thresholds)).collect::<Vec<_>>(), [0, 9]);
    }

    #[test]
    fn a_band_has_both_of_its_ends() {
        assert_eq!(members(band(1, 3)).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(band(0, 63), u64::MAX);
        assert_eq!(members(band(63, 63)).collect::<Vec<_>>(), [63]);
    }
}
