//! Taking what is limited: time, memory, stack; and stopping in the middle.

use std::hint::black_box;

/// Does what the task names, if it is about resources. Returns only from what can be survived.
pub(crate) fn misuse(task: &str) {
    match task {
        "loop" => loop {
            black_box(());
        },
        "allocate" => {
            allocate(|bytes, size| bytes.reserve_exact(size));
        }
        "recurse" => {
            black_box(recurse(1));
        }
        "panic" => stop(),
        // SAFETY: none. It is what the sandbox has to survive, and 16 bytes before 4 GiB are beyond any memory that it grants.
        #[expect(unsafe_code, reason = "a fault on purpose")]
        "out of bounds" => unsafe {
            black_box(std::ptr::read_volatile(black_box(0xffff_fff0_usize) as *const u8));
        },
        _ => {}
    }
}

/// Stops at a picture that asks for it somewhere within.
pub(crate) fn obey(picture: &str) {
    if picture.contains("please trap") {
        stop();
    }
}

/// Takes memory, a mebibyte at a time, until `take` gives up. Returns how much there was.
pub(crate) fn allocate(take: impl Fn(&mut Vec<u8>, usize)) -> usize {
    let mut held = Vec::new();
    loop {
        let mut piece = Vec::new();
        take(&mut piece, 1 << 20);
        if piece.capacity() == 0 {
            return held.len() << 20;
        }
        held.push(black_box(piece));
    }
}

/// Small frames, so that the machine's stack is exhausted and not the part of the memory where Rust keeps what it points to.
#[expect(unconditional_recursion, reason = "on purpose")]
#[inline(never)]
fn recurse(depth: u64) -> u64 {
    black_box(recurse(black_box(depth + 1))) + 1
}

#[expect(clippy::panic, reason = "on purpose")]
fn stop() {
    panic!("asked to");
}
