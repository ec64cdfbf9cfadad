//! The space in which colours are compared.

use crate::palette::Rgba;

/// A colour as it is seen: red, green and blue times opacity, and opacity, each weighted.
///
/// So a hidden colour counts for nothing, a translucent one for less, and the mean of points is what is seen from afar.
pub(crate) type Point = [f32; 4];

/// What a channel counts: green the most, as the eye has it. Of several weights these gave the highest SSIMULACRA2.
const WEIGHTS: Point = [0.7, 1.0, 0.5, 1.0];

/// The point of a colour.
pub(crate) fn point([r, g, b, alpha]: Rgba) -> Point {
    mean_point([r, g, b, alpha].map(f32::from))
}

/// The point of a colour between colours, on the scale of 0 to 255.
pub(crate) fn mean_point([r, g, b, alpha]: [f32; 4]) -> Point {
    let seen = alpha / 255.0;
    [r * seen * WEIGHTS[0], g * seen * WEIGHTS[1], b * seen * WEIGHTS[2], alpha * WEIGHTS[3]]
}

/// The colour nearest to a point.
pub(crate) fn colour(point: &Point) -> Rgba {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let sample = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    let alpha = sample(point[3] / WEIGHTS[3]);
    if alpha == 0 {
        return [0; 4];
    }
    let seen = point[3] / WEIGHTS[3] / 255.0;
    let channel = |at: usize| sample(point[at] / WEIGHTS[at] / seen);
    [channel(0), channel(1), channel(2), alpha]
}

/// The square of how far two points are apart. In this order on every machine, so that the same colour is the nearest.
pub(crate) fn distance(one: &Point, other: &Point) -> f32 {
    let [r, g, b, alpha]: Point = std::array::from_fn(|at| one[at] - other[at]);
    (r * r + g * g) + (b * b + alpha * alpha)
}

/// The peak signal-to-noise ratio in dB of a mean squared distance of opaque pixels.
pub(crate) fn psnr(distance: f64) -> f64 {
    let peak: f64 = WEIGHTS[..3].iter().map(|&weight| f64::from(255.0 * weight).powi(2)).sum();
    10.0 * (peak / distance).log10()
}
