//! One picture as it stands in the file (AV1 Bitstream & Decoding Process Specification; AV1 Codec ISO Media File Format Binding).

use sandpress_raster::{Error, Subsampling};

use crate::libaom::{self, Request};
use crate::planes::Planes;

/// A picture as it stands in the file.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The data of an `av1C` box.
    pub(crate) configuration: [u8; 4],
    pub(crate) data: Vec<u8>,
    pub(crate) planes: u8,
}

/// A unit of kind 2, without content.
const TEMPORAL_DELIMITER: [u8; 2] = [2 << 3 | 2, 0];

const SEQUENCE_HEADER: u8 = 1;

/// Codes one plane as grey, three as colours.
pub(crate) fn encode(planes: &Planes, request: Request) -> Result<Picture, Error> {
    let coded = libaom::encode(planes, request)?;
    // A picture in a file is not separated from others.
    let data = coded.strip_prefix(&TEMPORAL_DELIMITER).map_or_else(|| coded.clone(), <[u8]>::to_vec);
    let is_grey = planes.count() == 1;
    let configuration = configuration(&data, planes.bits(), is_grey, request.subsampling)
        .ok_or_else(|| Error::Internal("libaom's picture has no sequence header of a still".into()))?;
    Ok(Picture { configuration, data, planes: if is_grey { 1 } else { 3 } })
}

/// Kinds and contents of units whose length is written in one byte; the first that is longer ends it.
fn units(mut data: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (&[header, len], rest) = data.split_first_chunk()?;
        let (content, rest) = rest.split_at_checked(len.into()).filter(|_| len < 0x80)?;
        data = rest;
        Some((header >> 3 & 15, content))
    })
}

/// What a decoder must be able to do; none if the sequence header is not the short one of a still picture.
fn configuration(data: &[u8], bits: u8, is_grey: bool, subsampling: Subsampling) -> Option<[u8; 4]> {
    let (_, header) = units(data).find(|&(kind, _)| kind == SEQUENCE_HEADER)?;
    // Three bits of profile, two that it is a still picture with the short header, five of level.
    let (&[first, second], _) = header.split_first_chunk()?;
    if first & 0b11 << 3 != 0b11 << 3 {
        return None;
    }
    let level = (first & 7) << 2 | second >> 6;
    let is_halved = is_grey || subsampling == Subsampling::Halved;
    let layout = u8::from(bits > 8) << 6 | u8::from(is_grey) << 4 | u8::from(is_halved) << 3 | u8::from(is_halved) << 2;
    // Marker and version.
    Some([0x81, first & 0b111 << 5 | level, layout, 0])
}
