//! A JPEG file as the list of its segments (ITU-T T.81, annex B).

/// A marker, and what belongs to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// The second byte of the marker; the first is always `FF`.
    pub(super) marker: u8,
    /// What follows the length.
    pub(super) body: &'a [u8],
}

const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DQT: u8 = 0xDB;
pub(super) const DRI: u8 = 0xDD;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DAC: u8 = 0xCC;
pub(super) const COM: u8 = 0xFE;
pub(super) const APP0: u8 = 0xE0;
const TEM: u8 = 0x01;

/// The start of a frame: every `C…` but the three that are something else.
pub(super) fn is_sof(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, DHT | 0xC8 | DAC)
}

fn is_restart(marker: u8) -> bool {
    matches!(marker, 0xD0..=0xD7)
}

/// Why there is no next segment.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// The bytes end before the segment does; this many would be enough to go on.
    NeedMore(u64),
    /// A segment's length is less than the two bytes that say it.
    BadLength(u8),
}

/// Walks over the segments of a file, or of its beginning.
#[derive(Clone, Debug)]
pub(super) struct Segments<'a> {
    input: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0 }
    }

    /// The next segment. After an `SOS` the walk goes on at the entropy-coded data: see [`Self::entropy_coded`].
    ///
    /// Bytes that are no marker are skipped, as libjpeg does: cameras have written such files.
    pub(super) fn next(&mut self) -> Result<Segment<'a>, Stop> {
        let marker_at = self.find_marker()?;
        // In bounds: a marker has two bytes.
        let marker = self.input[marker_at + 1];
        let head_end = marker_at + 2;
        if matches!(marker, SOI | EOI | TEM) || is_restart(marker) {
            self.at = head_end;
            return Ok(Segment { marker, body: &[] });
        }
        let Some(&length) = self.input.get(head_end..).and_then(|rest| rest.first_chunk()) else {
            return Err(Stop::NeedMore(head_end as u64 + 2));
        };
        let length = usize::from(u16::from_be_bytes(length));
        if length < 2 {
            return Err(Stop::BadLength(marker));
        }
        let end = head_end + length;
        // Another marker follows every segment but the last, which has no length.
        let Some(body) = self.input.get(head_end + 2..end) else { return Err(Stop::NeedMore(end as u64 + 2)) };
        self.at = end;
        Ok(Segment { marker, body })
    }

    /// The entropy-coded data of the scan whose `SOS` was the last segment, up to the marker that ends it.
    ///
    /// `FF 00` is data and restart markers are part of the scan.
    pub(super) fn entropy_coded(&mut self) -> Result<&'a [u8], Stop> {
        let start = self.at;
        loop {
            let marker_at = self.find_marker()?;
            // In bounds: a marker has two bytes.
            if !is_restart(self.input[marker_at + 1]) {
                let data = &self.input[start..marker_at];
                self.at = marker_at;
                // Fill bytes belong to the marker.
                let filled = data.iter().rev().take_while(|&&byte| byte == 0xFF).count();
                return Ok(&data[..data.len() - filled]);
            }
            self.at = marker_at + 2;
        }
    }

    /// Where the next marker begins: its last `FF` that is followed by neither `00` nor a fill byte.
    ///
    /// Both bytes of the marker are within the input.
    fn find_marker(&self) -> Result<usize, Stop> {
        let mut at = self.at;
        loop {
            at += memchr::memchr(0xFF, &self.input[at..]).ok_or(self.one_more())?;
            match self.input.get(at + 1) {
                None => return Err(self.one_more()),
                Some(0xFF) => at += 1,
                Some(0) => at += 2,
                Some(_) => return Ok(at),
            }
        }
    }

    fn one_more(&self) -> Stop {
        Stop::NeedMore(self.input.len() as u64 + 1)
    }
}
