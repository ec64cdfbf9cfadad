//! An AVIF, taken apart and judged before any of its pixels is decoded.

use super::colour::Conversion;
use super::sequence;
use crate::error::{malformed, unsupported};
use crate::heif::{self, CodePoints, Header, Id, Meta, Property};
use crate::image::Channels;
use crate::isobmff::Fields;
use crate::metadata::SourceMetadata;
use crate::{Error, limits};

/// A file that can be decoded.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) input: &'a [u8],
    pub(super) header: Header<'a>,
    pub(super) channels: Channels,
    pub(super) picture: Tiled<'a>,
    pub(super) alpha: Option<Tiled<'a>>,
    pub(super) icc: Option<Vec<u8>>,
    metadata: SourceMetadata,
}

/// Coded pictures that are seen as one: beside each other, row by row. Most files have one.
#[derive(Debug)]
pub(super) struct Tiled<'a> {
    pub(super) columns: usize,
    /// Width and height of each.
    pub(super) tile: (u32, u32),
    /// The data of each, in parts.
    pub(super) data: Vec<Vec<&'a [u8]>>,
    pub(super) conversion: Conversion,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input)?;
        if header.is_sequence {
            return Err(unsupported("AVIF: an animation, which would be lost"));
        }
        if header.crop.is_some() {
            return Err(unsupported("AVIF: a part of a larger picture (clap)"));
        }
        let (width, height) = (header.width, header.height);
        if width == 0 || height == 0 {
            return Err(malformed(format!("AVIF: {width} × {height} pixels")));
        }
        let channels = header.channels();
        let bytes = if header.coding.bits > 8 { 2 } else { 1 };
        let per_pixel = channels.count() as u64 * bytes;
        limits::check_decoded(width, height, per_pixel)?;
        // The decoder's planes and ours, its notes on the picture, and the pixels made of them.
        let planes = if channels.has_alpha() { 4 } else { 3 } * 2 * bytes;
        limits::check_working("AVIF: decoding", u64::from(width) * u64::from(height) * (planes + 4 + per_pixel))?;

        let (picture, points) = Tiled::open(input, &header.meta, header.meta.primary, (width, height))?;
        let alpha = header.alpha.map(|alpha| Tiled::open(input, &header.meta, alpha, (width, height))).transpose()?;
        let made = heif::profile("AVIF", points, header.coding.is_grey)?;
        let icc = header.icc.map(<[u8]>::to_vec).or(made);
        limits::check_metadata("a colour profile", icc.as_ref().map_or(0, Vec::len))?;
        let metadata = heif::metadata(input, &header)?;
        Ok(Self { input, channels, picture, alpha: alpha.map(|(alpha, _)| alpha), icc, metadata, header })
    }

    pub(super) fn metadata(&self) -> SourceMetadata {
        self.metadata.clone()
    }
}

impl<'a> Tiled<'a> {
    /// The picture that an item is, and what is said of its colours.
    fn open(input: &'a [u8], meta: &Meta<'a>, id: Id, size: (u32, u32)) -> Result<(Self, CodePoints), Error> {
        let item = meta.item(id)?;
        for (property, is_essential) in meta.properties(item) {
            match property {
                Property::Layer => return Err(unsupported("AVIF: one of several layers")),
                Property::Unknown if is_essential => {
                    return Err(unsupported("AVIF: an essential property that is not known"));
                }
                _ => {}
            }
        }
        if heif::extent(meta, item)? != size {
            return Err(unsupported("AVIF: a picture and its opacity of different sizes"));
        }
        let (columns, ids) = match &item.kind {
            b"av01" => (1, vec![id]),
            b"grid" => {
                let description = heif::data(input, meta, id)?.concat();
                let (rows, columns) = grid(&description, size)?;
                let ids = meta.referred(*b"dimg", id).to_vec();
                if ids.len() != rows * columns {
                    return Err(malformed("AVIF: a grid of more or fewer pictures than there are"));
                }
                (columns, ids)
            }
            _ => return Err(unsupported("AVIF: a picture that is neither coded as AV1 nor a grid of such")),
        };
        let first = *ids.first().ok_or_else(|| malformed("AVIF: a grid of nothing"))?;
        let tile = heif::extent(meta, meta.item(first)?)?;
        let coding = heif::coding(meta, first)?;
        for &id in &ids {
            let item = meta.item(id)?;
            if item.kind != *b"av01" || heif::extent(meta, item)? != tile || heif::coding(meta, id)? != coding {
                return Err(unsupported("AVIF: a grid of pictures that are coded differently"));
            }
        }
        let rows = ids.len() / columns;
        let covers = |tile: u32, count: usize, side: u32| {
            tile > 0
                && u64::from(tile) * count as u64 >= side.into()
                && u64::from(tile) * (count as u64 - 1) < side.into()
        };
        if !covers(tile.0, columns, size.0) || !covers(tile.1, rows, size.1) {
            return Err(malformed("AVIF: pictures that do not cover their grid"));
        }
        let data = ids.iter().map(|&id| heif::data(input, meta, id)).collect::<Result<Vec<_>, _>>()?;

        let beginning: &[u8] = data.first().and_then(|parts| parts.first()).copied().unwrap_or_default();
        let unspecified = CodePoints { primaries: 2, transfer: 2, matrix: 2, is_full_range: true };
        let points = heif::code_points(meta, item).or_else(|| heif::code_points(meta, meta.item(first).ok()?));
        let points = points.or_else(|| sequence::code_points(beginning)).unwrap_or(unspecified);
        let conversion = Conversion::new(points, coding.bits)?;
        Ok((Self { columns, tile, data, conversion }, points))
    }
}

/// How many rows and columns a grid has.
fn grid(description: &[u8], size: (u32, u32)) -> Result<(usize, usize), Error> {
    let mut fields = Fields(description);
    let [_, flags, rows, columns] = fields.array()?;
    let is_long = flags & 1 == 1;
    if (fields.short_or_long(is_long)?, fields.short_or_long(is_long)?) != size {
        return Err(malformed("AVIF: a grid of another size than the file says"));
    }
    Ok((usize::from(rows) + 1, usize::from(columns) + 1))
}
