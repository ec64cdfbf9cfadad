//! What cannot be done is refused with the right reason, and never with a trap.

use sandpress_sandbox::{CallError, CodecError, Fit, Limits, Metadata, Quality, Rendition, Resize};

use super::{Subject, limits, probing::STRANGERS};
use crate::images::{self, Numbers, PNG_BOMB};

/// A format that the encoder does not read is at fault itself, not damaged.
pub fn refuses_strangers_as_unsupported(subject: &Subject) {
    for (name, file) in STRANGERS {
        let error = subject.refusal(name, file, &subject.rendition());
        assert!(matches!(error, CodecError::Unsupported(_)), "{name}: {error}");
    }
}

/// Whatever is wrong with a file, the codec says so itself, or makes something of what is there.
pub fn refuses_damaged_files_with_a_reason(subject: &Subject) {
    let small = subject.rendition().contain(32, 32);
    let check = |what: &str, input: &[u8]| match subject.compress(input, std::slice::from_ref(&small)) {
        Ok(_)
        | Err(CallError::Codec(CodecError::Unsupported(_) | CodecError::Malformed(_) | CodecError::OverLimit(_))) => {}
        Err(error) => panic!("{}, {what}: {error}", subject.encoder.name),
    };
    let refused = |what: &str, input: &[u8]| {
        let error = subject.refusal(what, input, &small);
        assert!(matches!(error, CodecError::Malformed(_) | CodecError::Unsupported(_)), "{what}: {error}");
    };

    refused("nothing", b"");
    let mut numbers = Numbers::from_seed(1);
    for byte in 0..=255 {
        refused(&format!("the byte {byte:#04x}"), &[byte]);
    }
    for length in [2, 3, 8, 100, 10_000, 1_000_000] {
        refused(&format!("{length} random bytes"), &numbers.bytes(length));
    }
    for magic in [
        b"\xff\xd8\xff".as_slice(),
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
    ] {
        refused(&format!("{magic:02x?} and no more"), magic);
        for length in [1, 20, 1000, 100_000] {
            let garbage = [magic, &numbers.bytes(length)].concat();
            check(&format!("{magic:02x?} and {length} random bytes"), &garbage);
        }
    }

    for sample in subject.small_samples() {
        let file = sample.bytes();
        // The headers are walked through, the pixels are jumped through, and the last bytes matter again.
        let headers = (0..700.min(file.len())).step_by(7);
        let data = (700..file.len()).step_by(file.len() / 23);
        let end = file.len().saturating_sub(14)..file.len();
        for length in headers.chain(data).chain(end) {
            check(&format!("the first {length} bytes of {}", sample.file), &file[..length]);
        }
        for round in 0..120 {
            let mut damaged = file.clone();
            // Most of what matters is at the beginning.
            let reach = if round % 2 == 0 { 700.min(file.len()) } else { file.len() };
            for _ in 0..=numbers.below(4) {
                damaged[numbers.below(reach)] ^= 1 << numbers.below(8);
            }
            check(&format!("{} with some bits turned, round {round}", sample.file), &damaged);
        }
    }
}

/// A few bytes that claim gigapixels cost neither the memory nor the time that they claim.
pub fn refuses_bombs_before_memory_is_spent(subject: &Subject) {
    let huge = images::claiming(&images::image("greyscale.jpg"), u16::MAX, u16::MAX);
    let progressive = images::claiming(&images::image("progressive.jpg"), u16::MAX, u16::MAX);
    let narrow = limits().memory(128 << 20);
    for (name, bomb) in [("PNG", PNG_BOMB), ("JPEG", &huge), ("progressive JPEG", &progressive)] {
        for rendition in [subject.rendition(), subject.rendition().contain(64, 64)] {
            match subject.encoder.codec.compress(bomb, std::slice::from_ref(&rendition), &narrow) {
                Err(CallError::Codec(CodecError::OverLimit(_) | CodecError::Malformed(_))) => {}
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// A rendition without sense is the caller's fault, whatever the image is.
pub fn refuses_renditions_that_make_no_sense(subject: &Subject) {
    fn with(rendition: &Rendition, change: impl FnOnce(&mut Rendition)) -> Rendition {
        let mut changed = rendition.clone();
        change(&mut changed);
        changed
    }
    let sensible = subject.rendition().contain(32, 32);
    let quality = |quality| sensible.clone().quality(quality);
    let resized = |width, height| with(&sensible, |r| r.resize = Some(Resize { width, height, fit: Fit::Contain }));
    let table = [
        ("another format", Rendition::new("image/x-other".parse().expect("a media type"))),
        ("a level below 0", quality(Quality::Level(-1.0))),
        ("a level above 100", quality(Quality::Level(100.5))),
        ("a level that is no number", quality(Quality::Level(f32::NAN))),
        ("an infinite level", quality(Quality::Level(f32::INFINITY))),
        ("a score that is no number", quality(Quality::Perceptual(f64::NAN))),
        ("a box without sides", resized(None, None)),
        ("a box without width", resized(Some(0), Some(10))),
        ("a box without height", resized(None, Some(0))),
        ("no bytes at all", with(&sensible, |r| r.max_bytes = Some(0))),
    ];
    let sample = subject.small_samples().next().expect("a picture");
    let file = sample.bytes();
    for (what, rendition) in &table {
        let error = subject.refusal(what, &file, rendition);
        assert!(matches!(error, CodecError::BadRequest(_)), "{what}: {error}");
        // One that makes no sense is found among those that do.
        let kept = with(&sensible, |r| r.metadata = Metadata::Keep);
        match subject.encoder.codec.compress(&file, &[kept, rendition.clone()], &Limits::default()) {
            Err(CallError::Codec(CodecError::BadRequest(_))) => {}
            other => panic!("{what}, second of two: {other:?}"),
        }
    }
}
