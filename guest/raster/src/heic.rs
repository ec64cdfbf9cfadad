//! HEIC in, with the feature `heic` alone: its header for `probe`, its pixels for `compress`.

mod decode;
mod file;

pub(crate) use file::File;
