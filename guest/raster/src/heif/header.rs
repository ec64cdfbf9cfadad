//! What a HEIF says before its image data.

use super::meta::{Id, Item, Meta};
use super::properties::{CodePoints, Coding, Mirror, Property};
use crate::image::Channels;
use crate::isobmff::{Fields, Parts, Stop};

/// Bytes of the `meta` box. It holds the colour profile, and of the rest no file has more than some kilobytes.
const META_BYTES: u64 = 8 << 20;

/// Across and down.
type Pixels = (u32, u32);

/// What files call themselves that hold pictures one after the other.
const SEQUENCES: [&[u8; 4]; 3] = [b"avis", b"hevc", b"msf1"];

/// The beginning of a file up to what it says of its picture.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    /// Of what is seen, before it is turned.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Where that begins in the picture that is coded, if it is a part of it.
    pub(crate) crop: Option<Pixels>,
    pub(crate) coding: Coding,
    /// As the EXIF of a JPEG would have it.
    pub(crate) orientation: u8,
    pub(crate) is_sequence: bool,
    pub(crate) code_points: Option<CodePoints>,
    pub(crate) icc: Option<&'a [u8]>,
    pub(crate) alpha: Option<Id>,
    /// Whether colours are multiplied by their opacity.
    pub(crate) is_premultiplied: bool,
    pub(crate) exif: Option<Id>,
    pub(crate) xmp: Option<Id>,
    pub(crate) has_gain_map: bool,
    pub(crate) meta: Meta<'a>,
}

impl<'a> Header<'a> {
    /// Reads a file, or its beginning, up to the end of its `meta` box.
    pub(crate) fn read(head: &'a [u8]) -> Result<Self, Stop> {
        let mut parts = Parts::of_beginning(head);
        let mut is_sequence = false;
        let meta = loop {
            let part = parts.next()?.ok_or(Stop::Damaged("there is no image"))?;
            match &part.kind {
                b"ftyp" => is_sequence = has_brand(parts.data(part)?, SEQUENCES)?,
                b"meta" if part.end - part.start > META_BYTES => {
                    return Err(Stop::Damaged("its description has many megabytes"));
                }
                b"meta" => break Meta::read(parts.data(part)?)?,
                b"moov" => is_sequence = true,
                _ => {}
            }
        };
        let primary = meta.primary;
        let item = meta.item(primary)?;
        let ((width, height), crop) = seen(&meta, item)?;
        let alpha = meta.referring(b"auxl", primary).find(|&id| meta.item(id).is_ok_and(|item| is_alpha(&meta, item)));
        let described = |is_wanted: fn(&Item) -> bool| {
            meta.referring(b"cdsc", primary).find(|&id| meta.item(id).is_ok_and(is_wanted))
        };
        let has_gain_map =
            meta.referring(b"dimg", primary).any(|id| meta.item(id).is_ok_and(|item| item.kind == *b"tmap"));
        Ok(Self {
            width,
            height,
            crop,
            coding: coding(&meta, primary)?,
            orientation: orientation(&meta, item),
            is_sequence,
            code_points: code_points(&meta, item),
            icc: find(&meta, item, |property| match property {
                Property::Profile(profile) => Some(profile),
                _ => None,
            }),
            is_premultiplied: alpha.is_some_and(|alpha| meta.referred(*b"prem", primary).contains(&alpha)),
            alpha,
            exif: described(|item| item.kind == *b"Exif"),
            xmp: described(|item| item.is_xmp),
            has_gain_map,
            meta,
        })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What a pixel has.
    pub(crate) fn channels(&self) -> Channels {
        match (self.coding.is_grey, self.alpha.is_some()) {
            (true, false) => Channels::Grey,
            (true, true) => Channels::GreyAlpha,
            (false, false) => Channels::Rgb,
            (false, true) => Channels::Rgba,
        }
    }

    /// Whether the three channels are those of the picture, without a change of colour space.
    pub(crate) fn is_rgb(&self) -> bool {
        self.code_points.is_some_and(|points| points.matrix == 0)
    }
}

/// Whether a file says that it is of one of these kinds, among others.
fn has_brand(ftyp: &[u8], brands: [&[u8; 4]; 3]) -> Result<bool, Stop> {
    let mut fields = Fields(ftyp);
    let (major, _) = (fields.array()?, fields.u32()?);
    Ok(brands.into_iter().any(|brand| major == *brand || fields.0.chunks_exact(4).any(|other| other == brand)))
}

/// The first property of a kind.
fn find<'a, T>(meta: &Meta<'a>, item: &Item, is_wanted: fn(Property<'a>) -> Option<T>) -> Option<T> {
    meta.properties(item).find_map(|(property, _)| is_wanted(property))
}

pub(crate) fn code_points(meta: &Meta, item: &Item) -> Option<CodePoints> {
    find(meta, item, |property| match property {
        Property::CodePoints(points) => Some(points),
        _ => None,
    })
}

pub(crate) fn extent(meta: &Meta, item: &Item) -> Result<(u32, u32), Stop> {
    let extent = find(meta, item, |property| match property {
        Property::Extent(width, height) => Some((width, height)),
        _ => None,
    });
    extent.ok_or(Stop::Damaged("an image without a size"))
}

/// The size of what is seen of an image before it is turned, and where it begins, if it is a part.
fn seen(meta: &Meta, item: &Item) -> Result<(Pixels, Option<Pixels>), Stop> {
    let size = extent(meta, item)?;
    let mut crop = None;
    let mut is_turned = false;
    for (property, _) in meta.properties(item) {
        match property {
            Property::Crop(_) if is_turned || crop.is_some() => {
                return Err(Stop::Damaged("a picture that is cropped after it is turned, or twice"));
            }
            Property::Crop(part) => {
                let start = part.start(size).ok_or(Stop::Damaged("a part that is not in its picture"))?;
                crop = Some((part.size, start));
            }
            Property::Turn(_) | Property::Mirror(_) => is_turned = true,
            _ => {}
        }
    }
    Ok(crop.map_or((size, None), |(size, start)| (size, Some(start))))
}

/// The coding of an image, or of the first of those that it is put together from.
pub(crate) fn coding(meta: &Meta, id: Id) -> Result<Coding, Stop> {
    let coding = |id| {
        find(meta, meta.item(id).ok()?, |property| match property {
            Property::Coding(coding) => Some(coding),
            _ => None,
        })
    };
    let first_part = || meta.referred(*b"dimg", id).first().and_then(|&part| coding(part));
    coding(id).or_else(first_part).ok_or(Stop::Damaged("an image whose coding is not told"))
}

fn is_alpha(meta: &Meta, item: &Item) -> bool {
    // The second name is HEIF's older one, which is allowed.
    let names = [&b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"[..], b"urn:mpeg:hevc:2015:auxid:1"];
    meta.properties(item).any(|(property, _)| matches!(property, Property::Auxiliary(name) if names.contains(&name)))
}

/// The turns and mirrors in their order, as one orientation of EXIF. What the EXIF itself says is not to be looked at.
fn orientation(meta: &Meta, item: &Item) -> u8 {
    // Mirrored from left to right or not, and then turned against the clock by so many quarters.
    let (mut is_mirrored, mut quarters) = (false, 0);
    for (property, _) in meta.properties(item) {
        match property {
            Property::Turn(more) => quarters = (quarters + more) % 4,
            // What is mirrored after a turn could have been mirrored before a turn the other way.
            Property::Mirror(Mirror::LeftAndRight) => (is_mirrored, quarters) = (!is_mirrored, (4 - quarters) % 4),
            // The same and half a turn.
            Property::Mirror(Mirror::TopAndBottom) => (is_mirrored, quarters) = (!is_mirrored, (6 - quarters) % 4),
            _ => {}
        }
    }
    match (is_mirrored, quarters) {
        (false, 0) => 1,
        (false, 1) => 8,
        (false, 2) => 3,
        (false, _) => 6,
        (true, 0) => 2,
        (true, 1) => 5,
        (true, 2) => 4,
        (true, _) => 7,
    }
}
