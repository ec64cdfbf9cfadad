"""An encoder in Python: QOI (qoiformat.org, version 1.0 of its specification) to PAM (netpbm's pam(5)).

It is written as anybody's would be: with the standard library, and with no word about a sandbox.
"""

import os
import random
import struct
import time
from pathlib import Path

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import types

QOI = "image/qoi"
PAM = "image/x-portable-arbitrarymap"

HEADER = struct.Struct(">4sIIBB")

# What the comment in a file may be.
COMMENTS = {
    "none": lambda: None,
    "time": lambda: f"made at {time.time()}",
    "random": lambda: f"made as {random.getrandbits(64):016x}",
    "secret": lambda: f"made as {os.urandom(8).hex()}",
    "host": lambda: f"made on {Path('/etc/hostname').read_text()}",
}


class Types(exports.Types):
    pass


class Codec(exports.Codec):
    def describe(self) -> types.Descriptor:
        comment = types.OptionInfo(
            "comment",
            "What the comment in the file says",
            types.Domain_Choice(list(COMMENTS)),
            types.Value_Text("none"),
        )
        return types.Descriptor("pam-in-python", "1.0.0", [QOI], [PAM], [comment])

    def probe(self, head: bytes) -> types.Probed:
        if head[:4] != b"qoif"[: len(head)]:
            return types.Probed_Unknown()
        if len(head) < HEADER.size:
            return types.Probed_NeedMore(HEADER.size)
        try:
            return types.Probed_Known(info(QOI, *read_header(head)))
        except Err:
            return types.Probed_Unknown()

    def compress(self, input: bytes, renditions: list[types.Rendition]) -> list[types.Output]:
        width, height, channels = read_header(input)
        pixels = decode(input, width * height, channels)
        return [output(pixels, width, height, channels, rendition) for rendition in renditions]


def info(media_type: str, width: int, height: int, channels: int) -> types.ImageInfo:
    return types.ImageInfo(media_type, width, height, 1, 8, channels == 4, 1, [])


def read_header(file: bytes) -> tuple[int, int, int]:
    if file[:4] != b"qoif":
        raise Err(types.Error_Unsupported("not a QOI"))
    if len(file) < HEADER.size:
        raise Err(types.Error_Malformed(f"the file of {len(file)} bytes is cut off"))
    _, width, height, channels, _ = HEADER.unpack_from(file)
    if not width or not height or channels not in (3, 4):
        raise Err(types.Error_Malformed(f"{width} x {height} pixels of {channels} channels"))
    return width, height, channels


def decode(file: bytes, count: int, channels: int) -> bytes:
    seen = [(0, 0, 0, 0)] * 64
    pixel = (0, 0, 0, 255)
    pixels = bytearray()
    length = count * channels
    stream = iter(memoryview(file)[HEADER.size :])
    try:
        while len(pixels) < length:
            run, pixel = step(stream, seen, pixel)
            pixels += bytes(pixel[:channels]) * run
            red, green, blue, alpha = pixel
            seen[(red * 3 + green * 5 + blue * 7 + alpha * 11) % 64] = pixel
    except StopIteration:
        raise Err(types.Error_Malformed(f"the file of {len(file)} bytes is cut off")) from None
    if len(pixels) > length:
        raise Err(types.Error_Malformed("more pixels than the header says"))
    return bytes(pixels)


def step(stream, seen, pixel):
    """The next pixel, and how often it is there."""
    red, green, blue, alpha = pixel
    byte = next(stream)
    if byte == 0xFE:
        return 1, (next(stream), next(stream), next(stream), alpha)
    if byte == 0xFF:
        return 1, (next(stream), next(stream), next(stream), next(stream))
    match byte >> 6:
        case 0:
            return 1, seen[byte]
        case 1:
            change = ((byte >> 4 & 3) - 2, (byte >> 2 & 3) - 2, (byte & 3) - 2)
        case 2:
            second, much = next(stream), (byte & 63) - 32
            change = (much + (second >> 4) - 8, much, much + (second & 15) - 8)
        case _:
            return (byte & 63) + 1, pixel
    return 1, ((red + change[0]) & 255, (green + change[1]) & 255, (blue + change[2]) & 255, alpha)


def output(pixels: bytes, width: int, height: int, channels: int, rendition: types.Rendition) -> types.Output:
    if rendition.media_type != PAM:
        raise Err(types.Error_BadRequest(f"only {PAM} is made"))
    box = rendition.resize
    if box and ((box.width or width) < width or (box.height or height) < height):
        raise Err(types.Error_BadRequest("this encoder does not resize"))
    lines = ["P7"]
    for setting in rendition.settings:
        if setting.name != "comment" or setting.value.value not in COMMENTS:
            raise Err(types.Error_BadRequest(f"the one option is comment, one of {', '.join(COMMENTS)}"))
        if comment := COMMENTS[setting.value.value]():
            lines.append(f"# {comment}")
    kind = "RGB_ALPHA" if channels == 4 else "RGB"
    lines += [f"WIDTH {width}", f"HEIGHT {height}", f"DEPTH {channels}", "MAXVAL 255", f"TUPLTYPE {kind}", "ENDHDR", ""]
    file = "\n".join(lines).encode() + pixels
    if rendition.max_bytes is not None and len(file) > rendition.max_bytes:
        raise Err(types.Error_BadRequest(f"the smallest possible is {len(file)} bytes"))
    return types.Output(file, info(PAM, width, height, channels), [])
