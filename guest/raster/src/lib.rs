//! What Sandpress' encoders share.
//!
//! An encoder component is this library and one implementation of [`Encoder`]: the library sniffs, decodes, turns
//! upright, resizes and decides about metadata; the encoder turns an upright [`Image`] into bytes.
//!
//! ```text
//! renditions ─▶ request (parsed; what makes no sense is refused before anything is decoded)
//! input ─▶ sniff ─▶ a format's `File`: opened once, decoded once for each scale that is needed
//!       ─▶ for each request: resize ─▶ colour ─▶ upright ─▶ metadata ─▶ budget ─▶ Encoder::encode ─▶ output
//! ```
//!
//! The types of the contract (`wit/v1`) are the API natively as well: [`compress`], [`probe`] and [`describe`] are
//! what the component exports, and what a native benchmark calls.

pub mod bindings;

mod animation;
mod avif;
mod bmp;
mod budget;
#[cfg_attr(feature = "coverage", expect(unreachable_pub, reason = "what is exported counts what it runs"))]
mod codec;
mod colour;
#[cfg(feature = "coverage")]
#[expect(unsafe_code, reason = "the counters are the compiler's: see the module's safety comments")]
mod coverage;
mod encoder;
mod error;
mod exif;
mod gif;
#[cfg(feature = "heic")]
mod heic;
mod heif;
mod image;
mod iptc;
mod isobmff;
mod jpeg;
mod jxl;
mod limits;
mod metadata;
mod options;
mod original;
mod perceptual;
mod png;
mod request;
mod resize;
mod sniff;
mod source;
mod srgb;
mod ssimulacra2;
mod subsampling;
mod tiff;
mod upright;
mod verify;
mod view;
mod webp;

/// The quality that a rendition asks for, as the contract has it. [`Quality`] is what an encoder gets.
pub use bindings::exports::sandpress::codec::types::Quality as RequestedQuality;
pub use bindings::exports::sandpress::codec::types::{
    Descriptor, Domain, Error, Fit, ImageInfo, Metadata, OptionInfo, OtherError, Output, Probed, Rendition, Resize,
    Setting, Value,
};

pub use animation::{Animation, Frame};
pub use avif::AvifOriginal;
#[cfg(not(feature = "coverage"))]
pub use codec::compress;
#[cfg(feature = "coverage")]
pub use coverage::compress;
pub use encoder::{Encoded, Encoder, Quality};
pub use image::{Channels, Image, Samples};
pub use jpeg::{JpegCoefficients, JpegColour, JpegComponent, JpegOriginal};
pub use metadata::{Embedded, PngColour};
pub use options::{Options, describe};
pub use original::Original;
pub use png::PngOriginal;
pub use sniff::ACCEPTS;
pub use source::probe;
pub use ssimulacra2::Reference;
pub use subsampling::Subsampling;
pub use verify::Tolerance;
pub use view::seen;
pub use webp::WebpOriginal;
