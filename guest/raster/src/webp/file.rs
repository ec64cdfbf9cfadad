//! A WebP file, taken apart and judged before any of its pixels is decoded.

use super::chunks::{Chunks, Stop};
use super::frames::Frames;
use super::header::Header;
use super::picture::Picture;
use crate::Error;
use crate::error::{internal, malformed};
use crate::limits;
use crate::metadata::SourceMetadata;

/// A file that can be decoded.
///
/// The orientation of its EXIF is not applied: it stands behind the image, and no browser turns a WebP. What is seen of the source
/// is seen of the output.
#[derive(Debug)]
pub(crate) struct File<'a> {
    /// Bytes.
    pub(super) len: usize,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) seen: Seen<'a>,
    pub(super) icc: Option<&'a [u8]>,
    /// From the TIFF header on.
    exif: Option<&'a [u8]>,
    xmp: Option<&'a [u8]>,
    /// Names of what no output can hold.
    other: Vec<&'static str>,
}

/// What is seen of a file.
#[derive(Debug)]
pub(super) enum Seen<'a> {
    Still(Picture<'a>),
    Frames { frames: Frames<'a>, count: u32, plays: u16, background: [u8; 4], has_alpha: bool },
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        let chunks = Chunks::of_file(input)?;
        if chunks.end() > input.len() as u64 {
            return Err(Stop::NeedMore(chunks.end()).into());
        }
        let (width, height) = (header.width, header.height);
        let seen = match (header.picture, &header.chunks) {
            (Some(picture), _) => Seen::Still(Picture::new(&chunks, picture, (width, height), header.has_alpha)?),
            (None, Some(inside)) => {
                let frames = Frames::new(inside.clone(), (width, height));
                frames.clone().check()?;
                let Header { frames: count, plays, background, has_alpha, .. } = header;
                Seen::Frames { frames, count, plays, background, has_alpha }
            }
            (None, None) => return Err(internal("WebP: a file of one chunk is a picture")),
        };
        let mut file =
            Self { len: input.len(), width, height, seen, icc: None, exif: None, xmp: None, other: Vec::new() };
        if let Some(chunks) = header.chunks {
            file.note(chunks, header.has_icc)?;
        }
        Ok(file)
    }

    /// Notes what the file has besides its image. The first of two chunks counts.
    fn note(&mut self, mut chunks: Chunks<'a>, has_icc: bool) -> Result<(), Error> {
        while let Some(chunk) = chunks.next()? {
            let data = chunks.data(chunk)?;
            match &chunk.kind {
                // A profile of which the header knows nothing is not looked at by browsers either.
                b"ICCP" if has_icc && self.icc.is_none() => self.icc = Some(data),
                b"ICCP" => self.other.push("icc-profile"),
                // Some write it as a JPEG has it.
                b"EXIF" if self.exif.is_none() => self.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
                b"XMP " if self.xmp.is_none() => self.xmp = Some(data),
                b"C2PA" => self.other.push("c2pa"),
                _ => {}
            }
        }
        for (what, data) in [("a colour profile", self.icc), ("EXIF", self.exif), ("an XMP packet", self.xmp)] {
            limits::check_metadata(what, data.map_or(0, <[u8]>::len))?;
        }
        Ok(())
    }

    /// What the file has besides pixels and colours.
    pub(super) fn metadata(&self) -> SourceMetadata {
        SourceMetadata {
            exif: self.exif.map(<[u8]>::to_vec),
            xmp: self.xmp.map(<[u8]>::to_vec),
            iptc: None,
            other: self.other.clone(),
        }
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NeedMore(_) => malformed("WebP: the file is truncated"),
            Stop::Damaged(what) => malformed(format!("WebP: {what}")),
        }
    }
}
