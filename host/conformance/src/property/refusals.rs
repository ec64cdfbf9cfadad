//! What cannot be done is refused with the right reason, and never with a trap.

use sandpress_sandbox::{CodecError, Fit, Metadata, Quality, Rendition, Resize};

use super::probing::strangers;
use crate::{
    Numbers, Obstacle, corpus,
    files::{self, PNG_BOMB},
    subject::{Exam, ensure},
};

/// A format that the encoder does not read is at fault itself, not damaged.
pub(super) fn refuses_strangers_as_unsupported(exam: &Exam<'_>) -> Result<(), Obstacle> {
    for (name, file) in strangers(exam) {
        let error = exam.refusal(name, file, &exam.rendition())?;
        ensure!(matches!(error, CodecError::Unsupported(_)), "{name}: is refused as {error}");
    }
    Ok(())
}

/// How files begin, and no more than that.
const BEGINNINGS: [&[u8]; 12] = [
    b"\xff\xd8\xff",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"\x89PNG\r\n\x1a\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"RIFF\xff\xff\xff\0WEBPVP8 ",
    b"RIFF\xff\xff\xff\0WEBPVP8L",
    b"RIFF\xff\xff\xff\0WEBPVP8X\x0a\0\0\0",
    b"GIF89a\xff\0\xff\0\x87\0\0",
    b"II*\0\x08\0\0\0\x09\0",
    b"MM\0*\0\0\0\x08\0\x09",
    b"BM\xff\xff\xff\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"P6\n9999 9999\n255\n",
];

/// Whatever is wrong with a file, the codec says so itself, or makes something of what is there.
pub(super) fn refuses_damaged_files_with_a_reason(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let small = exam.rendition().contain(32, 32);
    let check = |what: &str, input: &[u8]| match exam.compress(what, input, std::slice::from_ref(&small))? {
        Ok(_) | Err(CodecError::Unsupported(_) | CodecError::Malformed(_) | CodecError::OverLimit(_)) => Ok(()),
        Err(error) => Err(Obstacle::Failed(format!("{what}: is refused as {error}"))),
    };
    let refused = |what: &str, input: &[u8]| {
        let error = exam.refusal(what, input, &small)?;
        let is_at_fault =
            matches!(error, CodecError::Malformed(_) | CodecError::Unsupported(_) | CodecError::OverLimit(_));
        ensure!(is_at_fault, "{what}: is refused as {error}");
        Ok(())
    };

    refused("nothing", b"")?;
    let mut numbers = Numbers::from_seed(1);
    for byte in 0..=255 {
        refused(&format!("the byte {byte:#04x}"), &[byte])?;
    }
    for length in [2, 3, 8, 100, 10_000, 1_000_000] {
        refused(&format!("{length} random bytes"), &numbers.bytes(length))?;
    }
    for beginning in BEGINNINGS {
        refused(&format!("`{}` and no more", beginning.escape_ascii()), beginning)?;
        for length in [1, 20, 1000, 100_000] {
            let garbage = [beginning, &numbers.bytes(length)].concat();
            check(&format!("`{}` and {length} random bytes", beginning.escape_ascii()), &garbage)?;
        }
    }

    // The large ones have nothing in them that the small ones have not, but for this structure.
    let progressive = exam.samples()?.iter().find(|sample| sample.name == "progressive.jpg");
    for sample in exam.samples()?.iter().filter(|sample| sample.is_small()).chain(progressive) {
        let file = sample.bytes();
        // The headers are walked through, the pixels are jumped through, and the last bytes matter again.
        let headers = (0..700.min(file.len())).step_by(7);
        let data = (700..file.len()).step_by((file.len() / 23).max(1));
        let end = file.len().saturating_sub(14)..file.len();
        for length in headers.chain(data).chain(end) {
            check(&format!("the first {length} bytes of {}", sample.name), &file[..length])?;
        }
        for round in 0..60 {
            let mut damaged = file.to_vec();
            // Most of what matters is at the beginning.
            let reach = if round % 2 == 0 { 700.min(file.len()) } else { file.len() };
            for _ in 0..=numbers.below(4) {
                damaged[numbers.below(reach)] ^= 1 << numbers.below(8);
            }
            check(&format!("{} with some bits turned, round {round}", sample.name), &damaged)?;
        }
    }
    Ok(())
}

/// A few bytes that claim gigapixels cost neither the memory nor the time that they claim.
pub(super) fn refuses_bombs_before_memory_is_spent(exam: &Exam<'_>) -> Result<(), Obstacle> {
    let huge = |jpeg| files::claiming(jpeg, u16::MAX, u16::MAX);
    let bombs = [
        ("a PNG", "image/png", PNG_BOMB.to_vec()),
        ("a JPEG", "image/jpeg", huge(corpus::PHOTO)),
        ("a progressive JPEG", "image/jpeg", huge(corpus::PROGRESSIVE)),
        ("a PPM", "image/x-portable-pixmap", b"P6\n65535 65535\n255\n".to_vec()),
    ];
    let mut bombs = bombs.into_iter().filter(|(_, media_type, _)| exam.accepts(media_type)).peekable();
    if bombs.peek().is_none() {
        return Err(Obstacle::NotApplicable("it reads no format of which the corpus has such a file".to_owned()));
    }
    for (name, _, bomb) in bombs {
        for rendition in [exam.rendition(), exam.rendition().contain(64, 64)] {
            let what = format!("{name} of {} bytes that claims gigapixels", bomb.len());
            match exam.compress_with_memory(128 << 20, &what, &bomb, &rendition)? {
                Err(CodecError::OverLimit(_) | CodecError::Malformed(_)) => {}
                Err(error) => return Err(Obstacle::Failed(format!("{what}: is refused as {error}"))),
                Ok(_) => return Err(Obstacle::Failed(format!("{what}: is not refused"))),
            }
        }
    }
    Ok(())
}

/// A rendition without sense is the caller's fault, whatever the image is.
#[expect(clippy::expect_used, reason = "a media type")]
pub(super) fn refuses_renditions_that_make_no_sense(exam: &Exam<'_>) -> Result<(), Obstacle> {
    fn with(rendition: &Rendition, change: impl FnOnce(&mut Rendition)) -> Rendition {
        let mut changed = rendition.clone();
        change(&mut changed);
        changed
    }
    let sensible = exam.rendition().contain(32, 32);
    let quality = |quality| sensible.clone().quality(quality);
    let resized = |width, height| with(&sensible, |r| r.resize = Some(Resize { width, height, fit: Fit::Contain }));
    let table = [
        ("another format", with(&sensible, |r| r.media_type = "image/x-other".parse().expect("a media type"))),
        ("a level below 0", quality(Quality::Level(-1.0))),
        ("a level above 100", quality(Quality::Level(100.5))),
        ("a level that is no number", quality(Quality::Level(f32::NAN))),
        ("an infinite level", quality(Quality::Level(f32::INFINITY))),
        ("a score above 100", quality(Quality::Perceptual(100.5))),
        ("a score that is no number", quality(Quality::Perceptual(f64::NAN))),
        ("a box without sides", resized(None, None)),
        ("a box without width", resized(Some(0), Some(10))),
        ("a box without height", resized(None, Some(0))),
        ("no bytes at all", with(&sensible, |r| r.max_bytes = Some(0))),
    ];
    let file = exam.sample()?.bytes();
    for (what, rendition) in &table {
        let error = exam.refusal(what, &file, rendition)?;
        ensure!(matches!(error, CodecError::BadRequest(_)), "{what}: is refused as {error}");
        // One that makes no sense is found among those that do.
        let kept = with(&sensible, |r| r.metadata = Metadata::Keep);
        match exam.compress(what, &file, &[kept, rendition.clone()])? {
            Err(CodecError::BadRequest(_)) => {}
            Err(error) => return Err(Obstacle::Failed(format!("{what}, second of two: is refused as {error}"))),
            Ok(_) => return Err(Obstacle::Failed(format!("{what}, second of two: is not refused"))),
        }
    }
    Ok(())
}
