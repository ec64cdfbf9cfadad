//! The symbols of progressive scans (T.81, annex G.1.2), whether they are counted or written.
//!
//! Blocks are mostly zeros: sets of the places that are not lead from one coefficient to the next.

use crate::block::{Block, Places, band, beyond, members};
use crate::huffman::Sink;

/// Sixteen zeros.
const ZERO_RUN: u8 = 0xF0;

/// The most blocks that one code ends.
const MAX_ENDED: u32 = 0x7FFF;

/// The most bits that wait for such a code, as in libjpeg: the room of its buffer.
const MAX_WAITING: usize = 937;

/// The difference of a first coefficient to the one before.
pub(crate) fn dc(difference: i16, sink: &mut impl Sink) {
    let (bits, length) = magnitude(difference, difference.unsigned_abs());
    sink.symbol(length, bits, length);
}

/// A scan of a band of coefficients without their lowest bits, or with one bit more of them than an earlier one.
pub(crate) fn ac<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    band: (u8, u8),
    low: u8,
    refines: bool,
    sink: &mut impl Sink,
) {
    if refines { ac_refine(blocks, band, low, sink) } else { ac_first(blocks, band, low, sink) }
}

/// The first scan of a band of coefficients, without their lowest bits.
fn ac_first<'a>(blocks: impl Iterator<Item = &'a Block>, (first, last): (u8, u8), low: u8, sink: &mut impl Sink) {
    let (band, thresholds) = (band(first, last), [(1 << low) - 1; 64]);
    let mut ended = Ended::default();
    for block in blocks {
        let places = beyond(block, &thresholds) & band;
        let mut next = first;
        if places != 0 {
            ended.flush(sink);
        }
        for place in members(places) {
            let run = run(place - next, sink);
            next = place + 1;
            let coefficient = block[usize::from(place)];
            let (bits, length) = magnitude(coefficient, coefficient.unsigned_abs() >> low);
            sink.symbol(run << 4 | length, bits, length);
        }
        if next <= last {
            ended.one_more(0, 0, sink);
        }
    }
    ended.flush(sink);
}

/// A later scan of a band, with one bit more of each coefficient.
fn ac_refine<'a>(blocks: impl Iterator<Item = &'a Block>, (first, last): (u8, u8), low: u8, sink: &mut impl Sink) {
    let band = band(first, last);
    let (any, old) = ([(1 << low) - 1; 64], [(2 << low) - 1; 64]);
    let mut ended = Ended::default();
    for block in blocks {
        let places = beyond(block, &any) & band;
        let old = beyond(block, &old) & band;
        refine(block, places, old, (first, last), low, &mut ended, sink);
    }
    ended.flush(sink);
}

/// `old` are the places that an earlier scan has told of: each of them is told one bit more, after the next symbol.
fn refine(
    block: &Block,
    places: Places,
    old: Places,
    (first, last): (u8, u8),
    low: u8,
    ended: &mut Ended,
    sink: &mut impl Sink,
) {
    let new = places & !old;
    // Zeros before the last new place must be counted; those after it are a part of the block's end.
    let last_new = new.checked_ilog2().unwrap_or(0);
    let (mut zeros, mut next) = (0, first);
    let (mut waiting, mut count) = (0_u64, 0);
    for place in members(places) {
        zeros += place - next;
        next = place + 1;
        while zeros >= 16 && u32::from(place) <= last_new {
            ended.flush(sink);
            sink.symbol(ZERO_RUN, 0, 0);
            zeros -= 16;
            sink.bits(waiting, count);
            (waiting, count) = (0, 0);
        }
        let coefficient = block[usize::from(place)];
        if old >> place & 1 == 1 {
            waiting = waiting << 1 | u64::from(coefficient.unsigned_abs() >> low & 1);
            count += 1;
        } else {
            ended.flush(sink);
            sink.symbol(zeros << 4 | 1, u32::from(coefficient > 0), 1);
            zeros = 0;
            sink.bits(waiting, count);
            (waiting, count) = (0, 0);
        }
    }
    if zeros > 0 || next <= last || count > 0 {
        ended.one_more(waiting, count, sink);
    }
}

/// The codes of a run's whole sixteens; what is left of it.
fn run(mut zeros: u8, sink: &mut impl Sink) -> u8 {
    while zeros >= 16 {
        sink.symbol(ZERO_RUN, 0, 0);
        zeros -= 16;
    }
    zeros
}

/// The bits of a coefficient and their number: those of a negative one are inverted.
fn magnitude(coefficient: i16, absolute: u16) -> (u32, u8) {
    let absolute = u32::from(absolute);
    let length = bit_length(absolute);
    let bits = if coefficient < 0 { !absolute & ((1 << length) - 1) } else { absolute };
    (bits, length)
}

#[expect(clippy::cast_possible_truncation, reason = "at most 32")]
fn bit_length(number: u32) -> u8 {
    (32 - number.leading_zeros()) as u8
}

/// Blocks that have ended and are not told of yet, with the bits that follow the code which does.
#[derive(Default)]
struct Ended {
    blocks: u32,
    waiting: Vec<(u64, u8)>,
    count: usize,
}

impl Ended {
    fn one_more(&mut self, bits: u64, count: u8, sink: &mut impl Sink) {
        self.blocks += 1;
        if count > 0 {
            self.waiting.push((bits, count));
            self.count += usize::from(count);
        }
        if self.blocks == MAX_ENDED || self.count > MAX_WAITING {
            self.flush(sink);
        }
    }

    fn flush(&mut self, sink: &mut impl Sink) {
        if self.blocks == 0 {
            return;
        }
        let length = bit_length(self.blocks) - 1;
        sink.symbol(length << 4, self.blocks & ((1 << length) - 1), length);
        for (bits, count) in self.waiting.drain(..) {
            sink.bits(bits, count);
        }
        (self.blocks, self.count) = (0, 0);
    }
}
