//! What AVIF and HEIC have in common: the file around the coded pictures (ISO/IEC 23008-12).

mod colour;
mod header;
mod items;
mod meta;
mod probe;
mod properties;

pub(crate) use colour::profile;
pub(crate) use header::{Header, code_points, coding, extent};
pub(crate) use items::{data, metadata};
pub(crate) use meta::{Id, Meta, Origin};
pub(crate) use probe::probe;
pub(crate) use properties::{CodePoints, Property};
