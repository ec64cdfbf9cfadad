//! What can be read.

use std::collections::BTreeMap;

use sandpress_sandbox::CodecError;

use crate::{
    Obstacle,
    corpus::SAMPLES,
    subject::{Exam, ensure},
};

/// A feature of a format may be unsupported, and so may transparency; a whole format may not.
pub(super) fn reads_what_it_says(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let tiny = exam.rendition().contain(16, 16);
    // Why nothing is made of a format's pictures; nothing where something is.
    let mut formats: BTreeMap<&str, Option<CodecError>> = BTreeMap::new();
    for sample in SAMPLES.iter().filter(|sample| exam.accepts(sample.media_type)) {
        if let Some(None) = formats.get(sample.media_type) {
            continue;
        }
        let made = exam.compress(sample.name, &sample.bytes(), std::slice::from_ref(&tiny))?;
        formats.insert(sample.media_type, made.err());
    }
    if formats.is_empty() {
        return Err(Obstacle::NotApplicable("the corpus has no picture that it reads".to_owned()));
    }
    for (media_type, refusal) in formats {
        ensure!(
            refusal.is_none(),
            "{media_type}: every picture is refused, the last as {}",
            refusal.map_or_else(String::new, |r| r.to_string())
        );
    }
    Ok(())
}
