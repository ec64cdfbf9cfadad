//! Runs an image codec in a sandbox: a WebAssembly component that turns bytes into bytes and can do nothing else.
//!
//! A codec is a component of the world `sandpress:codec/encoder`, which imports nothing. Each call gets an instance of its
//! own, with limits of memory, time and output; whatever a codec does wrong ends in a typed error, and the next call is not
//! affected.
//!
#![cfg_attr(feature = "compiler", doc = "```no_run")]
#![cfg_attr(not(feature = "compiler"), doc = "```ignore")]
//! use sandpress_sandbox::{Codec, Engine, Limits, MediaType, Quality, Rendition};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::new()?;
//! let codec = Codec::compile(&engine, &std::fs::read("sandpress-jpeg.wasm")?)?;
//! let photo = std::fs::read("photo.jpg")?;
//! let rendition = Rendition::new(MediaType::JPEG).quality(Quality::Level(80.0)).contain(2048, 2048);
//! let made = codec.compress(&photo, &[rendition], &Limits::default())?;
//! std::fs::write("small.jpg", &made.outputs[0].bytes)?;
//! println!("{} bytes, {:?}, peak memory {}", made.outputs[0].bytes.len(), made.usage.elapsed, made.usage.peak_memory);
//! # Ok(())
//! # }
//! ```
//!
//! Calls block the thread that makes them: an asynchronous host makes them on threads for blocking work. An [`Engine`] and a
//! [`Codec`] are cheap to clone and are shared between threads.

mod call;
mod check;
mod codec;
mod digest;
mod engine;
mod error;
mod limits;
mod media_type;
#[expect(unsafe_code, reason = "the one place that maps native code; its safety argument is written there")]
mod native;
mod ticker;
mod types;
mod v1;

pub use codec::{Codec, Compressed, Described, Probed};
pub use digest::{Digest, ParseDigestError};
pub use engine::Engine;
pub use error::{CallError, CodecError, LoadError};
pub use limits::{Limits, Usage};
pub use media_type::{MediaType, ParseMediaTypeError};
#[cfg(feature = "compiler")]
pub use native::{Target, precompile};
pub use types::{
    Descriptor, Domain, Fit, ImageInfo, Metadata, OptionInfo, Output, Probe, Quality, Rendition, Resize, Setting, Value,
};
