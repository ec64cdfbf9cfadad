//! The scans of a progressive file, each with the best Huffman codes for it.

use mozjpeg_rs::huffman::{DerivedTable, HuffTable};

use crate::component::Component;
use crate::file::{list, segment};
use crate::huffman::{BitWriter, Coder, Counter, Sink};
use crate::symbols;

/// A scan of one component's coefficients from `first` to `last`: without their `low` lowest bits, or one bit more of them than
/// an earlier scan.
struct Scan {
    /// Its place among the others.
    component: usize,
    first: u8,
    last: u8,
    low: u8,
    refines: bool,
}

const fn scan(component: usize, first: u8, last: u8, low: u8) -> Scan {
    Scan { component, first, last, low, refines: false }
}

const fn refinement(component: usize, low: u8) -> Scan {
    Scan { component, first: 1, last: 63, low, refines: true }
}

/// The scans after the first one, which is of all components' first coefficients: mozjpeg's for its best compression (jcparam.c).
const COLOUR: [Scan; 8] = [
    scan(0, 1, 8, 2),
    scan(1, 1, 8, 0),
    scan(2, 1, 8, 0),
    scan(0, 9, 63, 2),
    refinement(0, 1),
    refinement(0, 0),
    scan(1, 9, 63, 0),
    scan(2, 9, 63, 0),
];

const GREY: [Scan; 4] = [scan(0, 1, 8, 2), scan(0, 9, 63, 2), refinement(0, 1), refinement(0, 0)];

/// Writes all scans. An interleaved one consists of as many units across and down.
pub(crate) fn write(components: &[Component], units: (usize, usize), out: &mut Vec<u8>) -> mozjpeg_rs::Result<()> {
    write_dc(components, units, out)?;
    let scans: &[Scan] = if components.len() == 1 { &GREY } else { &COLOUR };
    scans.iter().try_for_each(|scan| write_ac(scan, &components[scan.component], out))
}

/// The scan of all components' first coefficients.
fn write_dc(components: &[Component], units: (usize, usize), out: &mut Vec<u8>) -> mozjpeg_rs::Result<()> {
    let mut counters = [Counter::new(), Counter::new()];
    for_each_difference(components, units, |component, difference| {
        symbols::dc(difference, &mut counters[usize::from(component.table())]);
    });
    let mut content = Vec::new();
    let mut codes = Vec::new();
    for (number, counter) in (0..).zip(counters).take(components.len()) {
        let table = counter.best_table()?;
        append(&mut content, number, &table);
        codes.push(DerivedTable::from_huff_table(&table, true)?);
    }
    segment(out, 0xC4, &content);

    let mut content = list(components, |component| [component.number, component.table() << 4]);
    content.extend([0, 0, 0]);
    segment(out, 0xDA, &content);
    let mut writer = BitWriter::new(out);
    for_each_difference(components, units, |component, difference| {
        symbols::dc(difference, &mut Coder { codes: &codes[usize::from(component.table())], out: &mut writer });
    });
    writer.finish();
    Ok(())
}

/// Calls with the difference of each first coefficient to the one before it in its component.
fn for_each_difference(components: &[Component], units: (usize, usize), mut each: impl FnMut(&Component, i16)) {
    let mut before = [0; 3];
    for row in 0..units.1 {
        for column in 0..units.0 {
            for (component, before) in components.iter().zip(&mut before) {
                for block in component.unit(column, row) {
                    // Both have at most 10 bits.
                    each(component, block[0] - *before);
                    *before = block[0];
                }
            }
        }
    }
}

/// A scan of one component.
fn write_ac(scan: &Scan, component: &Component, out: &mut Vec<u8>) -> mozjpeg_rs::Result<()> {
    fn run(scan: &Scan, component: &Component, sink: &mut impl Sink) {
        let band = (scan.first, scan.last);
        if scan.refines {
            symbols::ac_refine(component.shown(), band, scan.low, sink);
        } else {
            symbols::ac_first(component.shown(), band, scan.low, sink);
        }
    }
    let mut counter = Counter::new();
    run(scan, component, &mut counter);
    let table = counter.best_table()?;
    let mut content = Vec::new();
    append(&mut content, 0x10 | component.table(), &table);
    segment(out, 0xC4, &content);

    let high = if scan.refines { scan.low + 1 } else { 0 };
    segment(out, 0xDA, &[1, component.number, component.table(), scan.first, scan.last, high << 4 | scan.low]);
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
