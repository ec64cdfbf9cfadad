//! Makes an input smaller as long as it does the same.

use sandpress_tests::fuzz::HEAD;

/// Takes pieces out of the file, the largest first, and turns what is left to zeros where that changes nothing.
pub(crate) fn shrink(input: &[u8], is_fault: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut small = input.to_vec();
    let mut length = small.len() / 2;
    while length > 0 {
        let mut at = HEAD;
        while at < small.len() {
            let mut candidate = small.clone();
            candidate.drain(at..small.len().min(at + length));
            if is_fault(&candidate) {
                small = candidate;
            } else {
                at += length;
            }
        }
        length /= 2;
    }
    for at in 0..small.len() {
        let mut candidate = small.clone();
        candidate[at] = 0;
        if candidate != small && is_fault(&candidate) {
            small = candidate;
        }
    }
    small
}
