//! Nothing that a codec does wrong hurts the host: each ends in a typed error, and the next call is not affected.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

#[path = "foreign/tests.rs"]
mod foreign;

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use sandpress_sandbox::{
    CallError, Codec, CodecError, Compressed, Digest, Limits, LoadError, MediaType, Probe, Rendition, Value,
};
use sandpress_tests::components::{self, engine, misbehaving};

const MIB: u64 = 1 << 20;

fn png() -> Rendition {
    Rendition::new(MediaType::PNG)
}

fn call(task: &str, limits: Limits) -> Result<Compressed, CallError> {
    misbehaving().compress(task.as_bytes(), &[png()], &limits)
}

/// What the codec's misbehaviour ends in. Then the same codec is called again: it must serve as if nothing had been.
fn outcome(task: &str, limits: Limits) -> CallError {
    let error = match call(task, limits) {
        Err(error) => error,
        Ok(made) => panic!("`{task}` was let through: {made:?}"),
    };
    let next = call("an honest picture", Limits::default());
    assert!(next.is_ok(), "the call after `{task}`: {next:?}");
    error
}

#[test]
fn an_endless_loop_is_stopped_at_its_deadline() {
    for milliseconds in [1, 100, 400] {
        let limit = Duration::from_millis(milliseconds);
        let began = Instant::now();
        let error = outcome("loop", Limits::default().time(limit));
        let CallError::Time { limit: stated, elapsed } = error else { panic!("{error}") };
        assert_eq!(stated, limit);
        assert!(elapsed >= limit, "stopped after {elapsed:?}, before {limit:?} were over");
        // Within 20 ms on a machine that has nothing else to do.
        assert!(elapsed < limit + Duration::from_secs(2), "stopped after {elapsed:?}, the limit is {limit:?}");
        assert!(began.elapsed() >= elapsed);
    }
}

#[test]
fn a_greedy_codec_gets_no_more_memory_than_its_limit() {
    for limit in [8 * MIB, 64 * MIB, 512 * MIB] {
        let error = outcome("allocate", Limits::default().memory(limit));
        let CallError::Memory { limit: stated, wanted } = error else { panic!("{error}") };
        assert_eq!(stated, limit);
        // It asks for one mebibyte after the other, so it is refused the first that does not fit.
        assert!((limit + 1..=limit + 4 * MIB).contains(&wanted), "wanted {wanted}, the limit is {limit}");
    }
}

#[test]
fn a_limit_below_what_a_codec_begins_with_is_a_memory_limit() {
    let error = outcome("an honest picture", Limits::default().memory(64 << 10));
    let CallError::Memory { limit, wanted } = error else { panic!("{error}") };
    assert!(wanted > limit, "wanted {wanted}, the limit is {limit}");
}

#[test]
fn a_codec_that_copes_with_a_refused_growth_states_its_own_error() {
    let error = outcome("allocate politely", Limits::default().memory(64 * MIB));
    let CallError::Codec(CodecError::OverLimit(detail)) = &error else { panic!("{error}") };
    let held: u64 = detail.split(' ').find_map(|word| word.parse().ok()).unwrap();
    assert!((32..64).contains(&held), "{detail}");
}

#[test]
fn an_endless_recursion_ends_at_the_limit_of_the_stack() {
    let error = outcome("recurse", Limits::default());
    let CallError::Stack { limit } = error else { panic!("{error}") };
    assert_eq!(limit, 512 << 10);
    // On a thread of the least stack that Rust gives by default, as threads for blocking work have it.
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(|| outcome("recurse", Limits::default())).unwrap();
    assert!(matches!(thread.join().unwrap(), CallError::Stack { .. }));
}

#[test]
fn stopping_in_the_middle_is_a_trap_that_names_its_kind() {
    for (task, kind) in [
        ("panic", "unreachable"),
        ("out of bounds", "out of bounds"),
        ("longer than the memory", "out of bounds"),
        ("not text", "utf-8"),
        ("error that is not text", "utf-8"),
    ] {
        let error = outcome(task, Limits::default());
        let CallError::Trap { reason } = &error else { panic!("{task}: {error}") };
        assert!(reason.to_lowercase().contains(kind), "{task}: {reason}");
    }
}

#[test]
fn returning_more_than_the_limit_is_an_output_limit() {
    for (task, limit) in [
        ("too much", 256 * MIB),
        ("too much", MIB),
        ("many outputs", MIB),
        ("endless notes", MIB),
        ("endless detail", MIB),
        ("endless media type", MIB),
        // More than its own envelope, and more than the limit.
        ("padded", 9_999),
    ] {
        let error = outcome(task, Limits::default().output(limit));
        let CallError::Output { limit: stated } = error else { panic!("{task}: {error}") };
        assert_eq!(stated, limit, "{task}");
    }
    assert!(call("padded", Limits::default().output(10_000)).is_ok(), "the limit itself is allowed");
}

#[test]
fn what_is_not_what_was_asked_for_is_a_bad_output() {
    let plain = png();
    let boxed = png().contain(64, 64);
    let mut small = png();
    small.max_bytes = Some(66);
    let jpeg = Rendition::new(MediaType::JPEG);
    for (task, rendition, what) in [
        ("empty", &plain, "first bytes"),
        ("garbage", &plain, "first bytes"),
        ("header only", &plain, "no dimensions"),
        ("an honest picture", &jpeg, "first bytes"),
        ("other type than asked for", &plain, "image/jpeg is claimed"),
        ("bad media type", &plain, "not a media type"),
        ("endless media type", &plain, "not a media type"),
        ("false dimensions", &plain, "2 × 1 is claimed, the file is 1 × 1"),
        ("zero dimensions", &plain, "0 × 0"),
        ("larger than the box", &boxed, "640 × 1 does not fit"),
        ("rotated", &plain, "orientation 6"),
        ("an honest picture", &small, "at most 66"),
        ("no output", &plain, "0 outputs for 1"),
        ("one output more", &plain, "2 outputs for 1"),
        ("many outputs", &plain, "1000000 outputs for 1"),
        ("endless notes", &plain, "notes"),
    ] {
        let error = misbehaving().compress(task.as_bytes(), std::slice::from_ref(rendition), &Limits::default());
        let Err(CallError::BadOutput(reason)) = &error else { panic!("{task}: {error:?}") };
        assert!(reason.contains(what), "{task}: {reason}");
        // It is written to logs and sent in messages.
        assert!(reason.len() < 2000, "{task}: a reason of {} bytes", reason.len());
    }
    assert!(call("an honest picture", Limits::default()).is_ok());
    assert!(call("larger than the box", Limits::default()).is_ok(), "without a box any size is allowed");
}

#[test]
fn each_error_of_the_codec_arrives_as_it_was_stated() {
    use CodecError::{BadRequest, Internal, Malformed, Other, OverLimit, Unsupported};
    let detail = || "so it was asked".to_owned();
    for (task, expected) in [
        ("error: unsupported", Unsupported(detail())),
        ("error: malformed", Malformed(detail())),
        ("error: bad request", BadRequest(detail())),
        ("error: over limit", OverLimit(detail())),
        ("error: internal", Internal(detail())),
        ("error: other", Other { code: "asked".to_owned(), detail: detail() }),
    ] {
        let error = outcome(task, Limits::default());
        assert!(matches!(&error, CallError::Codec(stated) if *stated == expected), "{task}: {error}");
    }
}

#[test]
fn an_endless_detail_is_cut_to_what_a_person_reads() {
    let error = outcome("endless detail", Limits::default());
    let CallError::Codec(CodecError::Internal(detail)) = &error else { panic!("{}", error.to_string().len()) };
    assert!(detail.starts_with("ééé") && detail.ends_with('…') && detail.len() < 2000, "{} bytes", detail.len());
}

#[test]
fn probing_is_checked_as_well() {
    let probe = |head: &str, limits: Limits| misbehaving().probe(head.as_bytes(), &limits).map(|probed| probed.probe);
    for (head, what) in [
        ("need less", "wants 9 bytes to probe, and was given 9"),
        ("zero dimensions", "0 × 0"),
        ("bad media type", "not a media type"),
        ("orientation 9", "orientation 9"),
    ] {
        match probe(head, Limits::default()) {
            Err(CallError::BadOutput(reason)) => assert!(reason.contains(what), "{head}: {reason}"),
            other => panic!("{head}: {other:?}"),
        }
    }
    let limits = Limits::default().time(Duration::from_millis(50)).memory(16 * MIB);
    assert!(matches!(probe("loop", limits), Err(CallError::Time { .. })));
    assert!(matches!(probe("allocate", limits), Err(CallError::Memory { .. })));
    assert!(matches!(probe("recurse", limits), Err(CallError::Stack { .. })));
    assert!(matches!(probe("panic", limits), Err(CallError::Trap { .. })));
    assert!(matches!(probe("unknown", limits), Ok(Probe::Unknown)));
}

#[test]
fn a_codec_remembers_nothing_of_the_calls_before() {
    for _ in 0..3 {
        let made = call("an honest picture", Limits::default()).unwrap();
        let note = made.outputs[0].notes.iter().find(|note| note.name == "calls-before").unwrap();
        assert_eq!(note.value, Value::Integer(0));
    }
    // It does count: several renditions are made by one instance.
    let made = misbehaving().compress(b"", &[png(), png()], &Limits::default()).unwrap();
    assert_eq!(made.outputs[1].notes[0].value, Value::Integer(1));
}

#[test]
fn what_a_call_used_is_told() {
    let input = vec![b' '; 20 << 20];
    let limits = Limits::default();
    let usage = misbehaving().compress(&input, &[png()], &limits).unwrap().usage;
    // The input lies in the codec's memory; this codec makes a copy of it at most.
    assert!((20 * MIB..64 * MIB).contains(&usage.peak_memory), "{usage:?}");
    assert!(usage.start > Duration::ZERO && usage.start <= usage.elapsed, "{usage:?}");
    assert!(usage.elapsed < limits.time, "{usage:?}");

    let small = call("an honest picture", limits).unwrap().usage;
    assert!(small.peak_memory < 4 * MIB, "{small:?}");
}

#[test]
fn calls_on_several_threads_keep_to_their_own_limits() {
    thread::scope(|scope| {
        let looping = |milliseconds| {
            move || {
                let limit = Duration::from_millis(milliseconds);
                match call("loop", Limits::default().time(limit)) {
                    Err(CallError::Time { elapsed, .. }) => assert!(elapsed >= limit, "{elapsed:?} of {limit:?}"),
                    other => panic!("{other:?}"),
                }
            }
        };
        let threads = [scope.spawn(looping(800)), scope.spawn(looping(100))];
        let greedy = scope.spawn(|| match call("allocate", Limits::default().memory(64 * MIB)) {
            Err(CallError::Memory { limit, .. }) => assert_eq!(limit, 64 * MIB),
            other => panic!("{other:?}"),
        });
        // Meanwhile a codec of the same engine serves.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(600) {
            let made = call("an honest picture", Limits::default()).unwrap();
            assert!(made.usage.peak_memory < 4 * MIB);
        }
        for thread in threads.into_iter().chain([greedy]) {
            thread.join().unwrap();
        }
    });
}

#[test]
fn two_hundred_misbehaving_calls_leave_no_memory_behind() {
    // In a process of its own, where no other test takes memory meanwhile.
    let this = std::env::current_exe().unwrap();
    let alone = Command::new(this).args(["--ignored", "--exact", "alone::memory_stays_flat"]).output().unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
}

mod alone {
    use super::*;

    #[test]
    #[ignore = "measures its process: run alone by another test"]
    fn memory_stays_flat() {
        let limits = Limits::default().memory(32 * MIB).output(4 * MIB).time(Duration::from_millis(20));
        let misbehave = || {
            for task in
                ["loop", "allocate", "recurse", "panic", "garbage", "many outputs", "endless detail", "not text"]
            {
                outcome(task, limits);
            }
        };
        (0..5).for_each(|_| misbehave());
        let before = resident();
        (0..25).for_each(|_| misbehave());
        let after = resident();
        assert!(after < before + 16 * MIB, "{before} bytes before, {after} after");
    }

    /// Bytes of this process that are in memory (`man 5 proc_pid_status`); 0 where there is no such file.
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10)
    }
}

#[test]
fn native_code_runs_only_as_it_was_made() {
    let code = components::misbehaving_native_code();
    let digest = Digest::of(&code);
    assert!(Codec::load(engine(), &code, digest).is_ok());

    let refused = |code: &[u8], digest| Codec::load(engine(), code, digest).unwrap_err();
    let mut damaged = code.clone();
    damaged[code.len() / 2] ^= 1;
    for (what, code) in [("damaged", damaged.as_slice()), ("truncated", &code[..code.len() / 2]), ("empty", b"")] {
        match refused(code, digest) {
            LoadError::Digest { expected, found } => {
                assert_eq!((expected, found), (digest, Digest::of(code)), "{what}")
            }
            other => panic!("{what}: {other}"),
        }
    }
    let other = Digest::of(b"another release");
    assert!(
        matches!(refused(&code, other), LoadError::Digest { expected, found } if (expected, found) == (other, digest))
    );
}

#[test]
fn native_code_of_another_compiler_is_refused_by_its_stamp() {
    let code = components::misbehaving_native_code();
    let stamp = b"wasmtime 48.";
    let at = code.windows(stamp.len()).position(|window| window == stamp).unwrap();
    // A compiler of which only the last part of the version is another.
    let end = at + code[at..].iter().position(|&byte| byte == b',').unwrap();
    let mut older = code.clone();
    older[end - 1] = if older[end - 1] == b'0' { b'1' } else { b'0' };
    // Another revision of the sandbox's own configuration.
    let mut differently = code.clone();
    let revision = at + code[at..].windows(14).position(|window| window == b"configuration ").unwrap() + 14;
    differently[revision] ^= 8;

    for code in [older, differently] {
        let error = Codec::load(engine(), &code, Digest::of(&code)).unwrap_err();
        assert!(matches!(&error, LoadError::NativeCode { host, .. } if host.starts_with("wasmtime 48.")), "{error}");
        assert!(error.to_string().contains("compile the component again"), "{error}");
    }
}

#[test]
fn what_is_no_native_code_is_refused_whatever_its_digest() {
    let component = components::read(&components::component("sandpress-png"));
    for (what, bytes) in [("empty", b"".as_slice()), ("text", b"native code"), ("a component", &component)] {
        let error = Codec::load(engine(), bytes, Digest::of(bytes)).unwrap_err();
        assert!(matches!(error, LoadError::NativeCode { .. }), "{what}: {error}");
    }
}
