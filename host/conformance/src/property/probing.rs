//! What the beginning of a file tells.

use sandpress_sandbox::Probe;

use crate::{
    Obstacle,
    corpus::SAMPLES,
    subject::{Exam, ensure},
};

/// Beginnings of files that are no image which any encoder of ours reads, and the formats of those that others may.
const STRANGERS: [(&str, &str, &[u8]); 8] = [
    ("an icon", "image/vnd.microsoft.icon", b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0"),
    ("Photoshop", "image/vnd.adobe.photoshop", b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x01\0\0\0\x01\0\x08\0\x03"),
    ("BigTIFF", "image/tiff", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"),
    ("HEIC", "image/heic", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1"),
    ("SVG", "image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("PDF", "application/pdf", b"%PDF-1.7\n"),
    ("zip", "application/zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
    ("text", "text/plain", b"This is not a picture, whatever its name says.\n"),
];

/// Those that the encoder does not say it reads.
pub(super) fn strangers(exam: &Exam<'_>) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let strange = STRANGERS.into_iter().filter(|(_, media_type, _)| !exam.accepts(media_type));
    strange.map(|(name, _, file)| (name, file))
}

/// However much of a file is shown, the answer is true: all of it, or how much more is needed.
///
/// Never more than the file has, or it would be taken for truncated; who asks again with as many gets further, in few steps; and
/// once the image is known, more bytes change nothing.
pub(super) fn probes_from_any_prefix(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let mut read = SAMPLES.iter().filter(|sample| exam.accepts(sample.media_type)).peekable();
    if read.peek().is_none() {
        return Err(Obstacle::NotApplicable("the corpus has no picture that it reads".to_owned()));
    }
    for sample in read {
        let (name, file) = (sample.name, sample.bytes());
        let whole = exam.probe(name, &file)?;
        let Probe::Known(info) = &whole else { return Err(Obstacle::Failed(format!("{name}: {whole:?}"))) };
        let told = (info.media_type.as_str(), (info.width, info.height), info.orientation, info.has_alpha);
        let true_ = (sample.media_type, sample.size, sample.orientation, sample.has_alpha);
        ensure!(told == true_, "{name}: format, size, orientation and transparency are {true_:?}, it says {told:?}");

        let mut known = false;
        // Where headers are, byte by byte.
        let lengths = (0..400).chain((400..4096).step_by(29)).chain((4096..file.len()).step_by(4093));
        for length in lengths.take_while(|length| *length < file.len()) {
            let what = format!("the first {length} bytes of {name}");
            match exam.probe(&what, &file[..length])? {
                answer @ Probe::Known(_) => {
                    ensure!(answer == whole, "{what}: known, and something else than for the whole file");
                    known = true;
                }
                Probe::NeedMore(more) => {
                    ensure!(!known, "{what}: fewer were enough");
                    // That it is more than was given is checked by the sandbox.
                    ensure!(more <= file.len() as u64, "{what}: {more} are needed, the file has {}", file.len());
                }
                Probe::Unknown => return Err(Obstacle::Failed(format!("{what}: unknown"))),
            }
        }
        ensure!(known, "{name}: only the whole file is enough");
        let steps = steps(exam, name, &file)?;
        ensure!(steps <= 32, "{name}: {steps} steps until the image is known");
    }
    Ok(())
}

/// A format that the encoder does not read is unknown at once, and asks for no more.
pub(super) fn probes_strangers_as_unknown(exam: &Exam<'_>) -> Result<(), Obstacle> {
    for (name, file) in strangers(exam) {
        let answer = exam.probe(name, file)?;
        ensure!(answer == Probe::Unknown, "{name}: {answer:?}");
    }
    Ok(())
}

/// How often the codec must be asked, each time with as many bytes as it wanted.
fn steps(exam: &Exam<'_>, name: &str, file: &[u8]) -> Result<usize, Obstacle> {
    let mut length = 0;
    for step in 1.. {
        match exam.probe(name, &file[..length])? {
            Probe::NeedMore(more) => {
                ensure!(more <= file.len() as u64, "{name}: {more} bytes are needed, the file has {}", file.len());
                #[expect(clippy::cast_possible_truncation, reason = "at most the file's length")]
                let more = more as usize;
                length = more;
            }
            _ => return Ok(step),
        }
    }
    Ok(usize::MAX)
}
