//! The data of items: pictures, and what is said of them.

use super::header::Header;
use super::meta::{Id, Meta, Origin};
use crate::error::{malformed, unsupported};
use crate::isobmff::{exif, slice};
use crate::metadata::SourceMetadata;
use crate::{Error, limits};

/// The data of an item, in parts.
pub(crate) fn data<'a>(input: &'a [u8], meta: &Meta<'a>, id: Id) -> Result<Vec<&'a [u8]>, Error> {
    let place = &meta.item(id)?.place;
    let origin = match place.origin {
        Origin::File => input,
        Origin::Meta => meta.data,
        Origin::Elsewhere => return Err(unsupported("a picture whose data are elsewhere")),
    };
    if place.extents.is_empty() {
        return Err(malformed("a picture without data"));
    }
    let mut all = 0;
    let mut parts = Vec::new();
    for &(start, len) in &place.extents {
        let part = slice(origin, start, start.saturating_add(len))?;
        all += part.len();
        parts.push(part);
    }
    // The same bytes may be named again and again.
    if all > input.len() {
        return Err(malformed("a picture with more data than the file has"));
    }
    Ok(parts)
}

/// What the file has besides pixels and colours.
pub(crate) fn metadata(input: &[u8], header: &Header) -> Result<SourceMetadata, Error> {
    let read = |what, id: Option<Id>| -> Result<Option<Vec<u8>>, Error> {
        let Some(id) = id else { return Ok(None) };
        let parts = data(input, &header.meta, id)?;
        limits::check_metadata(what, parts.iter().map(|part| part.len()).sum())?;
        Ok(Some(parts.concat()))
    };
    let exif = read("EXIF", header.exif)?.and_then(|data| exif(&data).map(<[u8]>::to_vec));
    let other = if header.has_gain_map { vec!["gain-map"] } else { Vec::new() };
    Ok(SourceMetadata { exif, xmp: read("an XMP packet", header.xmp)?, iptc: None, other })
}
