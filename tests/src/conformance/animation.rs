//! Animations.

use sandpress_sandbox::{CallError, CodecError, MediaType, Quality};

use super::Subject;
use crate::images;

/// One stays one, or is refused with a word on what to ask for: never is a picture made of many.
pub fn keeps_animations_or_refuses_them(subject: &Subject) {
    let animates = subject.media_type == MediaType::WEBP;
    for name in ["formats/animation.gif", "formats/animation.png", "formats/animation.webp"] {
        let file = images::image(name);
        let plain = subject.rendition().quality(Quality::Level(60.0));
        for (rendition, size) in [(plain.clone(), (47, 35)), (plain.contain(24, 24), (24, 18))] {
            match subject.compress(&file, std::slice::from_ref(&rendition)) {
                Ok(made) => {
                    let info = &made.outputs[0].info;
                    assert_eq!((info.frames, info.width, info.height), (3, size.0, size.1), "{name}");
                }
                Err(CallError::Codec(CodecError::Unsupported(detail))) if !animates => {
                    assert!(detail.contains("3 frames") && detail.contains("image/webp"), "{name}: {detail}");
                }
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
}
