//! The file around the picture: RIFF, with what goes into it beside the pixels (RFC 9649).

use sandpress_raster::{Embedded, Error};

/// `RIFF`, the length of what follows, `WEBP`.
const FILE_HEADER: usize = 12;
/// A chunk's name and length.
const CHUNK_HEADER: usize = 8;

/// Flags of `VP8X`.
const ICC: u8 = 1 << 5;
const ALPHA: u8 = 1 << 4;
const EXIF: u8 = 1 << 3;
const XMP: u8 = 1 << 2;
const ANIMATION: u8 = 1 << 1;

/// Writes profile and metadata into a file that has none.
pub(crate) fn embed(file: Vec<u8>, width: u32, height: u32, embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let Embedded { icc, exif, xmp, .. } = embedded;
    let (icc, exif, xmp) = (icc.as_deref(), exif.as_deref(), xmp.as_deref());
    if (icc, exif, xmp) == (None, None, None) {
        return Ok(file);
    }
    let (picture, own) = picture(&file).ok_or_else(|| Error::Internal("libwebp has made no WebP".into()))?;
    let flags = [(ICC, icc.is_some()), (EXIF, exif.is_some()), (XMP, xmp.is_some())];
    let flags = flags.into_iter().filter(|&(_, is_set)| is_set).map(|(flag, _)| flag);
    let mut features = vec![own + flags.sum::<u8>(), 0, 0, 0];
    for side in [width, height] {
        features.extend_from_slice(&(side - 1).to_le_bytes()[..3]);
    }

    let metadata = [icc, exif, xmp].into_iter().flatten().map(|data| CHUNK_HEADER + data.len() + 1).sum::<usize>();
    let mut bytes = Vec::with_capacity(file.len() + 2 * CHUNK_HEADER + features.len() + metadata);
    bytes.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    push(&mut bytes, b"VP8X", Some(&features))?;
    push(&mut bytes, b"ICCP", icc)?;
    bytes.extend_from_slice(picture);
    push(&mut bytes, b"EXIF", exif)?;
    push(&mut bytes, b"XMP ", xmp)?;
    let len = length(bytes.len() - CHUNK_HEADER)?;
    bytes[4..8].copy_from_slice(&len);
    Ok(bytes)
}

/// The chunks that are the picture or the animation, and the flags that say what it has.
fn picture(file: &[u8]) -> Option<(&[u8], u8)> {
    let chunks = file.get(FILE_HEADER..)?;
    let (name, data) = (chunks.get(..4)?, chunks.get(CHUNK_HEADER..)?);
    match name {
        // Its ten bytes are written anew.
        b"VP8X" => Some((data.get(10..)?, data.first()? & (ALPHA | ANIMATION))),
        // A signature of 8 bits, two sides of 14, then the bit that says it.
        b"VP8L" => Some((chunks, if data.get(4)? & 1 << 4 == 0 { 0 } else { ALPHA })),
        b"VP8 " => Some((chunks, 0)),
        _ => None,
    }
}

fn push(bytes: &mut Vec<u8>, name: &[u8; 4], data: Option<&[u8]>) -> Result<(), Error> {
    let Some(data) = data else { return Ok(()) };
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&length(data.len())?);
    bytes.extend_from_slice(data);
    // A chunk begins at an even place.
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    Ok(())
}

fn length(len: usize) -> Result<[u8; 4], Error> {
    let len = u32::try_from(len).map_err(|_| Error::OverLimit("a WebP has at most 4 GiB".into()))?;
    Ok(len.to_le_bytes())
}
