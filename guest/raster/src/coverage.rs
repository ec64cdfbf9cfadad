//! Tells a fuzzer which of the encoder's code was run, and how often.
//!
//! Each call has an instance of its own, so nothing is remembered here: the fuzzer says what it has seen in a setting `seen`, and is
//! told what else there was, in a note `coverage` or at the beginning of an error's text. So the fuzzer drives the same sandbox as
//! everybody, through the same contract.
//!
//! A feature is an edge between two blocks, and a magnitude of how often it was taken. `seen` has a byte for each edge with a bit for
//! each magnitude; what is told are numbers in base 16, eight for each edge, with a comma after each and a semicolon at the end.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::{Encoder, Error, Output, Rendition, Setting, Value, codec};

const SEEN: &str = "seen";

/// The most features that are told at once: the host cuts texts of errors at 1 KiB, and notes at 64 KiB.
const TOLD_IN_ERROR: usize = 120;
const TOLD_IN_NOTE: usize = 8000;

static START: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
static STOP: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

/// Called before anything else, with where the counters are: one byte for each edge.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    START.store(start, Ordering::Relaxed);
    STOP.store(stop, Ordering::Relaxed);
}

/// As [`codec::compress`] does it, and tells what was run.
///
/// # Errors
///
/// The same, with other texts.
pub fn compress<E: Encoder>(input: Vec<u8>, renditions: &[Rendition]) -> Result<Vec<Output>, Error> {
    let mut renditions = renditions.to_vec();
    let mut seen = Vec::new();
    for setting in renditions.iter_mut().flat_map(|rendition| rendition.settings.extract_if(.., is_seen)) {
        if let Value::Bytes(bytes) = setting.value {
            seen = bytes;
        }
    }
    match codec::compress::<E>(input, &renditions) {
        Ok(mut outputs) => {
            let value = Value::Text(told(&seen, TOLD_IN_NOTE));
            if let Some(output) = outputs.first_mut() {
                output.notes.insert(0, Setting { name: "coverage".into(), value });
            }
            Ok(outputs)
        }
        Err(mut error) => {
            let detail = match &mut error {
                Error::Unsupported(detail)
                | Error::Malformed(detail)
                | Error::BadRequest(detail)
                | Error::OverLimit(detail)
                | Error::Internal(detail) => detail,
                Error::Other(other) => &mut other.detail,
            };
            detail.insert_str(0, &told(&seen, TOLD_IN_ERROR));
            Err(error)
        }
    }
}

fn is_seen(setting: &mut Setting) -> bool {
    setting.name == SEEN
}

fn told(seen: &[u8], most: usize) -> String {
    let features = counters().into_iter().enumerate().filter(|(_, count)| *count > 0).filter_map(|(edge, count)| {
        // 1, 2 to 3, 4 to 7 and so on.
        let magnitude = count.ilog2();
        let is_new = seen.get(edge).is_none_or(|magnitudes| magnitudes >> magnitude & 1 == 0);
        is_new.then_some(8 * edge + magnitude as usize)
    });
    let mut told = String::new();
    for feature in features.take(most) {
        // A text can always be written to.
        let _ = write!(told, "{feature:x},");
    }
    told.push(';');
    told
}

/// How often each edge was taken, modulo 256.
fn counters() -> Vec<u8> {
    let (start, stop) = (START.load(Ordering::Relaxed), STOP.load(Ordering::Relaxed));
    let length = (stop as usize).saturating_sub(start as usize);
    // SAFETY: the compiler's own bounds of the counters, which are static and which nothing else writes while this reads them, since
    // there is one thread; a volatile read takes them as they are, though the code around it counts too.
    (0..length).map(|at| unsafe { start.add(at).read_volatile() }).collect()
}
