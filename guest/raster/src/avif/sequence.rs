//! What the coded data say of their colours, where the file says nothing: AV1's sequence header.

use crate::heif::CodePoints;

const SEQUENCE_HEADER: u8 = 1;

/// The code points in the sequence header that coded data begin with, if it can be read (AV1 specification, sections 5.3 to 5.5).
pub(super) fn code_points(mut data: &[u8]) -> Option<CodePoints> {
    loop {
        let (&header, rest) = data.split_first()?;
        let rest = if header & 0b100 != 0 { rest.get(1..)? } else { rest };
        let has_size = header & 0b10 != 0;
        let (len, rest) = if has_size { leb128(rest)? } else { (rest.len(), rest) };
        let (unit, after) = rest.split_at_checked(len)?;
        if header >> 3 & 15 == SEQUENCE_HEADER {
            return Bits { data: unit, at: 0 }.sequence_header();
        }
        data = after;
    }
}

/// A length in groups of seven bits, the lowest first.
fn leb128(data: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (place, &byte) in data.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &data[place + 1..]));
        }
    }
    None
}

/// Reads bits, the highest of a byte first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn flag(&mut self) -> Option<bool> {
        let byte = self.data.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// A number of at most 16 bits.
    fn number(&mut self, bits: u16) -> Option<u16> {
        (0..bits).try_fold(0, |value, _| Some(value << 1 | u16::from(self.flag()?)))
    }

    fn sequence_header(&mut self) -> Option<CodePoints> {
        let profile = self.number(3)?;
        self.flag()?;
        let is_reduced = self.flag()?;
        if is_reduced {
            self.number(5)?;
        } else {
            // No still image has a clock.
            if self.flag()? {
                return None;
            }
            let has_delay = self.flag()?;
            for _ in 0..=self.number(5)? {
                self.number(12)?;
                if self.number(5)? > 7 {
                    self.flag()?;
                }
                if has_delay && self.flag()? {
                    self.number(4)?;
                }
            }
        }
        let (width_bits, height_bits) = (self.number(4)? + 1, self.number(4)? + 1);
        self.number(width_bits)?;
        self.number(height_bits)?;
        if !is_reduced && self.flag()? {
            self.number(7)?;
        }
        self.number(3)?;
        if !is_reduced {
            self.tools_of_motion()?;
        }
        self.number(3)?;
        self.colours(profile)
    }

    fn tools_of_motion(&mut self) -> Option<()> {
        self.number(4)?;
        let has_order = self.flag()?;
        if has_order {
            self.number(2)?;
        }
        let may_have_screen_content = self.flag()? || self.flag()?;
        if may_have_screen_content && !self.flag()? {
            self.flag()?;
        }
        if has_order {
            self.number(3)?;
        }
        Some(())
    }

    fn colours(&mut self, profile: u16) -> Option<CodePoints> {
        let is_deep = self.flag()?;
        if profile == 2 && is_deep {
            self.flag()?;
        }
        if profile != 1 {
            self.flag()?;
        }
        let (primaries, transfer, matrix) =
            if self.flag()? { (self.number(8)?, self.number(8)?, self.number(8)?) } else { (2, 2, 2) };
        // The colours of sRGB as they are always have their full range.
        let is_full_range = (primaries, transfer, matrix) == (1, 13, 0) || self.flag()?;
        Some(CodePoints { primaries, transfer, matrix, is_full_range })
    }
}
