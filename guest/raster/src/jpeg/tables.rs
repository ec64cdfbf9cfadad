//! The tables that scans are decoded with, as they stand at a place in the file.

use super::huffman::Table;
use super::segments::{DHT, DQT, DRI, Segment};
use crate::Error;
use crate::error::malformed;

/// Where each of the 64 coefficients stands in its block, in the order of a file: T.81, figure A.6.
#[rustfmt::skip]
pub(super) const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10,
    17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34,
    27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36,
    29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63,
];

/// The steps of a quantisation table, in rows from top to bottom.
pub(crate) type Steps = [u16; 64];

/// What `DQT`, `DHT` and `DRI` have said so far.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) steps: [Option<Steps>; 4],
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
    /// Units between two restart markers; 0 where there are none.
    pub(super) restart_interval: u16,
}

impl Tables {
    /// Takes note of a segment, if it is of a table.
    pub(super) fn note(&mut self, segment: Segment) -> Result<(), Error> {
        match segment.marker {
            DQT => self.note_steps(segment.body),
            DHT => self.note_codes(segment.body),
            DRI => match segment.body {
                [high, low] => {
                    self.restart_interval = u16::from_be_bytes([*high, *low]);
                    Ok(())
                }
                _ => Err(malformed("JPEG: a restart interval of another length than two bytes")),
            },
            _ => Ok(()),
        }
    }

    fn note_steps(&mut self, mut body: &[u8]) -> Result<(), Error> {
        const SHORT: &str = "JPEG: a quantisation table that is cut off";
        while let Some((&kind, rest)) = body.split_first() {
            let steps = self.steps.get_mut(usize::from(kind & 0x0F));
            let steps = steps.ok_or_else(|| malformed("JPEG: a quantisation table with a number above 3"))?;
            let mut table = [0; 64];
            let places = ZIGZAG.iter().map(|&place| usize::from(place));
            if kind >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>().ok_or_else(|| malformed(SHORT))?;
                places.zip(values).for_each(|(place, &value)| table[place] = value.into());
                body = rest;
            } else {
                let (values, rest) = rest.split_first_chunk::<128>().ok_or_else(|| malformed(SHORT))?;
                let values = values.as_chunks().0.iter().map(|&value| u16::from_be_bytes(value));
                places.zip(values).for_each(|(place, value)| table[place] = value);
                body = rest;
            }
            *steps = Some(table);
        }
        Ok(())
    }

    fn note_codes(&mut self, mut body: &[u8]) -> Result<(), Error> {
        while let Some((&[kind, ref counts @ ..], rest)) = body.split_first_chunk::<17>() {
            let count = counts.iter().map(|&count| usize::from(count)).sum();
            let symbols = rest.get(..count).ok_or_else(|| malformed("JPEG: a Huffman table that is cut off"))?;
            body = &rest[count..];
            let tables = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(malformed("JPEG: a Huffman table of an unknown class")),
            };
            let table = tables.get_mut(usize::from(kind & 0x0F));
            *table.ok_or_else(|| malformed("JPEG: a Huffman table with a number above 3"))? =
                Some(Table::new(counts, symbols)?);
        }
        if body.is_empty() { Ok(()) } else { Err(malformed("JPEG: a Huffman table that is cut off")) }
    }

    /// Puts the tables of T.81's annex K where a file has none: files made of frames of Motion JPEG leave them out.
    pub(super) fn fill_up(&mut self) -> Result<(), Error> {
        for number in 0..STANDARD.len() {
            self.fill_up_ac(number)?;
            self.fill_up_dc(number)?;
        }
        Ok(())
    }

    /// The same for one table of first coefficients: what its `DHT` says, if it was lacking and there is one.
    pub(super) fn fill_up_dc(&mut self, number: usize) -> Result<Option<Vec<u8>>, Error> {
        fill_up(&mut self.dc, 0, number)
    }

    /// The same for one table of the other coefficients.
    pub(super) fn fill_up_ac(&mut self, number: usize) -> Result<Option<Vec<u8>>, Error> {
        fill_up(&mut self.ac, 1, number)
    }
}

fn fill_up(tables: &mut [Option<Table>; 4], class: u8, number: usize) -> Result<Option<Vec<u8>>, Error> {
    let (Some(table @ None), Some(standard)) = (tables.get_mut(number), STANDARD.get(number)) else { return Ok(None) };
    let (counts, symbols) = standard[usize::from(class)];
    *table = Some(Table::new(counts, symbols)?);
    #[expect(clippy::cast_possible_truncation, reason = "0 or 1")]
    let kind = class << 4 | number as u8;
    Ok(Some([&[kind][..], counts, symbols].concat()))
}

/// T.81, tables K.3 and K.5, of brightness, then K.4 and K.6, of colours: how many codes of each length, and their symbols.
#[rustfmt::skip]
const STANDARD: [[(&[u8; 16], &[u8]); 2]; 2] = [[
    (&[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    (&[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D], &[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
        0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72,
        0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37,
        0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
        0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
        0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
        0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
        0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
        0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
    ]),
], [
    (&[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    (&[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77], &[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
        0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
        0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
        0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
        0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
        0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
        0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
        0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
        0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
    ]),
]];
