//! The little of EXIF that matters here: its orientation, its credits, and how to keep it truthful.
//!
//! EXIF is a TIFF file without pixels (CIPA DC-008, TIFF 6.0): a header, then directories (IFDs) of 12-byte entries. All
//! offsets are from the header and none can be trusted: every access is checked, and what is broken counts as absent.

/// `Orientation` of TIFF 6.0: where the first row and column of the stored image are seen.
const ORIENTATION: u16 = 0x0112;
const ARTIST: u16 = 0x013B;
const COPYRIGHT: u16 = 0x8298;
const THUMBNAIL_OFFSET: u16 = 0x0201;
const THUMBNAIL_LENGTH: u16 = 0x0202;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;

const ENTRY_LEN: usize = 12;

/// The orientation, 1 to 8; nothing where there is none or it makes no sense.
pub(crate) fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = Tiff::new(exif)?;
    let entry = tiff.entry(tiff.first_ifd()?, ORIENTATION)?;
    u8::try_from(tiff.number(entry)?).ok().filter(|orientation| (1..=8).contains(orientation))
}

/// A new EXIF block with artist and copyright only; nothing where the source has neither.
pub(crate) fn credits(exif: &[u8]) -> Option<Vec<u8>> {
    write(&texts(exif))
}

/// A new EXIF block for a picture that stays as it is stored: its orientation, and its credits if they are wanted. Nothing where it is
/// upright and has none.
pub(crate) fn for_stored(exif: &[u8], with_credits: bool) -> Option<Vec<u8>> {
    let mut entries = if with_credits { texts(exif) } else { Vec::new() };
    if let Some(orientation) = orientation(exif).filter(|&orientation| orientation != 1) {
        entries.push((ORIENTATION, SHORT, vec![orientation, 0]));
    }
    write(&entries)
}

/// The entries of the credits.
fn texts(exif: &[u8]) -> Vec<(u16, u16, Vec<u8>)> {
    let Some((tiff, ifd)) = Tiff::new(exif).and_then(|tiff| tiff.first_ifd().map(|ifd| (tiff, ifd))) else {
        return Vec::new();
    };
    let text = |tag| Some((tag, ASCII, tiff.text(tiff.entry(ifd, tag)?)?.to_vec()));
    [ARTIST, COPYRIGHT].into_iter().filter_map(text).collect()
}

/// The same EXIF block for a picture whose pixels are upright now; nothing where it is none, which a strict reader takes for a
/// damaged file.
///
/// The orientation becomes 1. The thumbnail goes: it shows the picture before it was turned, and what a crop was meant
/// to take away.
pub(crate) fn for_upright(mut exif: Vec<u8>) -> Option<Vec<u8>> {
    let (patches, thumbnail) = Tiff::new(&exif)?.changes_for_upright();
    for (at, value) in patches {
        // The last one may be cut.
        exif.iter_mut().skip(at).zip(value).for_each(|(byte, value)| *byte = value);
    }
    if let Some((at, len)) = thumbnail {
        let end = at.saturating_add(len);
        if end == exif.len() {
            exif.truncate(at);
        } else if let Some(place) = exif.get_mut(at..end) {
            place.fill(0);
        }
    }
    Some(exif)
}

/// Four bytes to write, each with its place; and where the thumbnail is, and how long.
type Changes = (Vec<(usize, [u8; 4])>, Option<(usize, usize)>);

/// A little-endian TIFF of one directory, whose entries are of a tag, a type and its bytes; nothing where there is none.
fn write(entries: &[(u16, u16, Vec<u8>)]) -> Option<Vec<u8>> {
    const HEADER_LEN: usize = 8;
    if entries.is_empty() {
        return None;
    }
    // TIFF wants them in the order of their tags.
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(tag, ..)| *tag);
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    out.extend_from_slice(&u16::try_from(entries.len()).ok()?.to_le_bytes());
    let mut values_at = HEADER_LEN + 2 + entries.len() * ENTRY_LEN + 4;
    let mut values = Vec::new();
    for (tag, kind, value) in entries {
        let count = if *kind == SHORT { value.len() / 2 } else { value.len() };
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
        if value.len() <= 4 {
            let mut inline = [0; 4];
            inline.get_mut(..value.len())?.copy_from_slice(value);
            out.extend_from_slice(&inline);
        } else {
            out.extend_from_slice(&u32::try_from(values_at).ok()?.to_le_bytes());
            values.extend_from_slice(value);
            // Values begin on word boundaries.
            values.resize(values.len().next_multiple_of(2), 0);
            values_at += value.len().next_multiple_of(2);
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&values);
    Some(out)
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Self { bytes, big_endian })
    }

    /// Of a block that is cut, the orientation is changed all the same: it is what turns the picture.
    fn changes_for_upright(&self) -> Changes {
        let Some(first) = self.first_ifd() else { return Changes::default() };
        let mut patches = Vec::new();
        if let Some(entry) = self.entry(first, ORIENTATION) {
            patches.push((entry + 8, self.value_one(entry)));
        }
        let Some(link) = self.link(first) else { return (patches, None) };
        let second = self.offset(link).filter(|&ifd| ifd != 0);
        let number = |tag| Some(self.number(self.entry(second?, tag)?)? as usize);
        let thumbnail = number(THUMBNAIL_OFFSET).zip(number(THUMBNAIL_LENGTH));
        patches.push((link, [0; 4]));
        (patches, thumbnail)
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn offset(&self, at: usize) -> Option<usize> {
        usize::try_from(self.u32(at)?).ok()
    }

    fn first_ifd(&self) -> Option<usize> {
        self.offset(4)
    }

    /// Where a directory's entry for a tag begins.
    fn entry(&self, ifd: usize, tag: u16) -> Option<usize> {
        let first = ifd.checked_add(2)?;
        let end = first.checked_add(usize::from(self.u16(ifd)?) * ENTRY_LEN)?;
        (first..end)
            .step_by(ENTRY_LEN)
            .map_while(|at| Some((at, self.u16(at)?)))
            .find(|&(_, t)| t == tag)
            .map(|(at, _)| at)
    }

    /// Where a directory says where the next one is.
    fn link(&self, ifd: usize) -> Option<usize> {
        let at = ifd.checked_add(2 + usize::from(self.u16(ifd)?) * ENTRY_LEN)?;
        self.u32(at).map(|_| at)
    }

    /// The value of an entry that holds one number.
    fn number(&self, entry: usize) -> Option<u32> {
        match self.u16(entry + 2)? {
            SHORT => self.u16(entry + 8).map(u32::from),
            LONG => self.u32(entry + 8),
            _ => None,
        }
    }

    /// The number 1 as this entry's type stores it.
    fn value_one(&self, entry: usize) -> [u8; 4] {
        match (self.u16(entry + 2), self.big_endian) {
            (Some(LONG), true) => [0, 0, 0, 1],
            (_, true) => [0, 1, 0, 0],
            (_, false) => [1, 0, 0, 0],
        }
    }

    /// The value of a text entry, with its final zero; nothing where it is empty.
    fn text(&self, entry: usize) -> Option<&'a [u8]> {
        if self.u16(entry + 2)? != ASCII {
            return None;
        }
        let len = self.offset(entry + 4)?;
        let at = if len <= 4 { entry + 8 } else { self.offset(entry + 8)? };
        let text = self.bytes.get(at..at.checked_add(len)?)?;
        text.iter().any(|byte| !matches!(byte, 0 | b' ')).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with an orientation and credits, then a thumbnail's directory and the thumbnail.
    fn sample(big_endian: bool) -> Vec<u8> {
        let u16 = |n: u16| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let u32 = |n: u32| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let short = |n: u16| [u16(n), [0, 0]].concat();
        let entry =
            |tag: u16, kind: u16, count: u32, value: &[u8]| [&u16(tag)[..], &u16(kind), &u32(count), value].concat();
        let mut out = if big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        out.extend(u32(8));
        out.extend(u16(3));
        out.extend(entry(ORIENTATION, SHORT, 1, &short(6)));
        out.extend(entry(ARTIST, ASCII, 3, b"Al\0\0"));
        out.extend(entry(COPYRIGHT, ASCII, 9, &u32(80)));
        out.extend(u32(50));
        out.extend(u16(2));
        out.extend(entry(THUMBNAIL_OFFSET, LONG, 1, &u32(89)));
        out.extend(entry(THUMBNAIL_LENGTH, LONG, 1, &u32(5)));
        out.extend(u32(0));
        assert_eq!(out.len(), 80);
        out.extend(b"(c) 2024\0thumb");
        out
    }

    #[test]
    fn the_orientation_is_read_in_both_byte_orders() {
        assert_eq!([false, true].map(|big| orientation(&sample(big))), [Some(6); 2]);
    }

    #[test]
    fn credits_are_all_that_a_new_block_holds() {
        for big_endian in [false, true] {
            let block = credits(&sample(big_endian)).unwrap();
            let tiff = Tiff::new(&block).unwrap();
            let ifd = tiff.first_ifd().unwrap();
            assert_eq!(tiff.u16(ifd), Some(2), "two entries");
            assert_eq!(tiff.text(tiff.entry(ifd, ARTIST).unwrap()), Some(&b"Al\0"[..]));
            assert_eq!(tiff.text(tiff.entry(ifd, COPYRIGHT).unwrap()), Some(&b"(c) 2024\0"[..]));
        }
    }

    #[test]
    fn a_picture_that_stays_as_stored_keeps_its_orientation() {
        for big_endian in [false, true] {
            let exif = sample(big_endian);
            let alone = for_stored(&exif, false).unwrap();
            assert_eq!((orientation(&alone), credits(&alone)), (Some(6), None));
            let with_credits = for_stored(&exif, true).unwrap();
            assert_eq!((orientation(&with_credits), credits(&with_credits)), (Some(6), credits(&exif)));
        }
        let upright = for_upright(sample(false)).unwrap();
        assert_eq!(for_stored(&upright, false), None);
        assert_eq!(for_stored(&upright, true), credits(&upright));
    }

    #[test]
    fn a_kept_block_says_upright_and_has_no_thumbnail() {
        for big_endian in [false, true] {
            let kept = for_upright(sample(big_endian)).unwrap();
            assert_eq!(orientation(&kept), Some(1));
            assert!(kept.ends_with(b"(c) 2024\0"), "the thumbnail stood at the end and is cut off");
            let tiff = Tiff::new(&kept).unwrap();
            assert_eq!(tiff.offset(tiff.link(8).unwrap()), Some(0));
            assert_eq!(credits(&kept), credits(&sample(big_endian)));
        }
    }

    #[test]
    fn a_kept_block_that_is_cut_says_upright_too() {
        for big_endian in [false, true] {
            let whole = sample(big_endian);
            for end in (0..whole.len()).filter(|&end| orientation(&whole[..end]).is_some()) {
                let kept = for_upright(whole[..end].to_vec()).unwrap();
                assert_eq!(orientation(&kept), Some(1), "cut at {end}");
            }
        }
    }

    #[test]
    fn no_cut_and_no_flipped_byte_makes_it_panic() {
        let whole = sample(true);
        for end in 0..whole.len() {
            let cut = whole[..end].to_vec();
            let _ = (orientation(&cut), credits(&cut), for_stored(&cut, true), for_upright(cut));
        }
        for at in 0..whole.len() {
            for value in [0x00, 0x7F, 0xFF] {
                let mut flipped = whole.clone();
                flipped[at] = value;
                let _ = (orientation(&flipped), credits(&flipped), for_stored(&flipped, true), for_upright(flipped));
            }
        }
    }
}
