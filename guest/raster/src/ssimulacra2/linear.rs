//! Pictures as light: red, green and blue in proportion to it, from 0 to 1.

use super::rows::{Three, padded, three};
use crate::image::{Image, Samples};
use crate::srgb;

/// No scale is made of one that has a shorter side. Smaller pictures are filled up to it with their edges.
const MIN_SIDE: usize = 8;

/// How many scales are looked at, at most.
const SCALES: usize = 6;

/// Width and height of each scale.
pub(super) fn sizes(image: &Image) -> Vec<(usize, usize)> {
    let mut size = sides(image);
    let mut sizes = vec![size];
    while sizes.len() < SCALES && size.0 >= MIN_SIDE && size.1 >= MIN_SIDE {
        size = (size.0.div_ceil(2), size.1.div_ceil(2));
        sizes.push(size);
    }
    sizes
}

fn sides(image: &Image) -> (usize, usize) {
    ((image.width() as usize).max(MIN_SIDE), (image.height() as usize).max(MIN_SIDE))
}

/// The light of each sample of 16 bits.
pub(super) struct Table(Vec<f32>);

impl Table {
    pub(super) fn new() -> Self {
        Self((0..=u16::MAX).map(|sample| srgb::light(f32::from(sample) / 65_535.0)).collect())
    }

    fn light(&self, sample: u16) -> f32 {
        self.0[usize::from(sample)]
    }
}

/// Light, row by row.
pub(super) enum Linear<'a> {
    Picture(Picture<'a>),
    Planes(Planes),
}

/// A picture at its full size, of which a row is computed when it is looked at.
pub(super) struct Picture<'a> {
    image: &'a Image,
    table: &'a Table,
    /// What shines through, as a sample of 16 bits.
    background: u32,
}

/// A picture at a smaller scale. Rows are not filled up.
pub(super) struct Planes {
    width: usize,
    height: usize,
    planes: [Vec<f32>; 3],
}

impl Linear<'_> {
    pub(super) fn size(&self) -> (usize, usize) {
        match self {
            Self::Picture(picture) => sides(picture.image),
            Self::Planes(planes) => (planes.width, planes.height),
        }
    }

    pub(super) fn row(&self, y: usize, out: &mut Three) {
        match self {
            Self::Picture(picture) => picture.row(y, out),
            Self::Planes(Planes { width, planes, .. }) => {
                for (out, plane) in out.iter_mut().zip(planes) {
                    out[..*width].copy_from_slice(&plane[y * width..][..*width]);
                }
            }
        }
    }

    /// At half of the size: means of 2 × 2 pixels, of which those at an odd edge count twice.
    pub(super) fn halved(&self) -> Planes {
        let (width, height) = self.size();
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let mut planes = [(); 3].map(|()| Vec::with_capacity(half_width * half_height));
        let (mut upper, mut lower) = (three(width), three(width));
        for y in 0..half_height {
            self.row(2 * y, &mut upper);
            self.row((2 * y + 1).min(height - 1), &mut lower);
            for ((plane, upper), lower) in planes.iter_mut().zip(&upper).zip(&lower) {
                let ((upper, upper_rest), (lower, lower_rest)) =
                    (upper[..width].as_chunks::<2>(), lower[..width].as_chunks::<2>());
                plane.extend(upper.iter().zip(lower).map(|([a, b], [c, d])| (a + b + c + d) * 0.25));
                plane.extend(upper_rest.iter().zip(lower_rest).map(|(a, c)| (a + c) * 0.5));
            }
        }
        Planes { width: half_width, height: half_height, planes }
    }
}

impl<'a> Picture<'a> {
    /// A picture before a grey of 0 to 1, in sRGB.
    pub(super) fn new(image: &'a Image, table: &'a Table, background: f32) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65535")]
        let background = (background * 65_535.0).round() as u32;
        Self { image, table, background }
    }

    fn row(&self, y: usize, out: &mut Three) {
        let (width, count) = (self.image.width() as usize, self.image.channels().count());
        let start = y.min(self.image.height() as usize - 1) * width * count;
        match self.image.samples() {
            Samples::Eight(samples) => {
                self.samples(&samples[start..][..width * count], |sample| 257 * u16::from(sample), out)
            }
            Samples::Sixteen(samples) => self.samples(&samples[start..][..width * count], |sample| sample, out),
        }
        for row in out {
            debug_assert!(row.len() >= padded(width));
            let last = row[width - 1];
            row.iter_mut().take(MIN_SIDE).skip(width).for_each(|sample| *sample = last);
        }
    }

    fn samples<T: Copy>(&self, samples: &[T], wide: impl Fn(T) -> u16, out: &mut Three) {
        let [r, g, b] = out;
        let out = r.iter_mut().zip(g).zip(b);
        let light = |sample| self.table.light(wide(sample));
        let over = |sample, opacity| self.table.light(self.over(wide(sample), wide(opacity)));
        match self.image.channels().count() {
            1 => samples
                .iter()
                .zip(out)
                .for_each(|(&grey, ((r, g), b))| (*r, *g, *b) = (light(grey), light(grey), light(grey))),
            2 => samples.as_chunks().0.iter().zip(out).for_each(|(&[grey, opacity], ((r, g), b))| {
                let grey = over(grey, opacity);
                (*r, *g, *b) = (grey, grey, grey);
            }),
            3 => samples.as_chunks().0.iter().zip(out).for_each(|(&[red, green, blue], ((r, g), b))| {
                (*r, *g, *b) = (light(red), light(green), light(blue));
            }),
            _ => samples.as_chunks().0.iter().zip(out).for_each(|(&[red, green, blue, opacity], ((r, g), b))| {
                (*r, *g, *b) = (over(red, opacity), over(green, opacity), over(blue, opacity));
            }),
        }
    }

    /// A sample before the background: blended as it is stored, and not as light.
    fn over(&self, sample: u16, opacity: u16) -> u16 {
        let (sample, opacity, full) = (u32::from(sample), u32::from(opacity), u32::from(u16::MAX));
        // At most 65535² + 32767, which is less than 2³².
        let blended = (sample * opacity + self.background * (full - opacity) + full / 2) / full;
        u16::try_from(blended).unwrap_or(u16::MAX)
    }
}
