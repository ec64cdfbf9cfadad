//! Valid files that something was done to.

use std::collections::BTreeMap;

use super::{Case, Seed, mend_checksums};
use crate::images::Numbers;

/// Between the lengths to which the other files are cut.
const CUTS: usize = 16;

/// Bytes at the beginning of a file in which each place is set to each of the extreme numbers.
const HEADER: usize = 96;

pub(super) fn all(seeds: &[Seed]) -> Vec<Case> {
    let mut cases = cut(seeds);
    let mut numbers = Numbers::from_seed(3);
    for seed in seeds.iter().filter(|seed| seed.extension() != "png" || seed.file.len() < 1000) {
        cases.extend(fields(seed));
        for round in 0..48 {
            cases.push(flipped(seed, round, &mut numbers));
        }
    }
    for round in 0..1500 {
        let [from, into] = [(); 2].map(|()| &seeds[numbers.below(seeds.len())]);
        cases.push(spliced(from, into, round, &mut numbers));
    }
    cases
}

/// The smallest file of each extension at every length, the others at some.
fn cut(seeds: &[Seed]) -> Vec<Case> {
    let mut smallest: BTreeMap<&str, &Seed> = BTreeMap::new();
    for seed in seeds.iter().filter(|seed| seed.file.len() >= 256) {
        let known = smallest.entry(seed.extension()).or_insert(seed);
        if seed.file.len() < known.file.len() {
            *known = seed;
        }
    }
    let mut cases = Vec::new();
    for seed in seeds {
        let step = if smallest.get(seed.extension()).is_some_and(|one| one.name == seed.name) { 1 } else { CUTS };
        for length in (0..seed.file.len()).step_by(step) {
            cases.push(Case::new("cut", format!("{length} bytes of {}", seed.name), seed.file[..length].to_vec()));
        }
    }
    cases
}

/// Every second place of the header as a number of two or of four bytes, in both byte orders.
fn fields(seed: &Seed) -> Vec<Case> {
    let numbers: [&[u8]; 6] = [&[0; 4], &[0, 1], &[1, 0], &[0xff; 2], &[0x80, 0, 0, 0], &[0, 0, 0, 0x80]];
    let mut cases = Vec::new();
    for at in (4..HEADER.min(seed.file.len().saturating_sub(4))).step_by(2) {
        for number in numbers {
            let mut file = seed.file.clone();
            file[at..at + number.len()].copy_from_slice(number);
            finish(seed, &mut file);
            cases.push(Case::new("field", format!("{number:02x?} at {at} of {}", seed.name), file));
        }
    }
    cases
}

fn flipped(seed: &Seed, round: usize, numbers: &mut Numbers) -> Case {
    let mut file = seed.file.clone();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(file.len());
        file[at] ^= 1 << numbers.below(8);
    }
    finish(seed, &mut file);
    Case::new("bits", format!("{}, round {round}", seed.name), file)
}

/// A piece of one file in the place of a piece of another.
fn spliced(from: &Seed, into: &Seed, round: usize, numbers: &mut Numbers) -> Case {
    let start = numbers.below(from.file.len());
    let end = from.file.len().min(start + 1 + numbers.below(64));
    let at = numbers.below(into.file.len());
    let replaced = numbers.below(64).min(into.file.len() - at);
    let mut file = into.file.clone();
    file.splice(at..at + replaced, from.file[start..end].iter().copied());
    finish(into, &mut file);
    Case::new("splice", format!("{} in {}, round {round}", from.name, into.name), file)
}

/// Behind a false checksum nothing is looked at.
fn finish(seed: &Seed, file: &mut [u8]) {
    if seed.extension() == "png" {
        mend_checksums(file);
    }
}
