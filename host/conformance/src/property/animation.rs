//! Animations.

use sandpress_sandbox::{CodecError, Quality};

use crate::{
    Obstacle,
    corpus::ANIMATIONS,
    subject::{Exam, ensure},
};

/// One stays one, or is refused as unsupported: never is a picture made of many.
pub(super) fn keeps_animations_or_refuses_them(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let mut animations = ANIMATIONS.iter().filter(|(media_type, _)| exam.accepts(media_type)).peekable();
    if animations.peek().is_none() {
        return Err(Obstacle::NotApplicable("it reads no format of which the corpus has an animation".to_owned()));
    }
    for (name, file) in animations {
        let plain = exam.rendition().quality(Quality::Level(60.0));
        for (rendition, size) in [(plain.clone(), (47, 35)), (plain.contain(24, 24), (24, 18))] {
            match exam.compress(&format!("an animation in {name}"), file, std::slice::from_ref(&rendition))? {
                Ok(outputs) => {
                    let info = &outputs[0].info;
                    let made = (info.frames, info.width, info.height);
                    ensure!(
                        made == (3, size.0, size.1),
                        "three frames of {} × {} in {name} become {} of {} × {}",
                        size.0,
                        size.1,
                        made.0,
                        made.1,
                        made.2
                    );
                }
                Err(CodecError::Unsupported(_)) => {}
                Err(error) => return Err(Obstacle::Failed(format!("an animation in {name} is refused as {error}"))),
            }
        }
    }
    Ok(())
}
