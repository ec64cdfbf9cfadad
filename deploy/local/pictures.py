"""Enough of JPEG, PNG and WebP to tell a whole picture from something else."""

import struct
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# A PNG's last chunk: no data, its name, its checksum.
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
# Start of frame, less the three codes in their range that mean something else.
# ITU-T T.81, table B.1.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Picture:
    """A picture's media type and size in pixels."""

    media_type: str
    width: int
    height: int


def recognise(data: bytes) -> Picture | None:
    """The picture, if `data` begins and ends as one."""
    if data.startswith(PNG_SIGNATURE) and data[12:16] == b"IHDR" and data.endswith(PNG_END):
        width, height = struct.unpack(">II", data[16:24])
        return Picture("image/png", width, height)
    if data.startswith(JPEG_START) and data.endswith(JPEG_END):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP" and len(data) == 8 + int.from_bytes(data[4:8], "little"):
        return _webp(data)
    return None


def _jpeg(data: bytes) -> Picture | None:
    """Walk the segments to the frame header."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            # A fill byte.
            at += 1
        elif marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp(data: bytes) -> Picture | None:
    """Look into the first chunk (RFC 9649)."""
    chunk, at = data[12:16], data[20:30]
    if chunk == b"VP8X":
        sides = [1 + int.from_bytes(at[start : start + 3], "little") for start in (4, 7)]
    elif chunk == b"VP8L":
        bits = int.from_bytes(at[1:5], "little")
        sides = [1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)]
    elif chunk == b"VP8 ":
        sides = [int.from_bytes(at[start : start + 2], "little") & 0x3FFF for start in (6, 8)]
    else:
        return None
    return Picture("image/webp", *sides)
