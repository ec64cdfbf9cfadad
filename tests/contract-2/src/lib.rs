//! An encoder of the contract that `tests/contract-2/wit` makes up: PAMs become PGMs and PPMs, on the background that was asked for.
//!
//! The formats are of a few lines, so that what is seen is the contract.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the component calls it"))]

#[allow(missing_docs, unsafe_code, unreachable_pub, reason = "generated from `wit`")]
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "encoder" });

    #[cfg(target_arch = "wasm32")]
    const _: () = {
        use super::Flatten;
        export!(Flatten);
    };
}
mod pam;

use bindings::exports::sandpress::codec::{
    codec::Guest,
    types::{Background, Colour, Descriptor, Error, Fault, ImageInfo, Metadata, Output, Probed, Quality, Rendition},
};
use pam::{Pam, Unread};

const PAM: &str = "image/x-portable-arbitrarymap";
const PNM: &str = "image/x-portable-anymap";
const WHITE: Background = Background { red: 255, green: 255, blue: 255 };

struct Flatten;

impl Guest for Flatten {
    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            accepts: vec![PAM.to_owned()],
            produces: vec![PNM.to_owned()],
            options: Vec::new(),
        }
    }

    fn probe(head: Vec<u8>) -> Probed {
        match pam::header(&head) {
            Ok((header, _)) => Probed::Known(info(PAM, &header, header.has_alpha())),
            // The header is of a few lines: what does not end within 4 KiB is none.
            Err(Unread::Short) if head.len() < 4096 => Probed::NeedMore(4096),
            Err(Unread::Short | Unread::Stranger | Unread::Malformed(_)) => Probed::Unknown,
        }
    }

    fn compress(input: Vec<u8>, renditions: Vec<Rendition>) -> Result<Vec<Output>, Error> {
        let (header, pixels) = pam::read(&input).map_err(|unread| match unread {
            Unread::Stranger => error(Fault::Unsupported, "the file is no PAM"),
            Unread::Short => error(Fault::Malformed, "the file is cut off"),
            Unread::Malformed(why) => error(Fault::Malformed, why),
        })?;
        renditions.iter().map(|rendition| output(&header, pixels, rendition)).collect()
    }
}

fn output(header: &Pam, pixels: &[u8], rendition: &Rendition) -> Result<Output, Error> {
    let Rendition { media_type, quality, resize, max_bytes, metadata, background, settings } = rendition;
    if media_type != PNM || resize.is_some() || !settings.is_empty() || *metadata != Metadata::Strip {
        return Err(error(Fault::BadRequest, "only the whole picture can be had, as image/x-portable-anymap"));
    }
    if !matches!(quality, Quality::Default | Quality::Lossless) {
        return Err(error(Fault::BadRequest, "nothing is lost, and there is no level of it"));
    }
    let bytes = pam::flatten(header, pixels, background.unwrap_or(WHITE));
    if let Some(most) = max_bytes.filter(|most| bytes.len() as u64 > *most) {
        return Err(error(Fault::BadRequest, &format!("{} bytes is the smallest, {most} were asked for", bytes.len())));
    }
    Ok(Output { bytes, info: info(PNM, header, false), notes: Vec::new() })
}

fn info(media_type: &str, header: &Pam, has_alpha: bool) -> ImageInfo {
    ImageInfo {
        media_type: media_type.to_owned(),
        width: header.width,
        height: header.height,
        frames: 1,
        bits_per_channel: 8,
        has_alpha,
        orientation: 1,
        colour: if header.is_grey() { Colour::Grey } else { Colour::Rgb },
        settings: Vec::new(),
    }
}

fn error(fault: Fault, detail: &str) -> Error {
    Error { fault, detail: detail.to_owned() }
}
