//! The frames of an animated GIF, as browsers show them.

use super::blocks::{Block, Blocks, Screen};
use super::decode::{decompress, rows};
use super::file::picture;
use super::header::{Notes, Restoring};
use crate::Error;
use crate::animation::{Area, Blend, Dispose, Part};
use crate::error::malformed;

/// Milliseconds for which a frame is shown that says 10 or less: so do browsers and `gif2webp`, and so are such files made to be seen.
const USUAL: u32 = 100;

/// Walks over a file that was walked over before.
pub(super) struct Frames<'a> {
    screen: Screen<'a>,
    blocks: Blocks<'a>,
}

impl<'a> Frames<'a> {
    pub(super) fn of_file(input: &'a [u8]) -> Result<Self, Error> {
        let (screen, blocks) = Blocks::of_file(input)?;
        Ok(Self { screen, blocks })
    }

    fn part(&mut self) -> Result<Option<Part>, Error> {
        // What is said of a frame stands between the one before and it.
        let mut notes = Notes::default();
        let image = loop {
            match self.blocks.next()? {
                Block::Extension { label } => notes.note(label, self.blocks.sub_blocks()?),
                Block::Image(image) => break image,
                Block::Trailer => return Ok(None),
            }
        };
        let (palette, code_size, data) = picture(&self.screen, &image, &mut self.blocks)?;
        let (width, height) = (usize::from(image.width), usize::from(image.height));
        let indices = decompress(data, code_size, width * height)?;
        let mut pixels = vec![[0; 4]; indices.len()];
        for (row, y) in indices.chunks_exact(width).zip(rows(height, image.is_interlaced)) {
            for (pixel, &index) in pixels[y * width..][..width].iter_mut().zip(row) {
                if notes.transparent == Some(index) {
                    continue;
                }
                let colour = palette.get(usize::from(index));
                let [red, green, blue] =
                    *colour.ok_or_else(|| malformed("GIF: a pixel has a colour that the palette does not have"))?;
                *pixel = [red, green, blue, u8::MAX];
            }
        }
        let [left, top, width, height] = [image.left, image.top, image.width, image.height].map(u32::from);
        Ok(Some(Part {
            area: Area { left, top, width, height },
            pixels,
            blend: Blend::Over,
            dispose: match notes.restoring {
                Restoring::Nothing => Dispose::Keep,
                Restoring::Background => Dispose::Clear,
                Restoring::Previous => Dispose::Restore,
            },
            duration: match u32::from(notes.delay) {
                0 | 1 => USUAL,
                hundredths => 10 * hundredths,
            },
        }))
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Part, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.part().transpose()
    }
}
