//! One scale of the original, and what a copy differs from it there.

use wide::f32x8;

use super::blur::{AHEAD, Margined, Window};
use super::linear::Linear;
use super::rows::{LANES, Three, chunks, chunks_mut, load, mask, padded, three};
use super::weights::Errors;
use super::xyb;

/// Keeps the structure of flat places, which is noise, from counting.
const FLAT: f32 = 0.0009;

/// The channels of the original that matter on a scale.
pub(super) struct Scale {
    channels: Vec<Channel>,
}

/// A channel of the original: planes in padded rows.
struct Channel {
    /// 0 for X, 1 for Y, 2 for B.
    number: usize,
    values: Vec<f32>,
    means: Vec<f32>,
    variances: Vec<f32>,
}

impl Scale {
    pub(super) fn new(linear: &Linear, matters: impl Fn(usize) -> bool) -> Self {
        let (width, height) = linear.size();
        let plane = || Vec::with_capacity(padded(width) * height);
        let channels = (0..3).filter(|&number| matters(number));
        let channels = channels.map(|number| Channel { number, values: plane(), means: plane(), variances: plane() });
        let mut channels: Vec<Channel> = channels.collect();
        let mut windows: Vec<_> = channels.iter().map(|_| (Window::new(width), Window::new(width))).collect();
        let mut colours = Colours::new(width);
        let mut products = Margined::new(width);
        for y in 0..height + AHEAD {
            let is_there = y < height;
            if is_there {
                colours.read(linear, y, channels.iter().any(|channel| channel.number == 2));
            }
            for (channel, (means, squares)) in channels.iter_mut().zip(&mut windows) {
                if is_there {
                    let row = colours.row(channel.number);
                    channel.values.extend_from_slice(row);
                    multiply(row, row, products.row_mut());
                }
                means.push(y, is_there.then(|| colours.margined(channel.number)));
                squares.push(y, is_there.then_some(&products));
                let Some(centre) = y.checked_sub(AHEAD) else { continue };
                let (means, squares) = (means.around(centre), squares.around(centre));
                for at in 0..padded(width) / LANES {
                    let mean = means.blurred(at);
                    channel.means.extend_from_slice(mean.as_array());
                    channel.variances.extend_from_slice((squares.blurred(at) - mean * mean).as_array());
                }
            }
        }
        Self { channels }
    }

    /// The errors of a copy, with the numbers of their channels.
    pub(super) fn compare(&self, linear: &Linear) -> Vec<(usize, Errors)> {
        let (width, height) = linear.size();
        let mask = mask(width);
        let mut copies: Vec<Copied> = self.channels.iter().map(|_| Copied::new(width)).collect();
        let mut colours = Colours::new(width);
        let mut products = Margined::new(width);
        for y in 0..height + AHEAD {
            let is_there = y < height;
            if is_there {
                colours.read(linear, y, self.channels.iter().any(|channel| channel.number == 2));
            }
            for (channel, copied) in self.channels.iter().zip(&mut copies) {
                copied.means.push(y, is_there.then(|| colours.margined(channel.number)));
                if is_there {
                    let row = colours.row(channel.number);
                    copied.values[y % (AHEAD + 1)].copy_from_slice(row);
                    multiply(row, row, products.row_mut());
                }
                copied.squares.push(y, is_there.then_some(&products));
                if is_there {
                    multiply(colours.row(channel.number), channel.row(&channel.values, y, width), products.row_mut());
                }
                copied.products.push(y, is_there.then_some(&products));
                if let Some(centre) = y.checked_sub(AHEAD) {
                    copied.errors.add(&channel.compare(copied, centre, &mask));
                }
            }
        }
        let pixels = (width * height) as f64;
        let errors = copies.into_iter().map(|copied| copied.errors.norms(pixels));
        self.channels.iter().map(|channel| channel.number).zip(errors).collect()
    }
}

/// A row of a picture in XYB.
struct Colours {
    width: usize,
    light: Three,
    xyb: Three,
    margined: [Margined; 3],
}

impl Colours {
    fn new(width: usize) -> Self {
        let margined = [(); 3].map(|()| Margined::new(width));
        Self { width, light: three(width), xyb: three(width), margined }
    }

    fn read(&mut self, linear: &Linear, y: usize, with_blue: bool) {
        linear.row(y, &mut self.light);
        xyb::convert(&self.light, with_blue, &mut self.xyb);
        for (row, margined) in self.xyb.iter_mut().zip(&mut self.margined) {
            row[self.width..].fill(0.0);
            margined.row_mut().copy_from_slice(row);
        }
    }

    fn row(&self, channel: usize) -> &[f32] {
        &self.xyb[channel]
    }

    fn margined(&self, channel: usize) -> &Margined {
        &self.margined[channel]
    }
}

/// What of a channel of the copy is at hand: its last rows.
struct Copied {
    values: [Vec<f32>; AHEAD + 1],
    means: Window,
    squares: Window,
    /// Of the copy's values with the original's.
    products: Window,
    errors: Errors,
}

impl Copied {
    fn new(width: usize) -> Self {
        let window = || Window::new(width);
        let values = [(); AHEAD + 1].map(|()| vec![0.0; padded(width)]);
        Self { values, means: window(), squares: window(), products: window(), errors: Errors::default() }
    }
}

impl Channel {
    fn row<'a>(&self, plane: &'a [f32], y: usize, width: usize) -> &'a [f32] {
        &plane[y * padded(width)..][..padded(width)]
    }

    /// The errors of a row, as sums of them and of their fourth powers.
    fn compare(&self, copied: &Copied, y: usize, mask: &[f32]) -> Errors {
        let [values, means, variances] =
            [&self.values, &self.means, &self.variances].map(|plane| chunks(self.row(plane, y, mask.len())));
        let copies = chunks(&copied.values[y % (AHEAD + 1)]);
        let (copied_means, squares, products) =
            (copied.means.around(y), copied.squares.around(y), copied.products.around(y));
        let zero = f32x8::splat(0.0);
        let mut sums = [zero; 6];
        let originals = values.iter().zip(means).zip(variances);
        for (at, (((value, mean), variance), (copy, mask))) in
            originals.zip(copies.iter().zip(chunks(mask))).enumerate()
        {
            let (value, mean, variance, copy, mask) = (load(value), load(mean), load(variance), load(copy), load(mask));
            let copied_mean = copied_means.blurred(at);
            let copied_variance = squares.blurred(at) - copied_mean * copied_mean;
            let covariance = products.blurred(at) - mean * copied_mean;
            let shift = mean - copied_mean;
            let alike = (1.0 - shift * shift) * (covariance + covariance + FLAT) / (variance + copied_variance + FLAT);
            let structure = (1.0 - alike).fast_max(zero) * mask;
            // How much sharper the copy is than the original: more is an artifact, less is lost detail.
            let sharper = ((1.0 + (copy - copied_mean).abs()) / (1.0 + (value - mean).abs()) - 1.0) * mask;
            let errors = [structure, sharper.fast_max(zero), (-sharper).fast_max(zero)];
            for (sums, error) in sums.as_chunks_mut::<2>().0.iter_mut().zip(errors) {
                let square = error * error;
                sums[0] += error;
                sums[1] += square * square;
            }
        }
        Errors(sums.map(|sum| f64::from(sum.reduce_add())))
    }
}

fn multiply(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((a, b), out) in chunks(a).iter().zip(chunks(b)).zip(chunks_mut(out)) {
        *out = (load(a) * load(b)).to_array();
    }
}
