//! Trellis quantisation: of all ways to round a block's coefficients, the one whose bits and errors together cost least.
//!
//! mozjpeg's (`quantize_trellis` in jcdctmgr.c), as `mozjpeg-rs` has it, and bit for bit the same. Here what is the same for all blocks
//! is computed once, only coefficients that do not round to zero are looked at, and a block without any costs eight comparisons.

use mozjpeg_rs::consts::{JPEG_NATURAL_ORDER, QuantTableIdx};
use mozjpeg_rs::huffman::DerivedTable;
use mozjpeg_rs::{TrellisConfig, quant};

use crate::block::{Block, Places, beyond, members};

/// The most that a coefficient of 8-bit samples can be: 10 bits.
const MAX_COEFFICIENT: i32 = 1023;

/// The most bits of a coefficient.
const MAX_BITS: usize = 10;

/// In loops over whole blocks, as many coefficients are done without looking whether that was all, and whether time is up, which the
/// sandbox looks at in each turn of a loop.
const UNROLLED: usize = 16;

/// Quantises the blocks of a component.
pub(crate) struct Quantiser {
    /// The quantisation table, in zigzag order.
    pub(crate) table: [u16; 64],
    /// A coefficient is scaled by 8, so its step is as well.
    steps: [i32; 64],
    /// Coefficients beyond do not round to zero. In natural order, and in zigzag order.
    natural_limits: [i16; 64],
    limits: Block,
    /// What the square of an error weighs.
    weights: [f32; 64],
    /// The bits of a coefficient of so many bits after so many zeros, with the codes of the zeros.
    rates: Box<[[f32; MAX_BITS + 1]; 64]>,
    /// The bits of the code that ends a block.
    end_rate: f32,
    lambda_scales: (f32, f32),
    config: TrellisConfig,
}

/// What a coefficient is rounded to at best, and what all costs up to it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Choice {
    value: i16,
    cost: f32,
    /// The place of the one before.
    previous: usize,
}

/// For each place of a block.
pub(crate) type Choices = [Choice; 64];

impl Quantiser {
    /// Of the quality from 1 to 100; rates are those of the standard's Huffman table for the component's AC coefficients.
    pub(crate) fn new(quality: u8, chroma: bool, codes: &DerivedTable) -> Self {
        let (luma_table, chroma_table) = quant::create_quant_tables(quality, QuantTableIdx::ImageMagick, false);
        let natural = if chroma { chroma_table.values } else { luma_table.values };
        let table = JPEG_NATURAL_ORDER.map(|place| natural[place]);
        let steps = table.map(|q| 8 * i32::from(q));
        let size = |symbol: usize| f32::from(codes.ehufsi[symbol]);
        let mut rates = Box::new([[0.0; MAX_BITS + 1]; 64]);
        for (run, rates) in rates.iter_mut().enumerate() {
            for (bits, rate) in (0_u8..).zip(rates).skip(1) {
                // A whole number: exact.
                *rate = size((run % 16) << 4 | usize::from(bits)) + f32::from(bits) + (run / 16) as f32 * size(0xF0);
            }
        }
        let config = TrellisConfig::default();
        Self {
            table,
            steps,
            natural_limits: natural.map(|q| limit(8 * i32::from(q))),
            limits: steps.map(limit),
            weights: table.map(|q| 1.0 / (f32::from(q) * f32::from(q))),
            rates,
            end_rate: size(0),
            lambda_scales: (2_f32.powf(config.lambda_log_scale1), 2_f32.powf(config.lambda_log_scale2)),
            config,
        }
    }

    /// Quantises a block's coefficients, which are scaled by 8 and in natural order.
    ///
    /// The choices are room to work in, whatever is in it: to clear it for each block would take a twentieth of an encoder's time.
    pub(crate) fn quantise(&self, natural: &[i16; 64], choices: &mut Choices) -> Block {
        let mut block = [0; 64];
        block[0] = signed(self.nearest(0, natural[0]), natural[0]);
        if beyond(natural, &self.natural_limits) & !1 != 0 {
            let coefficients = JPEG_NATURAL_ORDER.map(|place| natural[place]);
            let candidates = beyond(&coefficients, &self.limits) & !1;
            self.search(natural, &coefficients, candidates, choices, &mut block);
        }
        block
    }

    /// The multiple of the step that is nearest, without a sign.
    fn nearest(&self, place: usize, coefficient: i16) -> i32 {
        let step = self.steps[place];
        ((i32::from(coefficient).abs() + step / 2) / step).min(MAX_COEFFICIENT)
    }

    /// The dynamic programme: the best choice for each place follows from those for the places before it.
    fn search(
        &self,
        natural: &[i16; 64],
        coefficients: &Block,
        candidates: Places,
        choices: &mut Choices,
        block: &mut Block,
    ) {
        let lambda = self.lambda(natural);
        // What it costs to zero each coefficient; then, what it costs to zero all up to it.
        let mut zeroed: [f32; 64] =
            std::array::from_fn(|place| square(coefficients[place]) * lambda * self.weights[place]);
        zeroed[0] = 0.0;
        let mut total = 0.0;
        for costs in zeroed.as_chunks_mut::<UNROLLED>().0 {
            for cost in costs {
                total += *cost;
                *cost = total;
            }
        }

        // A count of at most 63.
        let (lookback, most_values) = self.config.speed_mode.get_limits(candidates.count_ones() as i32);
        // Before the first candidate nothing costs anything. Of the others, those are read that have been written before.
        choices[0] = Choice::default();
        let (mut best, mut last) = (total + self.end_rate, 0);
        for place in members(candidates).map(usize::from) {
            let choice =
                self.choose(place, coefficients[place], lambda, &zeroed, candidates, (lookback, most_values), choices);
            choices[place] = choice;
            let mut cost = choice.cost + (total - zeroed[place]);
            if place < 63 {
                cost += self.end_rate;
            }
            if cost < best {
                (best, last) = (cost, place);
            }
        }
        while last != 0 {
            block[last] = choices[last].value;
            last = choices[last].previous;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of the one loop that calls it")]
    fn choose(
        &self,
        place: usize,
        coefficient: i16,
        lambda: f32,
        zeroed: &[f32; 64],
        candidates: Places,
        (lookback, most_values): (usize, usize),
        choices: &Choices,
    ) -> Choice {
        let (step, x) = (self.steps[place], i32::from(coefficient).abs());
        let nearest = self.nearest(place, coefficient);
        let values = (32 - nearest.leading_zeros() as usize).min(most_values);
        // 1, 3, 7, …: the largest values of so many bits; and the nearest one.
        let value = |bits: usize| if bits < values { (1 << bits) - 1 } else { nearest };
        let mut errors = [0.0; MAX_BITS + 1];
        for (bits, error) in errors.iter_mut().enumerate().take(values + 1).skip(1) {
            let difference = (value(bits) * step - x) as f32;
            *error = difference * difference * lambda * self.weights[place];
        }
        let mut choice = Choice { value: 0, cost: f32::MAX, previous: place - 1 };
        let mut bits_chosen = 0;
        let earlier = (candidates | 1) & ((1 << place) - 1) & (u64::MAX << place.saturating_sub(lookback));
        for previous in members(earlier).map(usize::from) {
            let rates = &self.rates[place - 1 - previous];
            let between = zeroed[place - 1] - zeroed[previous];
            for bits in 1..=values.min(MAX_BITS) {
                let cost = rates[bits] + errors[bits] + between + choices[previous].cost;
                if cost < choice.cost {
                    bits_chosen = bits;
                    choice.cost = cost;
                    choice.previous = previous;
                }
            }
        }
        choice.value = signed(value(bits_chosen), coefficient);
        choice
    }

    /// How much errors count against bits: more where a block is smooth.
    fn lambda(&self, natural: &[i16; 64]) -> f32 {
        let mut squares = natural.map(square);
        squares[0] = 0.0;
        // One by one: what a sum of floating-point numbers is depends on their order.
        let mut sum = 0.0;
        for squares in squares.as_chunks::<UNROLLED>().0 {
            squares.iter().for_each(|square| sum += square);
        }
        let norm = sum / 63.0;
        self.lambda_scales.0 / (self.lambda_scales.1 + norm)
    }
}

/// The largest coefficient that rounds to zero: for which coefficient + step / 2 < step.
fn limit(step: i32) -> i16 {
    i16::try_from(step - step / 2 - 1).unwrap_or(i16::MAX)
}

fn square(coefficient: i16) -> f32 {
    let coefficient = f32::from(coefficient);
    coefficient * coefficient
}

/// A value of at most 10 bits with a coefficient's sign.
#[expect(clippy::cast_possible_truncation, reason = "10 bits")]
fn signed(value: i32, coefficient: i16) -> i16 {
    value as i16 * coefficient.signum()
}

#[cfg(test)]
mod tests {
    use mozjpeg_rs::consts::{AC_LUMINANCE_BITS, AC_LUMINANCE_VALUES};
    use mozjpeg_rs::trellis::trellis_quantize_block;

    use super::*;
    use crate::huffman::standard_codes;

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    fn every_block_is_quantised_as_mozjpeg_does() {
        let codes = standard_codes(&AC_LUMINANCE_BITS, &AC_LUMINANCE_VALUES).unwrap();
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as i32
        };
        let mut choices = [Choice::default(); 64];
        for quality in [1, 30, 80, 95, 100] {
            let quantiser = Quantiser::new(quality, false, &codes);
            let (table, _) = quant::create_quant_tables(quality, QuantTableIdx::ImageMagick, false);
            for round in 0..2000 {
                // From smooth to noise, as high as coefficients of 8-bit samples can be.
                let reach = [40, 400, 3000, 16_000][round % 4];
                let natural: [i16; 64] = std::array::from_fn(|at| {
                    let falling = reach / (1 + at as i32 / 4 * (round as i32 % 3));
                    (random() % (2 * falling + 1) - falling) as i16
                });
                let mut expected = [0; 64];
                trellis_quantize_block(
                    &natural.map(i32::from),
                    &mut expected,
                    &table.values,
                    &codes,
                    &TrellisConfig::default(),
                );
                let expected = JPEG_NATURAL_ORDER.map(|place| expected[place]);
                assert_eq!(
                    quantiser.quantise(&natural, &mut choices),
                    expected,
                    "quality {quality}, round {round}: {natural:?}"
                );
            }
        }
    }
}
