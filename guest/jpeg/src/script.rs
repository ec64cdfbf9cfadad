//! Which scans the coefficients of a component are told in: those that take the fewest bits.
//!
//! As mozjpeg searches (`jpeg_search_progression` in jcparam.c): first how many of the lowest bits are left to later scans, then where the band is
//! divided. Here bits are estimated from how often each symbol occurs, in a part of the rows of a large picture: what that misses of the best
//! choice is less than what looking at all of it costs.

use crate::component::Component;
use crate::huffman::Estimate;
use crate::symbols;

/// A scan of one component's coefficients from `first` to `last`: without their `low` lowest bits, or one bit more of them than
/// an earlier scan.
#[derive(Clone, Copy)]
pub(crate) struct Scan {
    /// Its place among the others.
    pub(crate) component: usize,
    pub(crate) first: u8,
    pub(crate) last: u8,
    pub(crate) low: u8,
    pub(crate) refines: bool,
}

/// The last coefficient there is.
const LAST: u8 = 63;

/// Where the band may be divided, beside [`USUAL`] and not at all.
const DIVISIONS: [u8; 4] = [2, 5, 12, 18];

/// Where it is divided while the number of low bits is looked for.
const USUAL: u8 = 8;

/// The most low bits that are left to later scans. Steps of quantisation are larger for colour, so less is left of its bits.
const MOST_LOW: (u8, u8) = (3, 2);

/// Of a picture with more blocks only some rows are looked at: this many blocks and up to twice as many.
const ENOUGH: usize = 4096;

/// What a scan takes beside its symbols, in bits: its header, and that of its Huffman table.
const HEADERS: u64 = 8 * (10 + 5 + 16);

/// The scans after those of first coefficients, coarse ones first.
pub(crate) fn best(components: &[Component]) -> Vec<Scan> {
    let (mut coarse, mut fine) = (Vec::new(), Vec::new());
    for (number, component) in components.iter().enumerate() {
        let mut scans = Search { component, number, step: step(component) }.best().into_iter();
        coarse.extend(scans.next());
        fine.extend(scans);
    }
    coarse.extend(fine);
    coarse
}

/// One row of so many is looked at.
fn step(component: &Component) -> usize {
    (component.shown().count() / ENOUGH).max(1)
}

struct Search<'a> {
    component: &'a Component,
    number: usize,
    step: usize,
}

impl Search<'_> {
    fn best(&self) -> Vec<Scan> {
        let most_low = if self.component.codes == 0 { MOST_LOW.0 } else { MOST_LOW.1 };
        let mut low = 0;
        let mut bands = self.divided(USUAL, low);
        let mut cost = self.cost(&bands);
        // Of all refinements that the candidate needs.
        let mut refined = 0;
        for candidate in 1..=most_low {
            let divided = self.divided(USUAL, candidate);
            refined += self.cost(&[self.refinement(candidate - 1)]);
            let candidate_cost = self.cost(&divided) + refined;
            if candidate_cost >= cost {
                break;
            }
            (low, bands, cost) = (candidate, divided, candidate_cost);
        }

        let mut cost = self.cost(&bands);
        let whole = vec![self.scan(1, LAST, low)];
        for candidate in std::iter::once(whole).chain(DIVISIONS.map(|at| self.divided(at, low))) {
            let candidate_cost = self.cost(&candidate);
            if candidate_cost < cost {
                (bands, cost) = (candidate, candidate_cost);
            }
        }
        bands.extend((0..low).rev().map(|low| self.refinement(low)));
        bands
    }

    fn scan(&self, first: u8, last: u8, low: u8) -> Scan {
        Scan { component: self.number, first, last, low, refines: false }
    }

    fn divided(&self, at: u8, low: u8) -> Vec<Scan> {
        vec![self.scan(1, at, low), self.scan(at + 1, LAST, low)]
    }

    fn refinement(&self, low: u8) -> Scan {
        Scan { refines: true, ..self.scan(1, LAST, low) }
    }

    /// The bits that scans take, of the rows that are looked at; headers count as much as these are of all.
    fn cost(&self, scans: &[Scan]) -> u64 {
        let cost = |scan: &Scan| {
            let mut estimate = Estimate::new();
            symbols::ac(self.component.some(self.step), (scan.first, scan.last), scan.low, scan.refines, &mut estimate);
            estimate.symbol_bits() + (HEADERS + estimate.table_bits()) / self.step as u64
        };
        scans.iter().map(cost).sum()
    }
}
