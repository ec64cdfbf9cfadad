//! The items of a HEIF: pictures, parts of pictures, and metadata (ISO/IEC 14496-12, section 8.11).

use std::collections::BTreeMap;

use super::properties::Property;
use crate::isobmff::{Fields, Parts, Stop};

/// An item by its number.
pub(crate) type Id = u32;

/// What the `meta` box says.
#[derive(Debug, Default)]
pub(crate) struct Meta<'a> {
    pub(crate) primary: Id,
    items: BTreeMap<Id, Item>,
    references: Vec<Reference>,
    properties: Vec<Property<'a>>,
    /// Data of items that stand in the box itself.
    pub(crate) data: &'a [u8],
}

#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) kind: [u8; 4],
    /// Whether it is an XMP packet.
    pub(crate) is_xmp: bool,
    pub(crate) place: Place,
    /// Places in the list of properties, which count from 1, and whether the property is essential.
    properties: Vec<(u16, bool)>,
}

/// Where the data of an item are.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) origin: Origin,
    /// Where each part begins, and its length.
    pub(crate) extents: Vec<(u64, u64)>,
}

/// What offsets are counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Origin {
    #[default]
    File,
    /// The `idat` box.
    Meta,
    /// Another file, or another item.
    Elsewhere,
}

#[derive(Debug)]
struct Reference {
    kind: [u8; 4],
    from: Id,
    to: Vec<Id>,
}

impl<'a> Meta<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Result<Self, Stop> {
        let mut fields = Fields(data);
        fields.version()?;
        let mut parts = Parts::of(fields.0);
        let mut meta = Self::default();
        while let Some(part) = parts.next()? {
            let data = parts.data(part)?;
            let fields = Fields(data);
            match &part.kind {
                b"pitm" => meta.note_primary(fields)?,
                b"iinf" => meta.note_kinds(fields)?,
                b"iloc" => meta.note_places(fields)?,
                b"iprp" => meta.note_properties(data)?,
                b"iref" => meta.note_references(fields)?,
                b"idat" => meta.data = data,
                _ => {}
            }
        }
        Ok(meta)
    }

    pub(crate) fn item(&self, id: Id) -> Result<&Item, Stop> {
        self.items.get(&id).ok_or(Stop::Damaged("an item is missing"))
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// What is said of an item, and whether it is essential, in the order in which it applies.
    pub(crate) fn properties(&self, item: &Item) -> impl Iterator<Item = (Property<'a>, bool)> {
        // Number 0 says nothing.
        let at = |number: u16| usize::from(number).checked_sub(1).and_then(|at| self.properties.get(at));
        item.properties.iter().filter_map(move |&(number, essential)| Some((*at(number)?, essential)))
    }

    /// Items that refer to another one in a way.
    pub(crate) fn referring(&self, kind: &'static [u8; 4], to: Id) -> impl Iterator<Item = Id> {
        let references = self.references.iter().filter(move |reference| reference.kind == *kind);
        references.filter(move |reference| reference.to.contains(&to)).map(|reference| reference.from)
    }

    /// Items that an item refers to in a way.
    pub(crate) fn referred(&self, kind: [u8; 4], from: Id) -> &[Id] {
        let mut references = self.references.iter();
        references.find(|reference| reference.kind == kind && reference.from == from).map_or(&[], |found| &found.to)
    }

    fn note_primary(&mut self, mut fields: Fields) -> Result<(), Stop> {
        let (version, _) = fields.version()?;
        self.primary = fields.short_or_long(version > 0)?;
        Ok(())
    }

    fn note_kinds(&mut self, mut fields: Fields<'a>) -> Result<(), Stop> {
        let (version, _) = fields.version()?;
        fields.short_or_long(version > 0)?;
        let mut entries = Parts::of(fields.0);
        while let Some(entry) = entries.next()? {
            let mut fields = Fields(entries.data(entry)?);
            let (version, _) = fields.version()?;
            // Before version 2 an item has no kind.
            if entry.kind != *b"infe" || version < 2 {
                continue;
            }
            let id = fields.short_or_long(version > 2)?;
            let is_protected = fields.u16()? != 0;
            let kind = fields.array()?;
            let item = self.items.entry(id).or_default();
            item.kind = if is_protected { *b"    " } else { kind };
            if kind == *b"mime" {
                fields.text()?;
                item.is_xmp = fields.text()? == b"application/rdf+xml";
            }
        }
        Ok(())
    }

    fn note_places(&mut self, mut fields: Fields) -> Result<(), Stop> {
        let (version, _) = fields.version()?;
        let [sizes, more] = fields.array()?;
        let (offset_size, length_size, base_size) = (sizes >> 4, sizes & 15, more >> 4);
        let index_size = if version > 0 { more & 15 } else { 0 };
        // So a list is never longer than the box that it is in.
        if length_size == 0 {
            return Err(Stop::Damaged("items without a length"));
        }
        for _ in 0..fields.short_or_long(version > 1)? {
            let id = fields.short_or_long(version > 1)?;
            let method = if version > 0 { fields.u16()? & 15 } else { 0 };
            let is_elsewhere = fields.u16()? != 0;
            let base = fields.number(base_size)?;
            let mut extents = Vec::new();
            for _ in 0..fields.u16()? {
                fields.number(index_size)?;
                let start = base.checked_add(fields.number(offset_size)?);
                extents.push((start.ok_or(Stop::Damaged("an item beyond every file"))?, fields.number(length_size)?));
            }
            let origin = match method {
                0 if !is_elsewhere => Origin::File,
                1 if !is_elsewhere => Origin::Meta,
                _ => Origin::Elsewhere,
            };
            self.items.entry(id).or_default().place = Place { origin, extents };
        }
        Ok(())
    }

    fn note_properties(&mut self, data: &'a [u8]) -> Result<(), Stop> {
        let mut parts = Parts::of(data);
        while let Some(part) = parts.next()? {
            let data = parts.data(part)?;
            match &part.kind {
                b"ipco" => {
                    let mut all = Parts::of(data);
                    while let Some(property) = all.next()? {
                        self.properties.push(Property::read(property, all.data(property)?)?);
                    }
                }
                b"ipma" => self.note_associations(Fields(data))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn note_associations(&mut self, mut fields: Fields) -> Result<(), Stop> {
        let (version, flags) = fields.version()?;
        for _ in 0..fields.u32()? {
            let id = fields.short_or_long(version > 0)?;
            let count = fields.u8()?;
            let properties = &mut self.items.entry(id).or_default().properties;
            for _ in 0..count {
                properties.push(if flags & 1 == 1 {
                    let number = fields.u16()?;
                    (number & 0x7FFF, number >> 15 == 1)
                } else {
                    let number = fields.u8()?;
                    (u16::from(number & 0x7F), number >> 7 == 1)
                });
            }
        }
        Ok(())
    }

    fn note_references(&mut self, mut fields: Fields<'a>) -> Result<(), Stop> {
        let (version, _) = fields.version()?;
        let mut parts = Parts::of(fields.0);
        while let Some(part) = parts.next()? {
            let mut fields = Fields(parts.data(part)?);
            let from = fields.short_or_long(version > 0)?;
            let count = fields.u16()?;
            let to = (0..count).map(|_| fields.short_or_long(version > 0)).collect::<Result<_, _>>()?;
            self.references.push(Reference { kind: part.kind, from, to });
        }
        Ok(())
    }
}
