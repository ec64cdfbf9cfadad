//! From the parts that a file has to what is seen.

use super::Frame;
use crate::Error;
use crate::image::{Channels, Image, Samples};

/// What a file has for a frame: pixels somewhere on the canvas.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) area: Area,
    /// Red, green, blue and opacity, in the area's rows.
    pub(crate) pixels: Vec<[u8; 4]>,
    pub(crate) blend: Blend,
    pub(crate) dispose: Dispose,
    /// Milliseconds.
    pub(crate) duration: u32,
}

/// A rectangle in pixels of the canvas. What is outside of the canvas is not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// How pixels come onto the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blend {
    /// What is under them shines through.
    Over,
    Replace,
}

/// What becomes of a part's area before the next part is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dispose {
    Keep,
    /// It becomes transparent: browsers show no background's colour either.
    Clear,
    /// It becomes what it was before.
    Restore,
}

/// Longer durations are shortened to it: 24 bits, which are nearly five hours.
const MAX_DURATION: u32 = (1 << 24) - 1;

/// Draws part after part on a canvas that is transparent in the beginning.
pub(super) struct Canvas<I> {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
    parts: I,
    /// An area, and what it becomes before the next part is drawn; transparent where that is not said.
    next: Option<(Area, Option<Vec<[u8; 4]>>)>,
}

impl<I> Canvas<I> {
    pub(super) fn new((width, height): (u32, u32), parts: I) -> Self {
        let pixels = vec![[0; 4]; width as usize * height as usize];
        Self { width, height, pixels, parts, next: None }
    }

    /// The rows of an area that is on the canvas.
    fn rows(&mut self, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
        let (left, right) = (area.left as usize, (area.left + area.width) as usize);
        let rows = self.pixels.chunks_exact_mut(self.width as usize);
        rows.skip(area.top as usize).take(area.height as usize).map(move |row| &mut row[left..right])
    }

    fn draw(&mut self, part: &Part) {
        let seen = part.area.on(self.width, self.height);
        if seen.width == 0 {
            return;
        }
        let parts_rows = part.pixels.chunks_exact(part.area.width as usize);
        for (under, over) in self.rows(seen).zip(parts_rows) {
            match part.blend {
                Blend::Replace => under.copy_from_slice(&over[..under.len()]),
                Blend::Over => under.iter_mut().zip(over).for_each(|(under, over)| *under = blend(*under, *over)),
            }
        }
    }

    fn dispose(&mut self) {
        match self.next.take() {
            Some((area, Some(before))) if area.width > 0 => {
                let before = before.chunks_exact(area.width as usize);
                self.rows(area).zip(before).for_each(|(row, before)| row.copy_from_slice(before));
            }
            Some((area, None)) => self.rows(area).for_each(|row| row.fill([0; 4])),
            Some(_) | None => {}
        }
    }

    fn frame(&mut self, part: &Part) -> Result<Frame, Error> {
        self.dispose();
        let area = part.area.on(self.width, self.height);
        self.next = match part.dispose {
            Dispose::Keep => None,
            Dispose::Clear => Some((area, None)),
            Dispose::Restore => Some((area, Some(self.rows(area).flat_map(|row| row.iter().copied()).collect()))),
        };
        self.draw(part);
        let samples = bytemuck::cast_slice(&self.pixels).to_vec();
        let image = Image::new(self.width, self.height, Channels::Rgba, Samples::Eight(samples))?;
        Ok(Frame { image, duration: part.duration.min(MAX_DURATION) })
    }
}

impl<I: Iterator<Item = Result<Part, Error>>> Iterator for Canvas<I> {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = self.parts.next()?;
        Some(part.and_then(|part| self.frame(&part)))
    }
}

impl Area {
    /// What of it is on a canvas.
    fn on(self, width: u32, height: u32) -> Self {
        let (left, top) = (self.left.min(width), self.top.min(height));
        Self { left, top, width: self.width.min(width - left), height: self.height.min(height - top) }
    }
}

/// A pixel over another one, neither premultiplied (PNG specification, third edition, 13.16).
#[expect(clippy::cast_possible_truncation, reason = "an average of what has 8 bits")]
fn blend(under: [u8; 4], over: [u8; 4]) -> [u8; 4] {
    let [weight, rest] = [over[3], under[3]].map(u32::from);
    match weight {
        0 => return under,
        255 => return over,
        _ => {}
    }
    // Both in parts of 255².
    let (over_weight, under_weight) = (weight * 255, rest * (255 - weight));
    let opacity = over_weight + under_weight;
    let mut mixed = [0, 0, 0, ((opacity + 127) / 255) as u8];
    for (mixed, (under, over)) in mixed.iter_mut().take(3).zip(under.into_iter().zip(over)) {
        let sum = u32::from(over) * over_weight + u32::from(under) * under_weight;
        *mixed = ((sum + opacity / 2) / opacity) as u8;
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAR: [u8; 4] = [0; 4];
    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];

    fn part(area: (u32, u32, u32, u32), colour: [u8; 4], blend: Blend, dispose: Dispose) -> Part {
        let (left, top, width, height) = area;
        let pixels = vec![colour; (width * height) as usize];
        Part { area: Area { left, top, width, height }, pixels, blend, dispose, duration: 40 }
    }

    /// What is seen of a canvas of 2 × 1 pixels.
    fn seen(parts: Vec<Part>) -> Vec<[[u8; 4]; 2]> {
        let frames = Canvas::new((2, 1), parts.into_iter().map(Ok));
        let pixels = |frame: Frame| -> [[u8; 4]; 2] {
            bytemuck::cast_slice::<u8, [u8; 4]>(&frame.image.eight_bits()).try_into().unwrap()
        };
        frames.map(|frame| pixels(frame.unwrap())).collect()
    }

    #[test]
    fn an_area_is_disposed_of_before_the_next_part_is_drawn() {
        let (all, right) = ((0, 0, 2, 1), (1, 0, 1, 1));
        let nothing = part(right, CLEAR, Blend::Over, Dispose::Keep);
        for (dispose, then) in [(Dispose::Keep, BLUE), (Dispose::Clear, CLEAR), (Dispose::Restore, RED)] {
            let parts = vec![
                part(all, RED, Blend::Over, Dispose::Keep),
                part(right, BLUE, Blend::Over, dispose),
                nothing.clone(),
                nothing.clone(),
            ];
            assert_eq!(seen(parts), [[RED, RED], [RED, BLUE], [RED, then], [RED, then]], "{dispose:?}");
        }
    }

    #[test]
    fn a_first_part_is_restored_to_nothing() {
        let parts = vec![
            part((0, 0, 2, 1), RED, Blend::Replace, Dispose::Restore),
            part((1, 0, 1, 1), BLUE, Blend::Replace, Dispose::Keep),
        ];
        assert_eq!(seen(parts), [[RED, RED], [CLEAR, BLUE]]);
    }

    #[test]
    fn what_is_outside_of_the_canvas_is_not_seen() {
        for dispose in [Dispose::Keep, Dispose::Clear, Dispose::Restore] {
            for blend in [Blend::Over, Blend::Replace] {
                let parts = vec![
                    part((1, 0, 7, 9), RED, blend, Dispose::Keep),
                    part((2, 0, 1, 1), BLUE, blend, dispose),
                    part((0, 1, 1, 1), BLUE, blend, dispose),
                    part((u32::MAX, u32::MAX, 1, 1), BLUE, blend, dispose),
                ];
                assert_eq!(seen(parts), [[CLEAR, RED]; 4], "{dispose:?}, {blend:?}");
            }
        }
    }

    #[test]
    fn opacities_add_up() {
        let half = [0, 0, 255, 128];
        assert_eq!(blend(RED, half), [127, 0, 128, 255]);
        assert_eq!(blend(CLEAR, half), half);
        assert_eq!(blend([255, 0, 0, 128], half), [85, 0, 170, 192]);
        assert_eq!(blend(RED, [9, 9, 9, 0]), RED);
        assert_eq!(blend(RED, BLUE), BLUE);
        for over in [1, 127, 254] {
            for under in [0, 1, 128, 255] {
                let [red, _, _, opacity] = blend([200, 0, 0, under], [200, 0, 0, over]);
                assert!(red == 200 && opacity >= over.max(under), "{over} over {under}");
            }
        }
    }
}
