//! The file around the pictures (ISO/IEC 23008-12; AV1 Image File Format, version 1.1.0).

use sandpress_raster::{Embedded, Error};

use crate::av1::Picture;

/// The pictures of a file.
#[derive(Debug)]
pub(crate) struct Pictures {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bits: u8,
    pub(crate) colours: Picture,
    pub(crate) opacity: Option<Picture>,
}

/// Something in the file: what `iinf` says of it, how it refers to the picture, and its data.
struct Item<'a> {
    kind: &'a [u8; 4],
    /// What follows the name in `infe`.
    content_type: &'a [u8],
    reference: Option<&'a [u8; 4]>,
    /// Numbers of properties, from 1; the highest bit says that without it the item is not to be shown.
    properties: Vec<u8>,
    data: Vec<u8>,
}

const ESSENTIAL: u8 = 0x80;

/// Writes the file.
pub(crate) fn write(pictures: Pictures, embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let mut properties = vec![
        whole(*b"ispe", &[&pictures.width.to_be_bytes(), &pictures.height.to_be_bytes()])?,
        plain(*b"av1C", &[&pictures.colours.configuration])?,
        pixi(&pictures.colours, pictures.bits)?,
        // The colours of sRGB where no profile says otherwise, BT.601's matrix, the full range.
        match &embedded.icc {
            None => plain(*b"colr", &[b"nclx\0\x01\0\x0D\0\x06\x80"])?,
            Some(_) => plain(*b"colr", &[b"nclx\0\x02\0\x02\0\x06\x80"])?,
        },
    ];
    let mut colours = vec![1, 2 | ESSENTIAL, 3, 4];
    if let Some(profile) = &embedded.icc {
        properties.push(plain(*b"colr", &[b"prof", profile])?);
        colours.push(5);
    }
    let item = |kind, reference, data| Item { kind, content_type: b"", reference, properties: Vec::new(), data };
    let mut items = vec![Item { properties: colours, ..item(b"av01", None, pictures.colours.data) }];
    if let Some(opacity) = pictures.opacity {
        properties.push(plain(*b"av1C", &[&opacity.configuration])?);
        let configuration = number(properties.len())?;
        properties.push(pixi(&opacity, pictures.bits)?);
        properties.push(whole(*b"auxC", &[b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"])?);
        let properties = vec![1, configuration | ESSENTIAL, configuration + 1, configuration + 2];
        items.push(Item { properties, ..item(b"av01", Some(b"auxl"), opacity.data) });
    }
    if let Some(exif) = &embedded.exif {
        // The TIFF header begins at once.
        items.push(item(b"Exif", Some(b"cdsc"), [&[0; 4], &exif[..]].concat()));
    }
    if let Some(xmp) = &embedded.xmp {
        let content_type = b"application/rdf+xml\0";
        items.push(Item { content_type, ..item(b"mime", Some(b"cdsc"), xmp.clone()) });
    }

    let ftyp = plain(*b"ftyp", &[b"avif", &[0; 4], b"avifmif1miaf"])?;
    // As long as it will be, with the wrong places.
    let len = meta(&items, &properties, 0)?.len();
    let mut bytes = [ftyp.as_slice(), &meta(&items, &properties, ftyp.len() + len + 8)?].concat();
    bytes.extend(plain(*b"mdat", &items.iter().map(|item| item.data.as_slice()).collect::<Vec<_>>())?);
    Ok(bytes)
}

/// All that is said of the items, whose data begins at a place of the file.
fn meta(items: &[Item], properties: &[Vec<u8>], mut place: usize) -> Result<Vec<u8>, Error> {
    let (mut infos, mut places, mut references, mut associations) = (vec![], vec![], vec![], vec![]);
    for (id, item) in (1_u16..).zip(items) {
        let id = id.to_be_bytes();
        infos.extend(versioned(*b"infe", 2, &[&id, &[0; 2], item.kind, b"\0", item.content_type])?);
        // No construction method, one extent.
        places.extend_from_slice(&[id[0], id[1], 0, 0, 0, 1]);
        places.extend_from_slice(&length(place)?);
        places.extend_from_slice(&length(item.data.len())?);
        place += item.data.len();
        if let Some(kind) = item.reference {
            references.extend(plain(*kind, &[&id, &[0, 1, 0, 1]])?);
        }
        if !item.properties.is_empty() {
            associations.extend_from_slice(&[id[0], id[1], number(item.properties.len())?]);
            associations.extend_from_slice(&item.properties);
        }
    }
    let described = items.iter().filter(|item| !item.properties.is_empty()).count();
    let count = [0, number(items.len())?];
    let mut boxes = [
        whole(*b"hdlr", &[&[0; 4], b"pict", &[0; 13]])?,
        whole(*b"pitm", &[&[0, 1]])?,
        // Places and lengths have four bytes each.
        whole(*b"iloc", &[&[0x44, 0], &count, &places])?,
        whole(*b"iinf", &[&count, &infos])?,
    ]
    .concat();
    if !references.is_empty() {
        boxes.extend(whole(*b"iref", &[&references])?);
    }
    let container = plain(*b"ipco", &[&properties.concat()])?;
    let associations = whole(*b"ipma", &[&length(described)?, &associations])?;
    boxes.extend(plain(*b"iprp", &[&container, &associations])?);
    whole(*b"meta", &[&boxes])
}

fn pixi(picture: &Picture, bits: u8) -> Result<Vec<u8>, Error> {
    whole(*b"pixi", &[&[picture.planes], &vec![bits; picture.planes.into()]])
}

/// A box of version 0 without flags.
fn whole(kind: [u8; 4], parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    versioned(kind, 0, parts)
}

fn versioned(kind: [u8; 4], version: u8, parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    plain(kind, &[&[version, 0, 0, 0], &parts.concat()])
}

fn plain(kind: [u8; 4], parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let len = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    Ok([&length(len)?[..], &kind, &parts.concat()].concat())
}

fn length(len: usize) -> Result<[u8; 4], Error> {
    let len = u32::try_from(len).map_err(|_| Error::OverLimit("an AVIF of more than 4 GiB".into()))?;
    Ok(len.to_be_bytes())
}

fn number(count: usize) -> Result<u8, Error> {
    u8::try_from(count).map_err(|_| Error::Internal("an AVIF of more than 255 parts".into()))
}
