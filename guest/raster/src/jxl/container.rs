//! The boxes around a codestream, where there are any (ISO/IEC 18181-2): what else a file has.

use crate::isobmff::{Part, Parts, Stop, exif, slice};

/// What a file has beside its codestream.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    /// From the TIFF header on.
    pub(super) exif: Option<&'a [u8]>,
    pub(super) xmp: Option<&'a [u8]>,
    /// Names of what no output can hold, or what is compressed once more.
    pub(super) other: Vec<&'static str>,
}

impl<'a> Notes<'a> {
    /// Looks through a whole file. What follows the codestream and is no box is ignored.
    pub(super) fn of_file(input: &'a [u8]) -> Result<Self, Stop> {
        let mut notes = Self::default();
        if !is_container(input) {
            return Ok(notes);
        }
        let mut parts = Parts::of_beginning(input);
        let mut is_complete = false;
        loop {
            let part = match parts.next() {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(notes),
                // A few bytes may be the beginning of a box that is cut; none are the end.
                Err(_) if is_complete && !(1..8).contains(&parts.left()) => return Ok(notes),
                Err(stop) => return Err(stop),
            };
            is_complete |= is_last_of_codestream(input, part);
            if !notes.note(input, part)? && part.end != u64::MAX && part.end > input.len() as u64 {
                return if is_complete { Ok(notes) } else { Err(Stop::NeedMore(part.end)) };
            }
        }
    }

    /// Looks through what stands before the image data in a file or in its beginning. libjxl puts it behind a first part of the
    /// codestream that holds the header. With it comes the beginning that ends inside the box of the image data: at the end of a box
    /// the decoder wants to see the next one before it says what it knows.
    pub(super) fn before_image(head: &'a [u8]) -> Result<(Self, &'a [u8]), Stop> {
        let mut notes = Self::default();
        if !is_container(head) {
            return Ok((notes, head));
        }
        let mut parts = Parts::of_beginning(head);
        let mut has_begun = false;
        while let Some(part) = parts.next()? {
            match &part.kind {
                b"jxlp" if !has_begun => has_begun = true,
                b"jxlc" | b"jxlp" => return Ok((notes, slice(head, 0, part.end - 1).unwrap_or(head))),
                _ => {
                    notes.note(head, part)?;
                }
            }
        }
        Ok((notes, head))
    }

    /// Notes what a box is; the first of two counts. Whether its kind is known.
    fn note(&mut self, input: &'a [u8], part: Part) -> Result<bool, Stop> {
        let end = if part.end == u64::MAX { input.len() as u64 } else { part.end };
        let data = || slice(input, part.start, end);
        match &part.kind {
            b"Exif" if self.exif.is_none() => self.exif = exif(data()?),
            b"xml " if self.xmp.is_none() => self.xmp = Some(data()?),
            b"jumb" | b"jhgm" | b"brob" => {
                // Compressed once more, a box begins with what it is.
                let data = data()?;
                let kind = if part.kind == *b"brob" { data.get(..4) } else { Some(&part.kind[..]) };
                let names = [(b"Exif", "exif"), (b"xml ", "xmp"), (b"jumb", "c2pa"), (b"jhgm", "gain-map")];
                let name = names.into_iter().find(|(name, _)| kind == Some(&name[..]));
                self.other.extend(name.map(|(_, name)| name).filter(|name| !self.other.contains(name)));
            }
            b"Exif" | b"xml " | b"jbrd" | b"jxll" | b"jxli" | b"jxlc" | b"jxlp" | b"ftyp" | b"JXL " => {
                data()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn is_container(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"JXL ")
}

/// Whether a box holds the end of the codestream: the highest bit of a part's number says so.
fn is_last_of_codestream(input: &[u8], part: Part) -> bool {
    match &part.kind {
        b"jxlc" => true,
        b"jxlp" => slice(input, part.start, part.start + 1).is_ok_and(|first| first[0] & 0x80 != 0),
        _ => false,
    }
}
