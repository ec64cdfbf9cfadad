//! An AVIF whose picture goes into another one as it is.
//!
//! Places in the file are written all over it, so nothing moves: what is not to be there is overwritten.

use std::ops::Range;

use super::file::File;
use crate::heif::{Id, Origin};
use crate::isobmff::{Part, Parts};
use crate::metadata::{Pixels, SourceMetadata};
use crate::source::AsStored;
use crate::{Embedded, Error, Metadata, Original, source};

/// Items that are seen: pictures, and what is made of them. The data of all others go.
const SEEN: [[u8; 4]; 5] = [*b"av01", *b"grid", *b"iovl", *b"iden", *b"tmap"];

/// What the `meta` box has to say of them.
const DESCRIPTIONS: [[u8; 4]; 9] =
    [*b"hdlr", *b"pitm", *b"iinf", *b"iloc", *b"iprp", *b"iref", *b"dinf", *b"grpl", *b"idat"];

/// EXIF without entries, and XMP without properties: what stands where there were some, so that readers find no damage.
const NO_EXIF: &[u8] = b"II*\0\x08\0\0\0\0\0\0\0\0\0";
const NO_XMP: &[u8] = b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";

/// An AVIF, of which another one can be made to the pixel.
#[derive(Clone, Debug)]
pub struct AvifOriginal {
    /// The file, without what is not to be in it.
    bytes: Vec<u8>,
    /// Where EXIF is to be.
    exif: Option<Range<usize>>,
}

impl AvifOriginal {
    /// The same file with this EXIF in place of its own. Where that does not fit, there is none; XMP stays only if the original was asked
    /// for under a policy that keeps all.
    pub fn with(&self, embedded: &Embedded) -> Vec<u8> {
        let mut out = self.bytes.clone();
        if let Some(place) = self.exif.clone().and_then(|place| out.get_mut(place)) {
            // The EXIF begins 0 bytes behind this number.
            let item = |exif: &[u8]| [&[0; 4], exif].concat();
            let items = [embedded.exif.as_deref(), Some(NO_EXIF)].into_iter().flatten().map(item);
            write_first(place, items);
        }
        out
    }
}

/// Writes what fits first, from the beginning.
fn write_first(place: &mut [u8], candidates: impl IntoIterator<Item = Vec<u8>>) {
    for candidate in candidates {
        if let Some(place) = place.get_mut(..candidate.len()) {
            place.copy_from_slice(&candidate);
            return;
        }
    }
}

impl File<'_> {
    /// The file as another one is made of it; nothing where its picture is not where pictures are.
    ///
    /// Decoded to see whether it can be.
    pub(super) fn original(&self, policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        source::File::decode(self, source::Scale::FULL)?;
        // A gain map is a picture.
        let metadata = SourceMetadata { other: Vec::new(), ..self.metadata() };
        let (embedded, dropped) = metadata.under(policy, Pixels::AsStored);
        let original = if policy == Metadata::Keep {
            AvifOriginal { bytes: self.input.to_vec(), exif: None }
        } else {
            let Some(original) = self.bare() else { return Ok(None) };
            original
        };
        Ok(Some(AsStored { original: Original::Avif(original), embedded, dropped, is_smallest: true }))
    }

    fn bare(&self) -> Option<AvifOriginal> {
        let mut out = self.input.to_vec();
        let (mut data, mut inner) = (Vec::new(), None);
        let (mut parts, mut end, mut has_meta) = (Parts::of_file(self.input), 0, false);
        while let Ok(Some(part)) = parts.next() {
            match &part.kind {
                b"ftyp" => {}
                b"mdat" => data.push(range(part.start, part.end)?),
                b"meta" if !has_meta => {
                    has_meta = true;
                    // Behind a version and flags.
                    inner = self.bare_description(&mut out, part.start + 4, part.end)?;
                }
                _ => blank(&mut out, end, part)?,
            }
            end = part.end;
        }
        // What is no box at the end.
        out.get_mut(usize::try_from(end).ok()?..)?.fill(0);
        self.clear(&mut out, &data, Origin::File, 0)?;
        if let Some(inner) = inner {
            let start = inner.start;
            self.clear(&mut out, &[inner], Origin::Meta, start)?;
        }
        let exif = self.place(self.header.exif, &data);
        if let Some(place) = self.place(self.header.xmp, &data).and_then(|place| out.get_mut(place)) {
            place.fill(b' ');
            write_first(place, [NO_XMP.to_vec()]);
        }
        Some(AvifOriginal { bytes: out, exif })
    }

    /// Blanks what the `meta` box has besides its descriptions. Gives where items have data in it, if they do.
    fn bare_description(&self, out: &mut [u8], start: u64, end: u64) -> Option<Option<Range<usize>>> {
        let mut parts = Parts::of(self.input.get(range(start, end)?)?);
        let (mut inner, mut at) = (None, start);
        while let Some(part) = parts.next().ok()? {
            let part = Part { start: start + part.start, end: start + part.end, ..part };
            if !DESCRIPTIONS.contains(&part.kind) {
                blank(out, at, part)?;
            } else if part.kind == *b"idat" {
                inner = Some(range(part.start, part.end)?);
            }
            at = part.end;
        }
        Some(inner)
    }

    /// Overwrites all of the data that is no part of a picture. Nothing where a picture has other data.
    fn clear(&self, out: &mut [u8], data: &[Range<usize>], origin: Origin, start: usize) -> Option<()> {
        let mut pictures = self.pictures(origin, start)?;
        let is_in_data = |picture: &Range<usize>| data.iter().any(|data| contains(data, picture));
        if !pictures.iter().all(is_in_data) {
            return None;
        }
        pictures.sort_by_key(|picture| picture.start);
        for data in data {
            let mut at = data.start;
            for picture in pictures.iter().filter(|picture| contains(data, picture)) {
                if at < picture.start {
                    out.get_mut(at..picture.start)?.fill(0);
                }
                at = at.max(picture.end);
            }
            out.get_mut(at..data.end)?.fill(0);
        }
        Some(())
    }

    /// Where the data of pictures are, with this origin, which begins there.
    fn pictures(&self, origin: Origin, start: usize) -> Option<Vec<Range<usize>>> {
        let items = self.header.meta.items().filter(|item| SEEN.contains(&item.kind) && item.place.origin == origin);
        let extents = items.flat_map(|item| &item.place.extents);
        let shifted = |range: Range<usize>| Some(start.checked_add(range.start)?..start.checked_add(range.end)?);
        extents.map(|&(at, len)| range(at, at.checked_add(len)?).and_then(shifted)).collect()
    }

    /// The place of an item of metadata that is in one piece, among these data, and nowhere in a picture.
    fn place(&self, id: Option<Id>, data: &[Range<usize>]) -> Option<Range<usize>> {
        let place = &self.header.meta.item(id?).ok()?.place;
        let (Origin::File, &[(start, len)]) = (place.origin, place.extents.as_slice()) else { return None };
        let place = range(start, start.checked_add(len)?)?;
        let is_picture = |picture: &Range<usize>| picture.start < place.end && place.start < picture.end;
        let pictures = self.pictures(Origin::File, 0)?;
        (data.iter().any(|data| contains(data, &place)) && !pictures.iter().any(is_picture)).then_some(place)
    }
}

fn range(start: u64, end: u64) -> Option<Range<usize>> {
    Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Makes a box, which begins there, one of no meaning and of zeros.
fn blank(out: &mut [u8], at: u64, part: Part) -> Option<()> {
    let at = usize::try_from(at).ok()?;
    out.get_mut(at + 4..at + 8)?.copy_from_slice(b"free");
    out.get_mut(range(part.start, part.end)?)?.fill(0);
    Some(())
}
