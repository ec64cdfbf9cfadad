//! The contract as Rust types, and its export as a component.
//!
//! Generated from `wit/v1`; the types are plain and the same on every target.
#![allow(missing_docs, reason = "generated from `wit/v1`, where the documentation is")]
#![allow(unsafe_code, reason = "the canonical ABI's glue, generated")]

wit_bindgen::generate!({
    world: "encoder",
    path: "../../wit/v1",
    pub_export_macro: true,
    additional_derives: [PartialEq],
});

/// Makes the crate a component that exports the contract's `codec`, kept by an [`Encoder`](crate::Encoder).
///
/// Only for wasm32: natively an encoder is called through [`compress`](crate::compress).
#[macro_export]
macro_rules! export_encoder {
    ($encoder:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::exports::sandpress::codec::codec::Guest;

            struct Component;

            impl Guest for Component {
                fn describe() -> $crate::Descriptor {
                    $crate::describe::<$encoder>()
                }

                fn probe(head: Vec<u8>) -> $crate::Probed {
                    $crate::probe(&head)
                }

                fn compress(
                    input: Vec<u8>,
                    renditions: Vec<$crate::Rendition>,
                ) -> Result<Vec<$crate::Output>, $crate::Error> {
                    $crate::compress::<$encoder>(input, &renditions)
                }
            }

    $crate::bindings::export!(Component with_types_in $crate::bindings);
        };
    };
}
