//! Runs an image codec in a sandbox: a WebAssembly component that turns bytes into bytes and can do nothing else.
//!
//! A codec is a component of the world `sandpress:codec/encoder`, which imports nothing; one that does is refused, or gets nothing
//! ([`Imports`]). Each call gets an instance of its
//! own, with limits of memory, time and output; whatever a codec does wrong ends in a typed error, and the next call is not
//! affected.
//!
#![cfg_attr(feature = "compiler", doc = "```")]
#![cfg_attr(not(feature = "compiler"), doc = "```ignore")]
//! use sandpress_sandbox::{Codec, Engine, Limits, MediaType, Quality, Rendition};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
//! # let folder = std::env::temp_dir().join(format!("sandpress-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # std::fs::copy(root.join("target/encoders/sandpress-jpeg.wasm"), folder.join("sandpress-jpeg.wasm"))?;
//! # std::fs::copy(root.join("tests/images/photo.jpg"), folder.join("photo.jpg"))?;
//! # std::env::set_current_dir(&folder)?;
//! let engine = Engine::new()?;
//! let codec = Codec::compile(&engine, &std::fs::read("sandpress-jpeg.wasm")?)?;
//! let photo = std::fs::read("photo.jpg")?;
//! let rendition = Rendition::new(MediaType::JPEG).quality(Quality::Level(80.0)).contain(2048, 2048);
//! let made = codec.compress(&photo, &[rendition], &Limits::default())?;
//! std::fs::write("small.jpg", &made.outputs[0].bytes)?;
//! println!("{} bytes, {:?}, peak memory {}", made.outputs[0].bytes.len(), made.usage.elapsed, made.usage.peak_memory);
//! # assert!(made.outputs[0].bytes.len() < photo.len() / 2);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! Calls block the thread that makes them: an asynchronous host makes them on threads for blocking work. An [`Engine`] and a
//! [`Codec`] are cheap to clone and are shared between threads.

mod call;
mod check;
mod codec;
mod contract;
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
// Made up: it shows that a second version is served beside the first, before there is one.
#[cfg(test)]
mod v2;

pub use codec::{Codec, Compressed, Described, Probed};
pub use digest::{Digest, ParseDigestError};
pub use engine::{Engine, Imports, RUNTIME};
pub use error::{CallError, CodecError, LoadError};
pub use limits::{Limits, Usage};
pub use media_type::{MediaType, ParseMediaTypeError};
#[cfg(feature = "compiler")]
pub use native::{Target, precompile};
pub use types::{
    Descriptor, Domain, Fit, ImageInfo, Metadata, OptionInfo, Output, Probe, Quality, Rendition, Resize, Setting, Value,
};
