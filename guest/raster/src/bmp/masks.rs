//! Where in a number the channels of a pixel are.

/// The bits of red, green, blue and opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Masks([u32; 4]);

impl Masks {
    pub(super) const RGB555: Self = Self([0x7C00, 0x03E0, 0x001F, 0]);
    pub(super) const RGB888: Self = Self([0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0]);

    /// Masks whose bits stand together; nothing where they do not.
    pub(super) fn new(masks: [u32; 4]) -> Option<Self> {
        let is_contiguous = |mask: u32| {
            let bits = mask.checked_shr(mask.trailing_zeros()).unwrap_or(0);
            bits & bits.wrapping_add(1) == 0
        };
        masks.into_iter().all(is_contiguous).then_some(Self(masks))
    }

    pub(super) fn has_alpha(self) -> bool {
        self.0[3] != 0
    }

    /// The channels in 8 bits each, rounded.
    pub(super) fn channels(self, pixel: u32) -> [u8; 4] {
        self.0.map(|mask| {
            let shift = mask.trailing_zeros();
            let highest = u64::from(mask.checked_shr(shift).unwrap_or(0));
            let value = u64::from((pixel & mask).checked_shr(shift).unwrap_or(0));
            let scaled = (value * 255 + highest / 2).checked_div(highest).unwrap_or(0);
            // At most 255, since no value is above the highest.
            u8::try_from(scaled).unwrap_or(u8::MAX)
        })
    }
}
