//! Parts of a file, read as if they were one.

use std::io::{self, Read};

/// Reads slices one after the other without copying them together.
#[derive(Debug)]
pub(super) struct Splice<'a> {
    current: &'a [u8],
    rest: std::vec::IntoIter<&'a [u8]>,
}

impl<'a> Splice<'a> {
    pub(super) fn new(parts: Vec<&'a [u8]>) -> Self {
        Self { current: &[], rest: parts.into_iter() }
    }
}

impl Read for Splice<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.rest.next() {
                Some(part) => self.current = part,
                None => return Ok(0),
            }
        }
        self.current.read(buffer)
    }

    /// The decoder reads single bytes, millions of them: nearly all are in the current slice.
    #[inline]
    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if self.current.len() >= buffer.len() {
            return self.current.read_exact(buffer);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => filled += count,
            }
        }
        Ok(())
    }
}
