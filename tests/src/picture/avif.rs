//! AVIF as our encoder writes it. The walk through the boxes and the colours are written anew here, from the standards; the AV1 in it is
//! decoded by dav1d's port, which encoders read AVIF with too, and which has nothing in common with what writes AV1.

use re_rav1d::dav1d::{Decoder, Picture as Decoded, PixelLayout, PlanarImageComponent as Plane, Settings};

use super::Picture;

/// Item properties: essential or not, and the box's name and data.
type Property<'a> = (bool, &'a [u8; 4], &'a [u8]);

/// A still picture of one item, with or without an item of opacity.
pub(super) fn decode(file: &[u8]) -> Result<Picture, String> {
    let meta = child(file, b"meta")?.get(4..).ok_or("an empty `meta`")?;
    let primary = number(child(meta, b"pitm")?, 4, 2)?;
    let colours = item(file, meta, primary)?;
    let opacity = match child(meta, b"iref").map(|references| auxiliary(&references[4..], primary)) {
        Ok(Some(id)) => Some(item(file, meta, id?)?),
        _ => None,
    };
    let (width, height) = (colours.width(), colours.height());
    if opacity.as_ref().is_some_and(|opacity| (opacity.width(), opacity.height()) != (width, height)) {
        return Err("an opacity of another size".to_owned());
    }
    Ok(Picture::from_fn(width, height, |x, y| {
        let [red, green, blue] = rgb(&colours, x, y);
        [red, green, blue, opacity.as_ref().map_or(255, |opacity| byte(sample(opacity, Plane::Y, x, y)))]
    }))
}

/// What `iref` says is the opacity of an item: its identifier.
fn auxiliary(references: &[u8], of: u32) -> Option<Result<u32, String>> {
    let mut auxiliaries = boxes(references).filter(|(name, _)| *name == b"auxl");
    let (_, data) = auxiliaries.find(|(_, data)| number(data, 4, 2) == Ok(of))?;
    Some(number(data, 0, 2))
}

/// Decodes an item, after a look at what the file says of it.
fn item(file: &[u8], meta: &[u8], id: u32) -> Result<Decoded, String> {
    let data = extent(file, child(meta, b"iloc")?, id)?;
    let picture = av1(data)?;
    let properties = properties(child(meta, b"iprp")?, id)?;
    let of = |name: &'static [u8; 4]| properties.iter().filter(move |property| property.1 == name);
    let [(_, _, size)] = of(b"ispe").collect::<Vec<_>>()[..] else { return Err("not one `ispe`".to_owned()) };
    if (number(size, 4, 4)?, number(size, 8, 4)?) != (picture.width(), picture.height()) {
        return Err("another size than `ispe` says".to_owned());
    }
    if !matches!(of(b"av1C").collect::<Vec<_>>()[..], [(true, _, [0x81, ..])]) {
        return Err("`av1C` is missing, optional or of another version".to_owned());
    }
    // Full range, and BT.601's matrix.
    if of(b"colr").any(|(_, _, colour)| colour.starts_with(b"nclx") && !colour.ends_with(b"\0\x06\x80")) {
        return Err("other colours than this decoder knows".to_owned());
    }
    Ok(picture)
}

/// The bytes of an item that is in one piece (ISO/IEC 14496-12, 8.11.3).
fn extent<'a>(file: &'a [u8], iloc: &[u8], id: u32) -> Result<&'a [u8], String> {
    if iloc.get(..6) != Some(&[0, 0, 0, 0, 0x44, 0]) {
        return Err("an `iloc` of another kind".to_owned());
    }
    let entries = iloc[8..].chunks_exact(14);
    let entry = entries.into_iter().find(|entry| number(entry, 0, 2) == Ok(id)).ok_or("no place of the item")?;
    let (start, len) = (number(entry, 6, 4)? as usize, number(entry, 10, 4)? as usize);
    file.get(start..start + len).ok_or_else(|| "an item beyond the end".to_owned())
}

/// What is said of an item (ISO/IEC 23008-12, 9.3).
fn properties<'a>(iprp: &'a [u8], id: u32) -> Result<Vec<Property<'a>>, String> {
    let all: Vec<_> = boxes(child(iprp, b"ipco")?).collect();
    let ipma = child(iprp, b"ipma")?;
    let mut at = 8;
    for _ in 0..number(ipma, 4, 4)? {
        let (own, count) = (number(ipma, at, 2)?, number(ipma, at + 2, 1)? as usize);
        let places = ipma.get(at + 3..at + 3 + count).ok_or("a short `ipma`")?;
        if own == id {
            let property = |&place: &u8| {
                let (name, data) = *all.get(usize::from(place & 0x7f).wrapping_sub(1)).ok_or("no such property")?;
                Ok((place & 0x80 != 0, name, data))
            };
            return places.iter().map(property).collect();
        }
        at += 3 + count;
    }
    Err("nothing is said of the item".to_owned())
}

fn av1(data: &[u8]) -> Result<Decoded, String> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    let mut decoder = Decoder::with_settings(&settings).map_err(|error| error.to_string())?;
    decoder.send_data(data.to_vec(), None, None, None).map_err(|error| error.to_string())?;
    decoder.get_picture().map_err(|error| error.to_string())
}

/// From 0 to 1. Of colours that are stored in less detail each pixel takes those of its place.
fn sample(picture: &Decoded, plane: Plane, x: u32, y: u32) -> f64 {
    let (across, down) = match picture.pixel_layout() {
        PixelLayout::I420 => (2, 2),
        PixelLayout::I422 => (2, 1),
        PixelLayout::I400 | PixelLayout::I444 => (1, 1),
    };
    let (x, y) = if plane == Plane::Y { (x, y) } else { (x / across, y / down) };
    let row = &picture.plane(plane)[y as usize * picture.stride(plane) as usize..];
    let x = x as usize;
    match picture.bit_depth() {
        8 => f64::from(row[x]) / 255.0,
        bits => f64::from(u16::from_ne_bytes([row[2 * x], row[2 * x + 1]])) / f64::from((1_u32 << bits) - 1),
    }
}

/// ITU-R BT.601 in full range.
fn rgb(picture: &Decoded, x: u32, y: u32) -> [u8; 3] {
    let luma = sample(picture, Plane::Y, x, y);
    if picture.pixel_layout() == PixelLayout::I400 {
        return [byte(luma); 3];
    }
    let [blue, red] = [Plane::U, Plane::V].map(|plane| sample(picture, plane, x, y) - 128.0 / 255.0);
    [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue].map(byte)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float stops at the ends")]
fn byte(value: f64) -> u8 {
    (value * 255.0).round() as u8
}

fn child<'a>(data: &'a [u8], name: &[u8; 4]) -> Result<&'a [u8], String> {
    let found = boxes(data).find(|(own, _)| *own == name);
    found.map(|(_, data)| data).ok_or_else(|| format!("no box `{}`", name.escape_ascii()))
}

/// Names and contents of the boxes that follow one another.
fn boxes(mut data: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let len = number(data, 0, 4).ok()? as usize;
        let (this, rest) = data.split_at_checked(len)?;
        data = rest;
        Some((this.get(4..)?.first_chunk()?, this.get(8..)?))
    })
}

/// A number of 1 to 4 bytes at a place.
fn number(data: &[u8], at: usize, len: usize) -> Result<u32, String> {
    let bytes = data.get(at..at + len).ok_or("a box that is too short")?;
    Ok(bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
}
