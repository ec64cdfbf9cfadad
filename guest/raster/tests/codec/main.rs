//! The contract's functions, driven from outside: files in, files out.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics says where it failed, and its numbers are small"
)]

mod avif;
mod bmp;
mod colours;
mod formats;
mod gif;
#[cfg(feature = "heic")]
mod heic;
mod jpeg;
mod jxl;
mod limits;
mod metadata;
mod orientation;
mod perceptual;
mod png_input;
mod probe;
mod profiles;
mod requests;
mod resizing;
mod support;
mod tiff;
mod unknown_formats;
mod verify;
mod webp;
