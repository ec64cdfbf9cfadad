//! The scans of a progressive file, each with the best Huffman codes for it.

use mozjpeg_rs::huffman::{DerivedTable, HuffTable};

use crate::block::Block;
use crate::component::Component;
use crate::file::{list, segment};
use crate::huffman::{BitWriter, Coder, Counter, Sink};
use crate::script::Scan;
use crate::symbols;

/// Blocks that a unit of an interleaved scan has at most (T.81, annex B.2.3).
const UNIT_BLOCKS: u8 = 10;

/// Writes the scans of first coefficients, of which an interleaved one consists of as many units across and down, and then these.
pub(crate) fn write(
    components: &[Component],
    units: (usize, usize),
    scans: &[Scan],
    out: &mut Vec<u8>,
) -> mozjpeg_rs::Result<()> {
    let unit_blocks: u8 = components.iter().map(|component| component.factors.0 * component.factors.1).sum();
    if unit_blocks <= UNIT_BLOCKS {
        write_dc(components, units, out)?;
    } else {
        components.chunks(1).try_for_each(|component| write_dc(component, units, out))?;
    }
    scans.iter().try_for_each(|scan| write_ac(scan, &components[scan.component], out))
}

/// A scan of the first coefficients of some components.
fn write_dc(components: &[Component], units: (usize, usize), out: &mut Vec<u8>) -> mozjpeg_rs::Result<()> {
    let mut counters = [Counter::new(), Counter::new()];
    for_each_difference(components, units, |component, difference| {
        symbols::dc(difference, &mut counters[usize::from(component.codes)]);
    });
    let mut content = Vec::new();
    let mut codes = Vec::new();
    for (number, counter) in (0..).zip(counters) {
        // Of a table that nobody uses nothing is told.
        let is_used = components.iter().any(|component| component.codes == number);
        let table = counter.best_table()?;
        if is_used {
            append(&mut content, number, &table);
        }
        codes.push(DerivedTable::from_huff_table(&table, true)?);
    }
    segment(out, 0xC4, &content);

    let mut content = list(components, |component| [component.number, component.codes << 4]);
    content.extend([0, 0, 0]);
    segment(out, 0xDA, &content);
    let mut writer = BitWriter::new(out);
    for_each_difference(components, units, |component, difference| {
        symbols::dc(difference, &mut Coder { codes: &codes[usize::from(component.codes)], out: &mut writer });
    });
    writer.finish();
    Ok(())
}

/// Calls with the difference of each first coefficient to the one before it in its component.
fn for_each_difference(components: &[Component], units: (usize, usize), mut each: impl FnMut(&Component, i16)) {
    let mut before = [0; 4];
    // Both have at most 11 bits.
    let mut next = |before: &mut i16, component: &Component, block: &Block| {
        each(component, block[0] - *before);
        *before = block[0];
    };
    if let [alone] = components {
        alone.shown().for_each(|block| next(&mut before[0], alone, block));
        return;
    }
    for row in 0..units.1 {
        for column in 0..units.0 {
            for (component, before) in components.iter().zip(&mut before) {
                component.unit(column, row).for_each(|block| next(before, component, block));
            }
        }
    }
}

/// A scan of one component.
fn write_ac(scan: &Scan, component: &Component, out: &mut Vec<u8>) -> mozjpeg_rs::Result<()> {
    fn run(scan: &Scan, component: &Component, sink: &mut impl Sink) {
        symbols::ac(component.shown(), (scan.first, scan.last), scan.low, scan.refines, sink);
    }
    let mut counter = Counter::new();
    run(scan, component, &mut counter);
    let table = counter.best_table()?;
    let mut content = Vec::new();
    append(&mut content, 0x10 | component.codes, &table);
    segment(out, 0xC4, &content);

    let high = if scan.refines { scan.low + 1 } else { 0 };
    segment(out, 0xDA, &[1, component.number, component.codes, scan.first, scan.last, high << 4 | scan.low]);
    let mut writer = BitWriter::new(out);
    run(scan, component, &mut Coder { codes: &DerivedTable::from_huff_table(&table, false)?, out: &mut writer });
    writer.finish();
    Ok(())
}

/// A Huffman table as a `DHT` segment holds it.
fn append(content: &mut Vec<u8>, class_and_number: u8, table: &HuffTable) {
    let lengths = &table.bits[1..];
    let count: usize = lengths.iter().map(|&count| usize::from(count)).sum();
    content.push(class_and_number);
    content.extend_from_slice(lengths);
    content.extend_from_slice(&table.huffval[..count]);
}
