//! libdeflate, in C: a whole buffer at a time becomes a zlib stream.

use libdeflater::{CompressionLvl, Compressor};

/// Compresses at a level of libdeflate: 1 is fast, 12 is small. From 10 on it looks for the cheapest way through the data instead
/// of the next best step.
pub(crate) struct Deflate(Compressor);

impl Deflate {
    pub(crate) fn new(level: u8) -> Self {
        Self(Compressor::new(CompressionLvl::new(level.into()).unwrap_or_default()))
    }

    /// The most bytes that a stream of so many bytes takes.
    pub(crate) fn bound(&mut self, len: usize) -> usize {
        self.0.zlib_compress_bound(len)
    }

    /// The stream, where it takes no more than so many bytes. Where it would take more, that is known soon.
    pub(crate) fn within(&mut self, data: &[u8], bytes: usize) -> Option<Vec<u8>> {
        let mut stream = vec![0; bytes];
        let len = self.0.zlib_compress(data, &mut stream).ok()?;
        stream.truncate(len);
        Some(stream)
    }
}
