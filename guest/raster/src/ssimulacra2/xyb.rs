//! XYB: colours as the cones of an eye take them up (JPEG XL, ISO/IEC 18181-1), shifted so that none is negative.

use wide::{f32x8, i32x8};

use super::rows::{Three, chunks, chunks_mut, load};

/// How much light the three kinds of cones absorb of red, green and blue.
const ABSORBED: [[f32; 3]; 3] =
    [[0.30, 0.622, 0.078], [0.23, 0.692, 0.078], [0.243_422_69, 0.204_767_45, 0.551_809_86]];

/// Added to what is absorbed, so that darkness is not steep, and its cube root.
const BIAS: f32 = 0.003_793_073_4;
const BIAS_ROOT: f32 = 0.155_954_2;

/// Converts a row.
pub(super) fn convert(light: &Three, with_blue: bool, out: &mut Three) {
    let [red, green, blue] = light.each_ref().map(|row| chunks(row));
    let [x, y, b] = out.each_mut().map(|row| chunks_mut(row));
    let light = red.iter().zip(green).zip(blue);
    for (((red, green), blue), ((x, y), b)) in light.zip(x.iter_mut().zip(y).zip(b)) {
        let (red, green, blue) = (load(red), load(green), load(blue));
        let signal = |[r, g, b]: [f32; 3]| cube_root(red * r + green * g + blue * b + BIAS) - BIAS_ROOT;
        let (long, medium) = (signal(ABSORBED[0]), signal(ABSORBED[1]));
        let brightness = (long + medium) * 0.5;
        *x = ((long - medium) * 7.0 + 0.42).to_array();
        *y = (brightness + 0.01).to_array();
        if with_blue {
            *b = (signal(ABSORBED[2]) - brightness + 0.55).to_array();
        }
    }
}

/// Of numbers from [`BIAS`] to a little more than 1.
fn cube_root(number: f32x8) -> f32x8 {
    // A third of the exponent, which is in the highest bits, is within a few percent.
    let bits: i32x8 = bytemuck::cast(number);
    let mut root: f32x8 = bytemuck::cast((f32x8::from_i32x8(bits) * (1.0 / 3.0) + 709_921_077.0).fast_round_int());
    // Halley's method triples the digits each time.
    for _ in 0..2 {
        let cube = root * root * root;
        root *= (cube + number + number) / (cube + cube + number);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cube_roots_are_exact_to_six_digits() {
        for step in 0..=1_000_u16 {
            let number = BIAS + f32::from(step) / 999.0;
            let [root, ..] = cube_root(f32x8::splat(number)).to_array();
            assert!((root / number.cbrt() - 1.0).abs() < 1e-6, "{root} for {number}");
        }
    }
}
