//! Runs of indices (Microsoft's Win32 reference: Bitmap Compression).

use crate::Error;
use crate::error::{malformed, unsupported};

/// Unpacks the indices of all pixels, the lowest row first.
///
/// As browsers do, a run that is longer than its row is cut. Pixels that are left out are refused: some viewers show them black, some
/// in the palette's first colour, some not at all. Without the mark of its end a file is truncated.
pub(super) fn read(data: &[u8], width: usize, height: usize, bits: u32) -> Result<Vec<u8>, Error> {
    let mut indices = vec![0; width * height];
    let mut rows = indices.chunks_exact_mut(width);
    let mut row: &mut [u8] = rows.next().unwrap_or_default();
    let mut data = Bytes(data);
    loop {
        let (count, value) = (data.next()?, data.next()?);
        match (count, value) {
            (0, 0) if row.is_empty() => row = rows.next().unwrap_or_default(),
            (0, 1) if row.is_empty() && rows.next().is_none() => return Ok(indices),
            (0, 0..=2) => return Err(unsupported("BMP: pixels are left out, which viewers show in different ways")),
            (0, count) => {
                // Padded to an even number of bytes.
                let len = (usize::from(count) * bits as usize).div_ceil(8);
                let stored = data.take(len.next_multiple_of(2))?;
                row = fill(row, count, stored.iter().flat_map(|&byte| unpacked(byte, bits)));
            }
            (count, value) => row = fill(row, count, unpacked(value, bits).cycle()),
        }
    }
}

/// Fills the beginning of a row; what is left of it.
fn fill(row: &mut [u8], count: u8, values: impl Iterator<Item = u8>) -> &mut [u8] {
    let (now, later) = row.split_at_mut(row.len().min(count.into()));
    now.iter_mut().zip(values).for_each(|(index, value)| *index = value);
    later
}

/// The indices in a byte: one, or two.
fn unpacked(byte: u8, bits: u32) -> impl Iterator<Item = u8> + Clone {
    let pair = if bits == 8 { [byte, byte] } else { [byte >> 4, byte & 0x0F] };
    pair.into_iter().take(8 / bits as usize)
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> Result<u8, Error> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or_else(|| malformed("BMP: the runs are truncated"))?;
        self.0 = rest;
        Ok(taken)
    }
}
