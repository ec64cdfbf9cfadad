//! Scans (T.81, annexes A.2, B.2.3 and E.2): which blocks they tell of, and in which order.

use super::bits::Bits;
use super::coefficients::{self, Band, Block, State, Unfinished};
use super::header::Frame;
use super::huffman::Table;
use super::layout::{Blocks, Layout};
use super::tables::Tables;
use crate::Error;
use crate::error::malformed;

/// A scan's header.
#[derive(Debug)]
pub(super) struct Scan {
    /// What it tells of: at least one.
    pub(super) components: Vec<Part>,
    pub(super) band: Band,
}

/// A component of a scan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its number among the frame's components.
    pub(super) component: usize,
    /// Numbers of its tables: below 4.
    dc: usize,
    ac: usize,
}

impl Scan {
    /// Reads what follows the length of an `SOS` segment.
    pub(super) fn parse(body: &[u8], frame: &Frame) -> Result<Self, Error> {
        let short = || malformed("JPEG: a scan header that is cut off");
        let (&count, rest) = body.split_first().ok_or_else(short)?;
        let count = usize::from(count);
        let parts = rest.get(..2 * count).ok_or_else(short)?;
        let &[first, last, bits] = rest[2 * count..].first_chunk().ok_or_else(short)?;
        let mut components: Vec<Part> = Vec::with_capacity(count);
        for &[id, tables] in parts.as_chunks().0 {
            let component = frame.components.iter().position(|component| component.id == id);
            let component = component.ok_or_else(|| malformed("JPEG: a scan of a component that the frame lacks"))?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 0x0F));
            if dc > 3 || ac > 3 {
                return Err(malformed("JPEG: a scan that asks for a table with a number above 3"));
            }
            if components.iter().any(|part| part.component == component) {
                return Err(malformed("JPEG: a scan that has a component twice"));
            }
            components.push(Part { component, dc, ac });
        }
        let band = if frame.is_progressive() {
            Band { first, last, high: bits >> 4, low: bits & 0x0F }
        } else {
            // Some files say something else, and mean this.
            Band { first: 0, last: 63, high: 0, low: 0 }
        };
        let scan = Self { components, band };
        if frame.is_progressive() { scan.check_progressive() } else { scan.check() }
    }

    fn check(self) -> Result<Self, Error> {
        if self.components.is_empty() { Err(malformed("JPEG: a scan of no component")) } else { Ok(self) }
    }

    fn check_progressive(self) -> Result<Self, Error> {
        let Band { first, last, high, low } = self.band;
        let is_right = if first == 0 { last == 0 } else { first <= last && last < 64 && self.components.len() == 1 };
        if !is_right || low > 13 || (high != 0 && high != low + 1) {
            return Err(malformed("JPEG: a progressive scan of coefficients or bits that no scan can tell of"));
        }
        self.check()
    }

    /// Puts standard tables where those that the scan uses are lacking: what a `DHT` says of each.
    pub(super) fn fill_up(&self, tables: &mut Tables) -> Result<Vec<Vec<u8>>, Error> {
        let mut lacking = Vec::new();
        for part in &self.components {
            lacking.extend(tables.fill_up_dc(part.dc)?);
            lacking.extend(tables.fill_up_ac(part.ac)?);
        }
        Ok(lacking)
    }

    /// Visits each block of the scan in the order of the file.
    pub(super) fn visit(
        &self,
        layout: &Layout,
        restart_interval: u16,
        data: &[u8],
        visitor: &mut impl Visitor,
    ) -> Result<(), Error> {
        let parts: Vec<&Blocks> = self.components.iter().map(|part| &layout.components[part.component]).collect();
        // Alone, a component has units of one block each, and none that only fill up.
        let (units, is_alone) = match parts.as_slice() {
            [only] => (only.shown, true),
            _ => (layout.units, false),
        };
        let (mut bits, mut state) = (Bits::new(data), State::default());
        let (mut until_restart, mut restart) = (restart_interval, 0);
        for row in 0..units.1 {
            for column in 0..units.0 {
                if restart_interval > 0 {
                    if until_restart == 0 {
                        check_enough(&bits)?;
                        if !bits.restart(restart) {
                            return Err(malformed(format!("JPEG: the restart marker FF D{restart} is missing")));
                        }
                        (restart, until_restart, state) = ((restart + 1) % 8, restart_interval, State::default());
                    }
                    until_restart -= 1;
                }
                if is_alone {
                    visitor.block(&mut bits, &mut state, 0, (column, row))?;
                    continue;
                }
                for (part, blocks) in parts.iter().enumerate() {
                    let (across, down) = blocks.factors;
                    for y in 0..down {
                        for x in 0..across {
                            visitor.block(&mut bits, &mut state, part, (column * across + x, row * down + y))?;
                        }
                    }
                }
            }
            check_enough(&bits)?;
            visitor.row_done(row);
        }
        Ok(())
    }

    /// Adds what the scan tells to a block of one of its components.
    #[inline]
    pub(super) fn read(
        &self,
        codes: &Codes,
        bits: &mut Bits,
        state: &mut State,
        part: usize,
        block: &mut Unfinished,
    ) -> Result<(), Error> {
        let Band { high, low, .. } = self.band;
        match codes {
            Codes::Sequential(codes) => {
                let mut whole = [0; 64];
                codes[part].read(bits, &mut state.dc[part], &mut whole)?;
                block.fill(&whole);
                Ok(())
            }
            Codes::Dc(_) if high > 0 => {
                block.dc_refine(bits, low);
                Ok(())
            }
            Codes::Dc(codes) => block.dc_first(bits, codes[part], low, &mut state.dc[part]),
            Codes::Ac(ac) if high > 0 => block.ac_refine(bits, ac, self.band, state),
            Codes::Ac(ac) => block.ac_first(bits, ac, self.band, state),
        }
    }

    /// The codes of a sequential scan, for each of its components.
    pub(super) fn pairs<'a>(&self, tables: &'a Tables) -> Result<Vec<Pair<'a>>, Error> {
        let pair = |part: &Part| {
            let (dc, ac) = (tables.dc[part.dc].as_ref(), tables.ac[part.ac].as_ref());
            dc.zip(ac).map(|(dc, ac)| Pair { dc, ac }).ok_or_else(missing)
        };
        self.components.iter().map(pair).collect()
    }

    /// The codes that the scan is read with.
    pub(super) fn codes<'a>(&self, frame: &Frame, tables: &'a Tables) -> Result<Codes<'a>, Error> {
        let dc = |part: &Part| tables.dc[part.dc].as_ref().ok_or_else(missing);
        let ac = |part: &Part| tables.ac[part.ac].as_ref().ok_or_else(missing);
        let parts = self.components.iter();
        Ok(if !frame.is_progressive() {
            Codes::Sequential(self.pairs(tables)?)
        } else if self.band.first > 0 {
            Codes::Ac(ac(&self.components[0])?)
        } else if self.band.high > 0 {
            // Bits without codes.
            Codes::Dc(Vec::new())
        } else {
            Codes::Dc(parts.map(dc).collect::<Result<_, Error>>()?)
        })
    }
}

fn missing() -> Error {
    malformed("JPEG: a scan that asks for a Huffman table which the file lacks")
}

/// Who reads the blocks of a scan.
pub(super) trait Visitor {
    /// Reads the block at a column and a row of one of the scan's components.
    fn block(&mut self, bits: &mut Bits, state: &mut State, part: usize, place: (usize, usize)) -> Result<(), Error>;

    /// All blocks of a row of units were there.
    fn row_done(&mut self, _row: usize) {}
}

/// The codes of a component in a sequential scan.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    dc: &'a Table,
    ac: &'a Table,
}

impl Pair<'_> {
    /// Reads a block, which is all zeros before.
    #[inline]
    pub(super) fn read(self, bits: &mut Bits, before: &mut i32, block: &mut Block) -> Result<(), Error> {
        coefficients::sequential(bits, self.dc, self.ac, before, block)
    }
}

/// The codes of a scan, for each of its components.
pub(super) enum Codes<'a> {
    Sequential(Vec<Pair<'a>>),
    Dc(Vec<&'a Table>),
    Ac(&'a Table),
}

fn check_enough(bits: &Bits) -> Result<(), Error> {
    if bits.is_overdrawn() { Err(malformed("JPEG: the data of a scan ends too early")) } else { Ok(()) }
}
