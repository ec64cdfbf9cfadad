//! Changes inputs: what a few bytes more, less or other do.

use sandpress_tests::{fuzz::HEAD, hostile::mend_checksums, images::Numbers};

/// The most bytes of an input: small ones are quick.
const MOST: usize = 16 << 10;

/// Numbers at which code errs.
const EXTREMES: [u32; 14] = [0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

/// Words of the formats, which chance would not find.
const WORDS: [&[u8]; 32] = [
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"tRNS",
    b"gAMA",
    b"iCCP",
    b"acTL",
    b"fcTL",
    b"eXIf",
    b"iTXt",
    b"cICP",
    b"sRGB",
    b"VP8 ",
    b"VP8L",
    b"VP8X",
    b"ALPH",
    b"ANIM",
    b"ANMF",
    b"EXIF",
    b"XMP ",
    b"Exif\0\0",
    b"ICC_PROFILE\0",
    b"Adobe",
    b"II*\0",
    b"MM\0*",
    b"\xff\xc0",
    b"\xff\xc2",
    b"\xff\xc4",
    b"\xff\xda",
    b"\xff\xdd",
    b"\x21\xf9\x04",
    b"\x2c",
];

/// An input made from another, with pieces of a third.
pub(crate) fn mutated(input: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut made = input.to_vec();
    // Half of them one change, a quarter two, and so on.
    loop {
        change(&mut made, other, numbers);
        if numbers.below(2) == 0 {
            break;
        }
    }
    made.truncate(MOST.max(input.len()));
    // Behind a false checksum nothing is looked at; what happens to one that is false is seen now and then.
    if numbers.below(16) > 0
        && let Some(file) = made.get_mut(HEAD..).filter(|file| file.starts_with(b"\x89PNG"))
    {
        mend_checksums(file);
    }
    made
}

fn change(input: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    if input.len() <= HEAD {
        input.extend(numbers.bytes(HEAD + 16));
    }
    let at = place(input.len(), numbers);
    let piece = |of: &[u8], numbers: &mut Numbers| {
        let start = numbers.below(of.len().max(1));
        let most = if numbers.below(4) == 0 { 1024 } else { 32 };
        let length = 1 + numbers.below(most);
        start.min(of.len())..of.len().min(start + length)
    };
    match numbers.below(12) {
        0 | 1 => input[at] ^= 1 << numbers.below(8),
        2 => input[at] = byte(numbers),
        3 => {
            let step = 1 + byte(numbers) % 16;
            input[at] = if numbers.below(2) == 0 { input[at].wrapping_add(step) } else { input[at].wrapping_sub(step) };
        }
        4 | 5 => {
            let number = EXTREMES[numbers.below(EXTREMES.len())];
            let bytes = if numbers.below(2) == 0 { number.to_be_bytes() } else { number.to_le_bytes() };
            // Of one byte, two, three or four.
            let length = 1 + numbers.below(4);
            let bytes = if bytes[0] == 0 { &bytes[4 - length..] } else { &bytes[..length] };
            write(input, at, bytes);
        }
        6 => write(input, at, WORDS[numbers.below(WORDS.len())]),
        7 => {
            let end = input.len().min(at + 1 + numbers.below(64));
            input.drain(at..end);
        }
        8 => {
            let range = piece(input, numbers);
            let copy = input[range].to_vec();
            input.splice(at..at, copy);
        }
        9 => {
            let count = 1 + numbers.below(16);
            let bytes = numbers.bytes(count);
            input.splice(at..at, bytes);
        }
        10 => {
            let range = piece(other, numbers);
            let end = input.len().min(at + numbers.below(range.len() + 1));
            input.splice(at..end, other[range].iter().copied());
        }
        _ => input.truncate(at),
    }
}

/// Somewhere; every eighth time in the head, and often near the beginning of the file, where its headers are.
fn place(length: usize, numbers: &mut Numbers) -> usize {
    let reach = match numbers.below(8) {
        0 => HEAD,
        1..4 => length.min(HEAD + 128),
        _ => length,
    };
    numbers.below(reach)
}

fn byte(numbers: &mut Numbers) -> u8 {
    numbers.bytes(1)[0]
}

fn write(input: &mut [u8], at: usize, bytes: &[u8]) {
    let end = input.len().min(at + bytes.len());
    input[at..end].copy_from_slice(&bytes[..end - at]);
}
