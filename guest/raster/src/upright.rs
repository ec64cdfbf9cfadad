//! Turning pixels the way the EXIF orientation says they are seen.

use crate::Error;
use crate::image::{Channels, Image, Samples};

/// The EXIF orientation: how stored rows and columns are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// Everything that is not 1 to 8 counts as 1, as viewers do.
    pub(crate) fn new(exif: u8) -> Self {
        Self(if (1..=8).contains(&exif) { exif } else { 1 })
    }

    /// Whether width and height are exchanged.
    pub(crate) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }
}

/// The image as it is seen.
///
/// Half turns and mirrors happen in place; quarter turns take a second buffer.
pub(crate) fn upright(mut image: Image, orientation: Orientation) -> Result<Image, Error> {
    let (width, channels) = (image.width() as usize, image.channels());
    if !orientation.swaps_sides() {
        match image.samples_mut() {
            Samples::Eight(samples) => in_place(samples, width, channels, orientation),
            Samples::Sixteen(samples) => in_place(samples, width, channels, orientation),
        }
        return Ok(image);
    }
    let turned = match image.samples() {
        Samples::Eight(samples) => Samples::Eight(turn(samples, width, channels, orientation)),
        Samples::Sixteen(samples) => Samples::Sixteen(turn(samples, width, channels, orientation)),
    };
    let (width, height) = (image.height(), image.width());
    image.with_pixels(width, height, turned)
}

fn in_place<T: bytemuck::Pod>(samples: &mut [T], width: usize, channels: Channels, orientation: Orientation) {
    match channels {
        Channels::Grey => in_place_pixels(samples, width, orientation),
        Channels::GreyAlpha => in_place_pixels(bytemuck::cast_slice_mut::<T, [T; 2]>(samples), width, orientation),
        Channels::Rgb => in_place_pixels(bytemuck::cast_slice_mut::<T, [T; 3]>(samples), width, orientation),
        Channels::Rgba => in_place_pixels(bytemuck::cast_slice_mut::<T, [T; 4]>(samples), width, orientation),
    }
}

fn in_place_pixels<P: Copy>(pixels: &mut [P], width: usize, orientation: Orientation) {
    match orientation.0 {
        2 => pixels.chunks_exact_mut(width).for_each(<[P]>::reverse),
        3 => pixels.reverse(),
        4 => {
            // The last row of the first half meets the first row of the second; a row in the middle stays.
            let rows = pixels.len() / width;
            let (upper, lower) = pixels.split_at_mut(rows.div_ceil(2) * width);
            let lower_rows = lower.chunks_exact_mut(width).rev();
            upper.chunks_exact_mut(width).zip(lower_rows).for_each(|(above, below)| above.swap_with_slice(below));
        }
        _ => {}
    }
}

fn turn<T: bytemuck::Pod>(samples: &[T], width: usize, channels: Channels, orientation: Orientation) -> Vec<T> {
    let mut turned = vec![T::zeroed(); samples.len()];
    match channels {
        Channels::Grey => turn_pixels(samples, &mut turned, width, orientation),
        Channels::GreyAlpha => turn_cast::<T, [T; 2]>(samples, &mut turned, width, orientation),
        Channels::Rgb => turn_cast::<T, [T; 3]>(samples, &mut turned, width, orientation),
        Channels::Rgba => turn_cast::<T, [T; 4]>(samples, &mut turned, width, orientation),
    }
    turned
}

fn turn_cast<T: bytemuck::Pod, P: bytemuck::Pod>(
    source: &[T],
    target: &mut [T],
    width: usize,
    orientation: Orientation,
) {
    turn_pixels::<P>(bytemuck::cast_slice(source), bytemuck::cast_slice_mut(target), width, orientation);
}

/// Rows of the source become columns of the target, which is `height` pixels wide.
///
/// In square tiles: a column written alone would touch a cache line for each pixel.
fn turn_pixels<P: Copy>(source: &[P], target: &mut [P], width: usize, orientation: Orientation) {
    const TILE: usize = 32;
    let height = source.len() / width;
    let from_right = matches!(orientation.0, 6 | 7);
    let from_below = matches!(orientation.0, 7 | 8);
    for tile_top in (0..height).step_by(TILE) {
        for tile_left in (0..width).step_by(TILE) {
            for x in tile_left..(tile_left + TILE).min(width) {
                let row = if from_below { width - 1 - x } else { x };
                for y in tile_top..(tile_top + TILE).min(height) {
                    let column = if from_right { height - 1 - y } else { y };
                    target[row * height + column] = source[y * width + x];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each of the eight orientations puts the pixels of `1 2 3 / 4 5 6`, from the figures of TIFF 6.0.
    #[test]
    fn every_orientation_is_seen_upright() {
        let table: [(u8, &[u8], u32); 8] = [
            (1, &[1, 2, 3, 4, 5, 6], 3),
            (2, &[3, 2, 1, 6, 5, 4], 3),
            (3, &[6, 5, 4, 3, 2, 1], 3),
            (4, &[4, 5, 6, 1, 2, 3], 3),
            (5, &[1, 4, 2, 5, 3, 6], 2),
            (6, &[4, 1, 5, 2, 6, 3], 2),
            (7, &[6, 3, 5, 2, 4, 1], 2),
            (8, &[3, 6, 2, 5, 1, 4], 2),
        ];
        for (orientation, expected, width) in table {
            for channels in [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba] {
                let pixels = |grey: &[u8]| -> Vec<u8> {
                    grey.iter().flat_map(|&g| (0..4).take(channels.count()).map(move |c| g * 10 + c)).collect()
                };
                let stored = Samples::Eight(pixels(&[1, 2, 3, 4, 5, 6]));
                let image = Image::new(3, 2, channels, stored).unwrap();
                let seen = upright(image, Orientation::new(orientation)).unwrap();
                assert_eq!((seen.width(), seen.height()), (width, 6 / width), "orientation {orientation}");
                assert_eq!(
                    seen.samples(),
                    &Samples::Eight(pixels(expected)),
                    "orientation {orientation}, {channels:?}"
                );
            }
        }
    }

    #[test]
    fn tiles_meet_without_a_seam() {
        let (width, height) = (67, 45);
        let stored: Vec<u16> = (0..67 * 45).collect();
        let image = Image::new(67, 45, Channels::Grey, Samples::Sixteen(stored.clone())).unwrap();
        let seen = upright(image, Orientation::new(6)).unwrap();
        let Samples::Sixteen(seen) = seen.samples() else { panic!("16 bits stay 16 bits") };
        for (at, &sample) in seen.iter().enumerate() {
            let (x, y) = (at % height, at / height);
            assert_eq!(sample, stored[(height - 1 - x) * width + y], "column {x}, row {y}");
        }
    }
}
