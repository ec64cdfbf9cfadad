//! What a BMP says before its pixels (Microsoft's Win32 reference: Bitmap Storage, `BITMAPINFOHEADER`, `BITMAPV5HEADER`).

use super::masks::Masks;

const FILE_HEADER_LEN: usize = 14;

/// The header of a BMP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Rows stand from top to bottom, and not the other way round.
    pub(super) is_top_down: bool,
    pub(super) coding: Coding,
    /// Where the palette is, and how many bytes a colour has.
    pub(super) palette_at: usize,
    pub(super) palette_len: usize,
    pub(super) bytes_per_colour: usize,
    /// Where the pixels are.
    pub(super) data_at: usize,
    /// Where a colour profile is, and how long.
    pub(super) icc: Option<(usize, usize)>,
}

/// How pixels are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Coding {
    /// Indices of so many bits.
    Palette(u32),
    /// Runs of indices of so many bits: 4 or 8.
    Runs(u32),
    /// Blue, green, red.
    Bytes,
    /// Numbers of so many bits, 16 or 32, in which each channel has its place.
    Fields(u32, Masks),
}

/// Why there is no header.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    NeedMore(u64),
    Damaged(String),
    Unsupported(String),
}

impl Header {
    /// Reads a file, or its beginning, up to its palette.
    pub(super) fn read(head: &[u8]) -> Result<Self, Stop> {
        let fields = Fields(head);
        let data_at = fields.offset(10)?;
        let header_len = fields.offset(14)?;
        if header_len == 12 {
            return Self::core(fields, data_at);
        }
        if !matches!(header_len, 40 | 52 | 56 | 108 | 124) {
            return Err(Stop::Unsupported(format!("a header of {header_len} bytes, as OS/2 2 has it")));
        }
        let (width, height) = (fields.u32(18)?.cast_signed(), fields.u32(22)?.cast_signed());
        let (bits, compression) = (u32::from(fields.u16(28)?), fields.u32(30)?);
        let end = FILE_HEADER_LEN + header_len;
        // The shortest header has its masks behind it.
        let masks_at = FILE_HEADER_LEN + 40;
        let mask_count = match (compression, header_len) {
            (3, 40 | 52) => 3,
            (3 | 6, _) => 4,
            _ => 0,
        };
        let coding = match (compression, bits) {
            (0, 1 | 2 | 4 | 8) => Coding::Palette(bits),
            (0, 16) => Coding::Fields(16, Masks::RGB555),
            (0, 24) => Coding::Bytes,
            // The fourth byte is reserved.
            (0, 32) => Coding::Fields(32, Masks::RGB888),
            (1, 8) | (2, 4) => Coding::Runs(bits),
            (3 | 6, 16 | 32) => {
                let mut masks = [0; 4];
                for (at, mask) in (masks_at..).step_by(4).zip(&mut masks[..mask_count]) {
                    *mask = fields.u32(at)?;
                }
                Coding::Fields(bits, Masks::new(masks).ok_or_else(|| Stop::Damaged("masks with gaps".into()))?)
            }
            (4, _) => return Err(Stop::Unsupported("a JPEG inside".into())),
            (5, _) => return Err(Stop::Unsupported("a PNG inside".into())),
            (11..=13, _) => return Err(Stop::Unsupported("CMYK".into())),
            _ => return Err(Stop::Damaged(format!("{bits} bits a pixel with compression {compression}"))),
        };
        let icc = if header_len == 124 && fields.u32(14 + 56)? == u32::from_be_bytes(*b"MBED") {
            Some((FILE_HEADER_LEN.saturating_add(fields.offset(14 + 112)?), fields.offset(14 + 116)?))
        } else {
            None
        };
        let header = Self {
            width: u32::try_from(width).map_err(|_| Stop::Damaged(format!("a width of {width}")))?,
            height: height.unsigned_abs(),
            is_top_down: height < 0,
            coding,
            palette_at: end.max(masks_at + 4 * mask_count),
            palette_len: palette_len(coding, fields.offset(46)?),
            bytes_per_colour: 4,
            data_at,
            icc,
        };
        // All of it must be there, though the last fields mean nothing here.
        fields.bytes::<0>(header.palette_at)?;
        Ok(header)
    }

    /// The header of OS/2 1, which some still write for pictures of few colours.
    fn core(fields: Fields, data_at: usize) -> Result<Self, Stop> {
        let bits = u32::from(fields.u16(24)?);
        let coding = match bits {
            1 | 4 | 8 => Coding::Palette(bits),
            24 => Coding::Bytes,
            _ => return Err(Stop::Damaged(format!("{bits} bits a pixel"))),
        };
        Ok(Self {
            width: fields.u16(18)?.into(),
            height: fields.u16(20)?.into(),
            is_top_down: false,
            coding,
            palette_at: FILE_HEADER_LEN + 12,
            palette_len: palette_len(coding, 0),
            bytes_per_colour: 3,
            data_at,
            icc: None,
        })
    }

    pub(super) fn has_alpha(&self) -> bool {
        matches!(self.coding, Coding::Fields(_, masks) if masks.has_alpha())
    }
}

/// How many colours there are: all that an index can name, unless the file says fewer.
fn palette_len(coding: Coding, said: usize) -> usize {
    match coding {
        Coding::Palette(bits) | Coding::Runs(bits) if said == 0 => 1 << bits,
        Coding::Palette(bits) | Coding::Runs(bits) => said.min(1 << bits),
        _ => 0,
    }
}

/// Little-endian numbers at places of the file.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes<const N: usize>(self, at: usize) -> Result<&'a [u8; N], Stop> {
        self.0.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Stop::NeedMore((at + N) as u64))
    }

    fn u16(self, at: usize) -> Result<u16, Stop> {
        self.bytes(at).map(|bytes| u16::from_le_bytes(*bytes))
    }

    fn u32(self, at: usize) -> Result<u32, Stop> {
        self.bytes(at).map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn offset(self, at: usize) -> Result<usize, Stop> {
        // 32 bits are an address in the sandbox, and less than one elsewhere.
        self.u32(at).map(|offset| usize::try_from(offset).unwrap_or(usize::MAX))
    }
}
