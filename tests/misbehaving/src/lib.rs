//! A codec that misbehaves on demand: its input is the name of what it shall do wrong.
//!
//! It is bound to the contract directly, without the library that the real encoders share: nothing stands between the host
//! and what comes back. An input that names nothing is answered honestly, with the smallest PNG there is.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the component calls it"))]

#[allow(missing_docs, unsafe_code, unreachable_pub, reason = "generated from `wit/v1`")]
mod bindings {
    wit_bindgen::generate!({ path: "../../wit/v1", world: "encoder" });

    #[cfg(target_arch = "wasm32")]
    const _: () = {
        use super::Misbehaving;
        export!(Misbehaving);
    };
}
mod answer;
mod resources;

use bindings::{
    exports::sandpress::codec::codec::Guest,
    exports::sandpress::codec::types::{Descriptor, Error, Output, Probed, Rendition},
};

struct Misbehaving;

impl Guest for Misbehaving {
    fn describe() -> Descriptor {
        answer::descriptor()
    }

    fn probe(head: Vec<u8>) -> Probed {
        let task = String::from_utf8_lossy(&head);
        resources::misuse(&task);
        match &*task {
            "need less" => Probed::NeedMore(head.len() as u64),
            "zero dimensions" => Probed::Known(answer::info(0, 0)),
            "bad media type" => Probed::Known(answer::info_of("an image of mine")),
            "orientation 9" => {
                let mut info = answer::info(1, 1);
                info.orientation = 9;
                Probed::Known(info)
            }
            "unknown" => Probed::Unknown,
            _ => Probed::Known(answer::info(1, 1)),
        }
    }

    fn compress(input: Vec<u8>, renditions: Vec<Rendition>) -> Result<Vec<Output>, Error> {
        let task = String::from_utf8_lossy(&input);
        resources::misuse(&task);
        resources::obey(&task);
        if let Some(error) = answer::error(&task) {
            return Err(error);
        }
        let outputs = renditions.iter().map(|rendition| answer::output(&task, rendition)).collect();
        Ok(answer::listed(&task, outputs))
    }
}
