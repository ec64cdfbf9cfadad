//! What a WebP says before its image data (RFC 9649, section 2.7; RFC 6386, section 9.1).

use super::chunks::{Chunk, Chunks, Stop};

pub(super) const ICC_PROFILE: u8 = 0x20;
pub(super) const ALPHA: u8 = 0x10;
pub(super) const EXIF: u8 = 0x08;
pub(super) const XMP: u8 = 0x04;
pub(super) const ANIMATION: u8 = 0x02;

/// The header of a WebP, up to its image data.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 for a still image.
    pub(super) frames: u32,
    /// How often an animation is played; 0 is without end.
    pub(super) plays: u16,
    /// The colour that an animation names for what is behind it.
    pub(super) background: [u8; 4],
    pub(super) has_alpha: bool,
    pub(super) has_icc: bool,
    pub(super) has_exif: bool,
    pub(super) has_xmp: bool,
    /// The picture, or the first one; none where it is a part of what is seen.
    pub(super) picture: Option<Picture>,
    /// What follows the first chunk; nothing in a file of one chunk.
    pub(super) chunks: Option<Chunks<'a>>,
}

/// The chunks that make a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) image: Chunk,
    /// The opacity of a lossy image.
    pub(super) alpha: Option<Chunk>,
    pub(super) coding: Coding,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Coding {
    /// With so many bytes for what all macroblocks are predicted from.
    Lossy {
        first_partition: u32,
    },
    Lossless,
}

impl<'a> Header<'a> {
    /// Reads a file, or its beginning, up to the first bytes of its image data; of an animation all of it, to count its frames.
    pub(super) fn read(head: &'a [u8]) -> Result<Self, Stop> {
        let mut chunks = Chunks::of_file(head)?;
        let first = chunks.next()?.ok_or(Stop::Damaged("there is no image"))?;
        if first.kind != *b"VP8X" {
            let (picture, size, has_alpha) = picture(&chunks, first, None)?;
            return Ok(Self {
                width: size.0,
                height: size.1,
                frames: 1,
                plays: 0,
                background: [0; 4],
                has_alpha,
                has_icc: false,
                has_exif: false,
                has_xmp: false,
                picture: Some(picture),
                chunks: None,
            });
        }
        let [flags, _, _, _, size @ ..] = *chunks.beginning::<10>(first)?;
        let (width, height) = pair(size);
        let has = |flag: u8| flags & flag != 0;
        let mut header = Self {
            width,
            height,
            frames: 1,
            plays: 0,
            background: [0; 4],
            has_alpha: has(ALPHA),
            has_icc: has(ICC_PROFILE),
            has_exif: has(EXIF),
            has_xmp: has(XMP),
            picture: None,
            chunks: Some(chunks.clone()),
        };
        let inside = if has(ANIMATION) { header.count_frames(head, chunks)? } else { Some(chunks) };
        if let Some(chunks) = inside {
            let (picture, size, has_alpha) = first_picture(chunks)?;
            if size != (width, height) {
                return Err(Stop::Damaged("the image has another size than the header says"));
            }
            (header.picture, header.has_alpha) = (Some(picture), has_alpha);
        }
        Ok(header)
    }

    /// Counts the frames. The chunks of the first one, where it is the only one and all that is seen.
    fn count_frames(&mut self, head: &[u8], mut chunks: Chunks<'a>) -> Result<Option<Chunks<'a>>, Stop> {
        if chunks.end() > head.len() as u64 {
            return Err(Stop::NeedMore(chunks.end()));
        }
        let mut first = None;
        self.frames = 0;
        while let Some(chunk) = chunks.next()? {
            if chunk.kind == *b"ANIM" {
                let [background @ .., low, high] = *chunks.beginning::<6>(chunk)?;
                (self.background, self.plays) = (background, u16::from_le_bytes([low, high]));
            }
            if chunk.kind == *b"ANMF" {
                self.frames += 1;
                first = first.or(Some(chunk));
            }
        }
        let first = first.ok_or(Stop::Damaged("an animation without frames"))?;
        let [x0, x1, x2, y0, y1, y2, size @ ..] = *chunks.beginning::<12>(first)?;
        let is_whole = [x0, x1, x2, y0, y1, y2] == [0; 6] && pair(size) == (self.width, self.height);
        Ok((self.frames == 1 && is_whole).then(|| chunks.within(first, 16)))
    }
}

/// The picture that a list of chunks holds, with its size and whether it has opacity.
pub(super) fn first_picture(mut chunks: Chunks) -> Result<(Picture, (u32, u32), bool), Stop> {
    let mut alpha = None;
    while let Some(chunk) = chunks.next()? {
        match &chunk.kind {
            b"ALPH" => alpha = Some(chunk),
            b"VP8 " | b"VP8L" => return picture(&chunks, chunk, alpha),
            _ => {}
        }
    }
    Err(Stop::Damaged("there is no image"))
}

fn picture(chunks: &Chunks, image: Chunk, alpha: Option<Chunk>) -> Result<(Picture, (u32, u32), bool), Stop> {
    match &image.kind {
        b"VP8 " => {
            let [t0, t1, t2, magic0, magic1, magic2, w0, w1, h0, h1] = *chunks.beginning(image)?;
            let tag = u32::from_le_bytes([t0, t1, t2, 0]);
            // A key frame that is shown: a still image has no other.
            if tag & 0b1_0001 != 0b1_0000 || [magic0, magic1, magic2] != [0x9D, 0x01, 0x2A] {
                return Err(Stop::Damaged("the image does not begin with a key frame"));
            }
            // The two highest bits ask for a larger picture, which no viewer shows.
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
            let coding = Coding::Lossy { first_partition: tag >> 5 };
            Ok((Picture { image, alpha, coding }, (side(w0, w1), side(h0, h1)), alpha.is_some()))
        }
        b"VP8L" => {
            let [signature, a, b, c, d] = *chunks.beginning(image)?;
            let header = u32::from_le_bytes([a, b, c, d]);
            if signature != 0x2F || header >> 29 != 0 {
                return Err(Stop::Damaged("the lossless image has another version"));
            }
            let side = |bits: u32| (bits & 0x3FFF) + 1;
            let picture = Picture { image, alpha: None, coding: Coding::Lossless };
            Ok((picture, (side(header), side(header >> 14)), header >> 28 & 1 == 1))
        }
        _ => Err(Stop::Damaged("there is no image")),
    }
}

/// Width and height, each less one in 24 bits.
pub(super) fn pair([w0, w1, w2, h0, h1, h2]: [u8; 6]) -> (u32, u32) {
    (u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1)
}
