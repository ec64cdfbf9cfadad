//! The contract as Rust types and functions to call.
#![allow(missing_docs, reason = "generated from `wit/v1`, where the documentation is")]
#![allow(unsafe_code, reason = "the canonical ABI's glue, generated")]

wit_bindgen::generate!({
    world: "tool",
    additional_derives: [PartialEq],
    path: "../../wit/v1",
});

pub(crate) use sandpress::codec::{codec, types};
