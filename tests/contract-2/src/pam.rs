//! The format, as netpbm's `pam(5)` and `pnm(5)` have it, of 8 bits.

use crate::bindings::exports::sandpress::codec::types::Background;

/// What stands before the pixels.
pub(crate) struct Pam {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Channels: 1 and 2 are grey, 2 and 4 have transparency last.
    depth: usize,
}

/// Why a file is not read.
pub(crate) enum Unread {
    /// It does not begin as a PAM does.
    Stranger,
    /// It ends too early.
    Short,
    Malformed(&'static str),
}

impl Pam {
    pub(crate) fn is_grey(&self) -> bool {
        self.depth < 3
    }

    pub(crate) fn has_alpha(&self) -> bool {
        self.depth.is_multiple_of(2)
    }
}

const MAGIC: &[u8] = b"P7\n";

/// The header, and what follows it.
pub(crate) fn header(file: &[u8]) -> Result<(Pam, &[u8]), Unread> {
    if !file.starts_with(MAGIC) {
        return Err(if MAGIC.starts_with(file) { Unread::Short } else { Unread::Stranger });
    }
    let (mut width, mut height, mut depth, mut most) = (0, 0, 0, 0);
    let mut rest = &file[MAGIC.len()..];
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or(Unread::Short)?;
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        let line = str::from_utf8(line).map_err(|_| Unread::Malformed("the header is no text"))?;
        let (name, value) = line.split_once(' ').unwrap_or((line, ""));
        let field = match name {
            "WIDTH" => &mut width,
            "HEIGHT" => &mut height,
            "DEPTH" => &mut depth,
            "MAXVAL" => &mut most,
            "ENDHDR" => break,
            // The type of the tuples follows from their depth here, and comments are nobody's business.
            _ => continue,
        };
        *field = value.trim().parse().map_err(|_| Unread::Malformed("the header has a field that is no number"))?;
    }
    match (width, height, depth, most) {
        (1.., 1.., 1..=4, 255) => Ok((Pam { width, height, depth: depth as usize }, rest)),
        _ => Err(Unread::Malformed("only pixels of one to four channels of 8 bits are read")),
    }
}

/// The header, and exactly its pixels.
pub(crate) fn read(file: &[u8]) -> Result<(Pam, &[u8]), Unread> {
    let (header, rest) = header(file)?;
    let length = u64::from(header.width) * u64::from(header.height) * header.depth as u64;
    let length = usize::try_from(length).map_err(|_| Unread::Short)?;
    let pixels = rest.get(..length).ok_or(Unread::Short)?;
    Ok((header, pixels))
}

/// A PGM or a PPM, where what is transparent shows the background.
pub(crate) fn flatten(header: &Pam, pixels: &[u8], background: Background) -> Vec<u8> {
    let Background { red, green, blue } = background;
    let behind: &[u8] = if header.is_grey() { &[green] } else { &[red, green, blue] };
    let magic = if header.is_grey() { "P5" } else { "P6" };
    let mut file = format!("{magic}\n{} {}\n255\n", header.width, header.height).into_bytes();
    for pixel in pixels.chunks_exact(header.depth) {
        let alpha = if header.has_alpha() { u16::from(pixel[header.depth - 1]) } else { 255 };
        file.extend(behind.iter().zip(pixel).map(|(&behind, &front)| over(front, alpha, behind)));
    }
    file
}

fn over(front: u8, alpha: u16, behind: u8) -> u8 {
    let sum = u16::from(front) * alpha + u16::from(behind) * (255 - alpha);
    // The mean of two bytes is a byte.
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}
