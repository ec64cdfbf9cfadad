//! What can go wrong, sorted by who is at fault.

use std::time::Duration;

use crate::Digest;

/// A refusal that the codec itself stated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The image: a format, or a feature of one, that the codec does not read.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// The image: it breaks the rules of its format.
    #[error("malformed: {0}")]
    Malformed(String),
    /// The caller: a rendition that makes no sense.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// The image: too large for the codec.
    #[error("over limit: {0}")]
    OverLimit(String),
    /// The codec: a bug that it noticed.
    #[error("internal error of the codec: {0}")]
    Internal(String),
    /// Anything else.
    #[error("{code}: {detail}")]
    Other {
        /// Kebab-case, stable.
        code: String,
        /// For a person.
        detail: String,
    },
}

/// Why a call has no result. The codec stays usable: the next call starts afresh.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The codec refused.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The codec wanted more memory than it may have, and gave up.
    #[error("memory limit: the codec wanted {wanted} bytes, the limit is {limit}")]
    Memory {
        /// Bytes.
        limit: u64,
        /// Bytes, all of its memories together.
        wanted: u64,
    },
    /// The codec was interrupted.
    #[error("time limit: the codec was stopped after {elapsed:?}, the limit is {limit:?}")]
    Time {
        /// What it was given.
        limit: Duration,
        /// When it was stopped.
        elapsed: Duration,
    },
    /// The codec returned more than it may.
    #[error("output limit: the codec returned more than {limit} bytes")]
    Output {
        /// Bytes, all outputs together.
        limit: u64,
    },
    /// The codec's calls were nested too deeply.
    #[error("stack limit: the codec's calls were nested too deeply for its stack of {limit} bytes")]
    Stack {
        /// Bytes.
        limit: u64,
    },
    /// The codec stopped in the middle: a panic, an access out of bounds, a division by zero.
    #[error("trap: {reason}")]
    Trap {
        /// The kind of trap, as wasmtime names it, and the innermost functions where their names are known.
        reason: String,
    },
    /// The codec returned something that does not keep the contract or is not what was asked for.
    #[error("bad output: {0}")]
    BadOutput(String),
}

/// Why a component cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Not a WebAssembly component, or one that uses a feature that the sandbox leaves off.
    #[error("not a component that the sandbox runs: {0}")]
    Invalid(String),
    /// A codec imports nothing, unless the engine lets it: see [`Imports`](crate::Imports).
    #[error("the component imports {}; a codec must import nothing", .0.join(", "))]
    Imports(Vec<String>),
    /// The component exports no version of the contract that this host knows.
    #[error("the component exports {exports:?}; this host knows {known:?}")]
    UnknownContract {
        /// What the component exports.
        exports: Vec<String>,
        /// What the host knows.
        known: Vec<String>,
    },
    /// Code that is not what its catalog names: damaged, or exchanged.
    #[error("it has digest {found}, expected {expected}: it is damaged, or was exchanged")]
    Digest {
        /// Of the release.
        expected: Digest,
        /// Of the bytes given.
        found: Digest,
    },
    /// Native code that another version of the compiler, or another configuration, has made.
    #[error("native code does not fit this host, which runs {host}: {reason}; compile the component again")]
    NativeCode {
        /// The stamp that this host asks for.
        host: String,
        /// What is different.
        reason: String,
    },
    /// The machine cannot run the sandbox.
    #[error("the sandbox cannot be set up: {0}")]
    Engine(String),
}
