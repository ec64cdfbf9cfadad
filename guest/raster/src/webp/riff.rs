//! Writing chunks (RFC 9649, section 2.3), for files that are made of others.

/// Bytes of a chunk before its data.
pub(super) const HEADER_LEN: usize = 8;

/// The beginning of a file whose length is not known yet.
pub(super) fn begin() -> Vec<u8> {
    b"RIFF\0\0\0\0WEBP".to_vec()
}

/// Writes a chunk, to an even length.
pub(super) fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(kind);
    out.extend_from_slice(&length(data.len()));
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(2), 0);
}

/// Says how long the file is, which is complete now.
pub(super) fn finish(mut out: Vec<u8>) -> Vec<u8> {
    let whole = length(out.len() - 8);
    out.splice(4..8, whole);
    out
}

/// `VP8X`: its flags, and the sides less one in 24 bits.
pub(super) fn extended(out: &mut Vec<u8>, flags: u8, (width, height): (u32, u32)) {
    let side = |side: u32| (side - 1).to_le_bytes();
    let ([w0, w1, w2, _], [h0, h1, h2, _]) = (side(width), side(height));
    chunk(out, b"VP8X", &[flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
}

/// Chunks come from a file whose lengths have 32 bits.
fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}
