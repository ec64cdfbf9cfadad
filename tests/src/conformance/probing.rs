//! What the beginning of a file tells.

use sandpress_sandbox::Probe;

use super::{Subject, limits};
use crate::images::SAMPLES;

/// Beginnings of files that are no image which any encoder of ours reads.
pub(super) const STRANGERS: [(&str, &[u8]); 8] = [
    ("an icon", b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0"),
    ("Photoshop", b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x01\0\0\0\x01\0\x08\0\x03"),
    ("BigTIFF", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"),
    ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1"),
    ("SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("PDF", b"%PDF-1.7\n"),
    ("zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
    ("text", b"This is not a picture, whatever its name says.\n"),
];

/// However much of a file is shown, the answer is true: all of it, or how much more is needed.
///
/// Never more than the file has, or it would be taken for truncated; who asks again with as many gets further, in few steps; and
/// once the image is known, more bytes change nothing.
pub fn probes_from_any_prefix(subject: &Subject) {
    for sample in SAMPLES.into_iter().filter(|sample| sample.is_in(&subject.descriptor.accepts)) {
        let file = sample.bytes();
        let whole = probe(subject, &file);
        let Probe::Known(info) = &whole else { panic!("{}: {whole:?}", sample.file) };
        assert_eq!(info.media_type.as_str(), sample.media_type, "{}", sample.file);
        assert_eq!((info.width, info.height), sample.size, "{}", sample.file);
        assert_eq!(info.orientation, sample.orientation, "{}", sample.file);
        assert_eq!(info.has_alpha, sample.has_alpha, "{}", sample.file);

        let mut known = false;
        for length in (0..file.len().min(4096)).chain((4096..file.len()).step_by(4093)) {
            let context = format!("{}, the first {length} bytes", sample.file);
            match probe(subject, &file[..length]) {
                answer @ Probe::Known(_) => {
                    assert_eq!(answer, whole, "{context}: known, and something else than for the whole file");
                    known = true;
                }
                Probe::NeedMore(more) => {
                    assert!(!known, "{context}: fewer were enough");
                    // That it is more than was given is checked by the sandbox.
                    assert!(
                        more <= file.len() as u64,
                        "{context}: {more} bytes are needed, the file has {}",
                        file.len()
                    );
                }
                Probe::Unknown => panic!("{context}: unknown"),
            }
        }
        assert!(known, "{}: only the whole file is enough", sample.file);
        let steps = steps(subject, &file);
        assert!(steps <= 32, "{}: {steps} steps until the image is known", sample.file);
    }
}

/// A format that the encoder does not read is unknown at once, and asks for no more.
pub fn probes_strangers_as_unknown(subject: &Subject) {
    for (name, file) in STRANGERS {
        assert_eq!(probe(subject, file), Probe::Unknown, "{name}");
    }
}

/// How often the codec must be asked, each time with as many bytes as it wanted.
fn steps(subject: &Subject, file: &[u8]) -> usize {
    let mut length = 0;
    for step in 1.. {
        match probe(subject, &file[..length]) {
            Probe::NeedMore(more) => length = usize::try_from(more).expect("at most the file's length"),
            _ => return step,
        }
    }
    usize::MAX
}

fn probe(subject: &Subject, head: &[u8]) -> Probe {
    match subject.encoder.codec.probe(head, &limits()) {
        Ok(probed) => probed.probe,
        Err(error) => panic!("{}, {} bytes: {error}", subject.encoder.name, head.len()),
    }
}
