//! Native code: compiled ahead, checked, mapped.
//!
//! This is the one module with `unsafe`, for two functions of wasmtime. Whoever runs native code trusts it as they trust their
//! own program; here that trust comes from a digest, and the digest from a catalog that the operator controls.

use wasmtime::component::Component;

use crate::{Digest, Engine, LoadError, engine::RUNTIME};

/// Loads native code whose digest is known.
pub(crate) fn load(engine: &Engine, code: &[u8], expected: Digest) -> Result<Component, LoadError> {
    expected.verify(code)?;
    // SAFETY: `deserialize` asks for bytes that `precompile_component` has returned, unchanged. They are these bytes: the digest,
    // just computed over this very buffer (nobody else can write to it), is the one that the caller's catalog gives to a
    // release, and catalogs are written by `precompile`'s callers. Whether the same version of wasmtime with the same
    // configuration has made them is checked by wasmtime against the stamp and its own record of settings.
    unsafe { Component::deserialize(&engine.wasmtime, code) }
        .map_err(|error| LoadError::NativeCode { host: RUNTIME.to_owned(), reason: format!("{error:#}") })
}

/// The machine that native code is for.
#[cfg(feature = "compiler")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// This machine, with all that its processor can do.
    Host,
    /// Linux on x86-64-v3 (AVX2): every x86-64 machine of AWS Lambda.
    X86_64,
    /// Linux on AWS Graviton 2 and later (Neoverse N1).
    Aarch64,
}

#[cfg(feature = "compiler")]
impl Target {
    /// The processor's family, as [`std::env::consts::ARCH`] names it.
    pub fn arch(self) -> &'static str {
        match self {
            Self::Host => std::env::consts::ARCH,
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

/// Compiles a component to native code for a machine, which need not be this one.
///
/// # Errors
///
/// [`LoadError::Invalid`] if it is not a component that the sandbox runs.
#[cfg(feature = "compiler")]
pub fn precompile(component: &[u8], target: Target) -> Result<Vec<u8>, LoadError> {
    let engine = |error: wasmtime::Error| LoadError::Engine(format!("{error:#}"));
    let mut config = crate::engine::configuration();
    let (triple, features): (_, &[&str]) = match target {
        Target::Host => (None, &[]),
        Target::X86_64 => (Some("x86_64-unknown-linux-gnu"), &["x86-64-v3"]),
        Target::Aarch64 => (Some("aarch64-unknown-linux-gnu"), &["has_lse", "has_fp16", "has_dotprod"]),
    };
    if let Some(triple) = triple {
        config.target(triple).map_err(engine)?;
    }
    for feature in features {
        // SAFETY: a flag is unsafe because code may then use instructions that a processor lacks. These are features of every
        // processor of the target named beside them, and loading checks them again on the machine that runs the code.
        unsafe { config.cranelift_flag_enable(feature) };
    }
    let engine = wasmtime::Engine::new(&config).map_err(engine)?;
    engine.precompile_component(component).map_err(|error| LoadError::Invalid(format!("{error:#}")))
}
