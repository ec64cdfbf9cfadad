//! An ICC profile, as far as it says which colours an image has (ICC.1:2022, section 7).
//!
//! `moxcms` sees the tags that a conversion depends on and no others: nothing else can break it, and texts whose records all point
//! at the same megabytes cannot keep it busy.

use moxcms::{ColorProfile, DataColorSpace};

/// The bytes before the table of tags.
const HEADER_LEN: usize = 128;
const ENTRY_LEN: usize = 12;

/// Characters of a name that are worth repeating.
const NAME_CHARS: usize = 60;

/// A profile that may be anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Icc<'a>(&'a [u8]);

/// An entry of the table of tags.
type Entry = [u8; ENTRY_LEN];

impl<'a> Icc<'a> {
    pub(super) fn new(profile: &'a [u8]) -> Self {
        Self(profile)
    }

    /// The colours that the profile describes, or why it cannot be used.
    pub(super) fn colours(self) -> Result<ColorProfile, &'static str> {
        const UNREADABLE: &str = "cannot be read";
        let space = self.0.get(16..20).filter(|_| self.0.get(36..40) == Some(b"acsp")).ok_or(UNREADABLE)?;
        if !matches!(self.0.get(12..16), Some(b"scnr" | b"mntr" | b"prtr" | b"spac")) {
            return Err("is of no kind that describes an image");
        }
        if self.is_hdr() {
            return Err("is of high dynamic range");
        }
        let wanted: &[&[u8; 4]] = match space {
            b"GRAY" => &[b"kTRC"],
            b"RGB " => &[b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"],
            b"CMYK" => &[],
            _ => return Err("is for colours that are neither grey, RGB nor CMYK"),
        };
        let mut entries: Vec<Entry> = wanted.iter().filter_map(|signature| self.entry(signature)).collect();
        // The perceptual table goes before curves and a matrix; where there are none, another table takes its place.
        let tables: &[&[u8; 4]] = match space {
            b"GRAY" => &[],
            b"RGB " if entries.len() == wanted.len() => &[b"A2B0"],
            _ => &[b"A2B0", b"A2B1", b"A2B2"],
        };
        entries.extend(tables.iter().find_map(|signature| self.entry(signature)).map(|mut entry| {
            entry[..4].copy_from_slice(b"A2B0");
            entry
        }));
        let colours = self.with_tags(&entries).and_then(|profile| ColorProfile::new_from_slice(&profile).ok());
        let colours = colours.ok_or(UNREADABLE)?;
        if takes_one_curve_for_another(&colours) {
            return Err("has two curves that are the same, and a third");
        }
        Ok(colours)
    }

    /// What the profile calls itself.
    pub(super) fn name(self) -> String {
        let text = self.tag(b"desc").map(text).unwrap_or_default();
        let printable = text.chars().filter(|character| !character.is_control()).take(NAME_CHARS);
        let name = printable.collect::<String>();
        if name.trim().is_empty() { "an unnamed profile".into() } else { name.trim().into() }
    }

    /// Whether its curve is PQ or HLG (ITU-T H.273): white is no limit there, and to make it one is a matter of taste.
    fn is_hdr(self) -> bool {
        matches!(self.tag(b"cicp"), Some([b'c', b'i', b'c', b'p', _, _, _, _, _, 16 | 18, ..]))
    }

    fn tag(self, signature: &[u8; 4]) -> Option<&'a [u8]> {
        let [.., o0, o1, o2, o3, l0, l1, l2, l3] = self.entry(signature)?;
        let (offset, len) = (u32::from_be_bytes([o0, o1, o2, o3]), u32::from_be_bytes([l0, l1, l2, l3]));
        self.0.get(offset as usize..)?.get(..len as usize)
    }

    fn entry(self, signature: &[u8; 4]) -> Option<Entry> {
        let (count, table) = self.0.get(HEADER_LEN..)?.split_first_chunk()?;
        let entries = table.as_chunks::<ENTRY_LEN>().0;
        entries.iter().take(u32::from_be_bytes(*count) as usize).find(|entry| entry.starts_with(signature)).copied()
    }

    /// The same profile with no other tags. What they point at stays in its place.
    fn with_tags(self, entries: &[Entry]) -> Option<Vec<u8>> {
        let mut profile = self.0.to_vec();
        // When it was made is nobody's business, and often not a date: the first of January 2000.
        profile.get_mut(24..36)?.copy_from_slice(&[7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
        let table = [&u32::try_from(entries.len()).ok()?.to_be_bytes()[..], entries.as_flattened()].concat();
        profile.get_mut(HEADER_LEN..HEADER_LEN + table.len())?.copy_from_slice(&table);
        Some(profile)
    }
}

/// `moxcms` 0.9 converts all three channels by the curve of the first where the second has the same as only one of the others.
fn takes_one_curve_for_another(colours: &ColorProfile) -> bool {
    let (red, green, blue) = (&colours.red_trc, &colours.green_trc, &colours.blue_trc);
    colours.color_space == DataColorSpace::Rgb && (red == green) != (green == blue)
}

/// A text of version 2 of the specification, or the first one of version 4.
fn text(tag: &[u8]) -> String {
    let number = |at: usize| Some(u32::from_be_bytes(*tag.get(at..)?.first_chunk()?) as usize);
    let text = match tag.first_chunk() {
        Some(b"desc") => number(8).and_then(|len| tag.get(12..)?.get(..len)).map(latin),
        Some(b"mluc") => {
            number(20).zip(number(24)).and_then(|(len, offset)| tag.get(offset..)?.get(..len)).map(|utf16| {
                let units = utf16.as_chunks().0.iter().take(NAME_CHARS).map(|unit| u16::from_be_bytes(*unit));
                char::decode_utf16(units).map_while(Result::ok).collect()
            })
        }
        _ => None,
    };
    text.unwrap_or_default()
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().take(NAME_CHARS).map(|&byte| char::from(byte)).collect()
}
