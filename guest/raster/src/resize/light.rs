//! Resampling of light: what is blended is what a screen shows, so fine bright details stay as bright as they were seen.
//!
//! The curve is that of sRGB, to which those of other profiles are close. Light has 16 bits: enough for samples of 8, and of 16 it keeps 12
//! where they are darkest.

use std::ops::Range;

use fast_image_resize::ResizeOptions;

use super::resample::{Size, sixteen};
use crate::image::{Channels, Samples, in_eight_bits};
use crate::{Error, limits, srgb};

/// Bytes of the light of as many rows as are made narrower at once.
const BAND_BYTES: usize = 4 << 20;

/// Makes samples smaller as light: across first, a band of rows at a time, then down. So all of a large source is never there as light.
///
/// Of each direction, the part that is shown: where it begins, and how long it is.
pub(super) fn resample(
    samples: &Samples,
    channels: Channels,
    (from, to): (Size, Size),
    [(left, across), (top, down)]: [(f64, f64); 2],
    options: ResizeOptions,
) -> Result<Samples, Error> {
    let row = from.width as usize * channels.count();
    let narrow_row = to.width as usize * channels.count();
    let rows_at_once = (BAND_BYTES / 2 / row).max(1);
    let narrow_len = narrow_row as u64 * u64::from(from.height);
    limits::check_working("resizing as light", 2 * narrow_len + BAND_BYTES as u64)?;

    let table = light_of(samples);
    let mut narrow = vec![0; narrow_row * from.height as usize];
    let mut band = Vec::new();
    for (number, narrow) in narrow.chunks_mut(narrow_row * rows_at_once).enumerate() {
        let start = number * rows_at_once;
        let height = narrow.len() / narrow_row;
        light(samples, start * row..(start + height) * row, channels, &table, &mut band);
        #[expect(clippy::cast_possible_truncation, reason = "at most the source's height")]
        let height = height as u32;
        let options = options.crop(left, 0.0, across, height.into());
        sixteen(channels, (&band, Size { height, ..from }), (narrow, Size { height, ..to }), &options)?;
    }
    drop(band);
    let mut small = vec![0; narrow_row * to.height as usize];
    let options = options.crop(0.0, top, to.width.into(), down);
    sixteen(channels, (&narrow, Size { width: to.width, ..from }), (&mut small, to), &options)?;
    drop(narrow);
    Ok(stored_like(samples, &small, channels))
}

/// Some of the samples, as light. Opacity stays what it is: it is in proportion to the light that is let through.
fn light(samples: &Samples, range: Range<usize>, channels: Channels, table: &[u16], out: &mut Vec<u16>) {
    match samples {
        Samples::Eight(samples) => {
            let opacity = |sample| 257 * u16::from(sample);
            converted(&samples[range], channels, |sample| table[usize::from(sample)], opacity, out);
        }
        Samples::Sixteen(samples) => {
            converted(&samples[range], channels, |sample| table[usize::from(sample)], |sample| sample, out);
        }
    }
}

/// Light as samples of the depth that others have.
fn stored_like(samples: &Samples, light: &[u16], channels: Channels) -> Samples {
    match samples {
        Samples::Eight(_) => {
            let table: Vec<u8> =
                samples_of(u8::MAX.into()).into_iter().map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
            let mut samples = Vec::new();
            converted(light, channels, |light| table[usize::from(light)], in_eight_bits, &mut samples);
            Samples::Eight(samples)
        }
        Samples::Sixteen(_) => {
            let table = samples_of(u16::MAX);
            let mut samples = Vec::new();
            converted(light, channels, |light| table[usize::from(light)], |opacity| opacity, &mut samples);
            Samples::Sixteen(samples)
        }
    }
}

fn converted<T: Copy, U: Copy>(
    samples: &[T],
    channels: Channels,
    colour: impl Fn(T) -> U,
    opacity: impl Fn(T) -> U,
    out: &mut Vec<U>,
) {
    out.clear();
    out.extend(samples.iter().map(|&sample| colour(sample)));
    if channels.has_alpha() {
        let count = channels.count();
        for (out, &sample) in out.iter_mut().zip(samples).skip(count - 1).step_by(count) {
            *out = opacity(sample);
        }
    }
}

/// The light of each sample that there may be.
fn light_of(samples: &Samples) -> Vec<u16> {
    let most = match samples {
        Samples::Eight(_) => u8::MAX.into(),
        Samples::Sixteen(_) => u16::MAX,
    };
    (0..=most).map(|sample| light_at(f32::from(sample), most)).collect()
}

/// The sample, from 0 to `most`, that is nearest to each light.
fn samples_of(most: u16) -> Vec<u16> {
    let mut table = Vec::with_capacity(1 << 16);
    for sample in 0..most {
        table.resize(usize::from(light_at(f32::from(sample) + 0.5, most)), sample);
    }
    table.resize(1 << 16, most);
    table
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65535")]
fn light_at(sample: f32, most: u16) -> u16 {
    (srgb::light(sample / f32::from(most)) * 65_535.0).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bits_come_back_as_they_were() {
        let samples = Samples::Eight((0..=255).collect());
        let light_table = light_of(&samples);
        let mut light_samples = Vec::new();
        light(&samples, 0..256, Channels::Grey, &light_table, &mut light_samples);
        assert_eq!(stored_like(&samples, &light_samples, Channels::Grey), samples);
        // Half of the light is not half of the value.
        assert_eq!(samples_of(255)[32_768], 188);
    }

    #[test]
    fn sixteen_bits_keep_twelve_where_they_are_darkest() {
        let samples = Samples::Sixteen((0..=u16::MAX).collect());
        let mut light_samples = Vec::new();
        light(&samples, 0..65_536, Channels::Grey, &light_of(&samples), &mut light_samples);
        let Samples::Sixteen(back) = stored_like(&samples, &light_samples, Channels::Grey) else {
            panic!("other samples")
        };
        let off = |range: Range<usize>| range.map(|at| back[at].abs_diff(u16::try_from(at).unwrap())).max().unwrap();
        // Of 65536 shades, the darkest have 13 to a step of light.
        assert!(off(0..65_536) <= 13, "{}", off(0..65_536));
        assert!(off(32_768..65_536) <= 1, "{}", off(32_768..65_536));
    }

    #[test]
    fn opacity_is_no_colour() {
        let samples = Samples::Eight(vec![188, 188, 10, 10]);
        let mut light_samples = Vec::new();
        light(&samples, 0..4, Channels::GreyAlpha, &light_of(&samples), &mut light_samples);
        assert_eq!(light_samples[1], 188 * 257);
        assert_eq!(stored_like(&samples, &light_samples, Channels::GreyAlpha), samples);
    }
}
