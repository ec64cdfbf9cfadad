"""PNG: every colour type at every depth, by a writer that is simpler than any decoder, and what libpng writes in Pillow."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from pictures import SIZE, SIZES, deep, photo, with_alpha
from recipe import Recipe, exif, profile, saved

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey-alpha", RGBA: "rgba"}

# First column and row of each pass of Adam7, and the steps between.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def recipes() -> Iterator[Recipe]:
    for colour, depths in DEPTHS.items():
        for depth in depths:
            for is_interlaced in (False, True):
                sizes = SIZES if depth in (1, 8) else (SIZE,)
                for size in sizes:
                    passes = "-interlaced" if is_interlaced else ""
                    name = f"{NAMES[colour]}-{depth}{passes}-{size[0]}x{size[1]}"
                    yield written(f"{name}.png", colour, depth, is_interlaced, size)
                if colour in (GREY, RGB, PALETTE):
                    name = f"{NAMES[colour]}-{depth}{'-interlaced' if is_interlaced else ''}-transparent.png"
                    yield written(name, colour, depth, is_interlaced, SIZE, is_transparent=True)
    yield Recipe("by-pillow.png", lambda: saved(photo(), "PNG"))
    yield Recipe("optimised.png", lambda: saved(with_alpha(), "PNG", optimize=True))
    yield Recipe("palette-by-pillow.png", lambda: saved(photo().quantize(100), "PNG"))
    yield Recipe("profile.png", lambda: saved(photo(), "PNG", icc_profile=profile()))
    yield written("gamma.png", RGB, 8, False, SIZE, before=[(b"gAMA", struct.pack(">I", 45455))])
    yield written("srgb.png", RGB, 8, False, SIZE, before=[(b"sRGB", b"\0")])
    for orientation in range(1, 9):
        yield Recipe(f"orientation-{orientation}.png", lambda o=orientation: saved(photo(), "PNG", exif=exif(o)))
    turned = lambda: photo().transpose(Image.Transpose.ROTATE_180)
    animated = lambda: saved(photo(), "PNG", save_all=True, append_images=[turned()], duration=100)
    yield Recipe("animated.png", animated, refused="animation")


def written(name: str, colour: int, depth: int, is_interlaced: bool, size: tuple[int, int], **more) -> Recipe:
    return Recipe(name, lambda: write(samples(colour, depth, size), colour, depth, is_interlaced, **more))


def samples(colour: int, depth: int, size: tuple[int, int]) -> np.ndarray:
    """Rows of pixels of channels."""
    image = with_alpha(size).convert({GREY: "L", RGB: "RGB", PALETTE: "L", GREY_ALPHA: "LA", RGBA: "RGBA"}[colour])
    values = deep(image) if depth == 16 else np.asarray(image) >> (8 - depth)
    return values.reshape(size[1], size[0], -1)


def write(
    values: np.ndarray,
    colour: int,
    depth: int,
    is_interlaced: bool,
    is_transparent: bool = False,
    before: list[tuple[bytes, bytes]] | None = None,
) -> bytes:
    height, width, channels = values.shape
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, is_interlaced)), *(before or [])]
    if colour == PALETTE:
        generator = np.random.default_rng(depth)
        chunks.append((b"PLTE", generator.integers(0, 256, 3 << depth, dtype=np.uint8).tobytes()))
        if is_transparent:
            # Not for all of the palette: the rest is opaque.
            chunks.append((b"tRNS", generator.integers(0, 256, (1 << depth) - 1, dtype=np.uint8).tobytes()))
    elif is_transparent:
        # The colour of one pixel.
        chunks.append((b"tRNS", struct.pack(f">{channels}H", *(int(v) for v in values[height // 2, width // 2]))))
    if is_interlaced:
        parts = [values[y::down, x::across] for x, y, across, down in PASSES]
    else:
        parts = [values]
    lines = b"".join(filtered(part, depth) for part in parts if part.size)
    # In pieces, as a stream is written.
    packed = zlib.compress(lines, 6)
    chunks += [(b"IDAT", packed[at : at + 4000]) for at in range(0, len(packed), 4000)]
    chunks.append((b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def filtered(part: np.ndarray, depth: int) -> bytes:
    """Lines with each filter in turn (PNG specification, 9.2)."""
    height, width, channels = part.shape
    if depth == 16:
        lines = part.astype(">u2").view(np.uint8).reshape(height, -1)
    elif depth == 8:
        lines = part.reshape(height, -1)
    else:
        bits = np.unpackbits(part.astype(np.uint8).reshape(height, -1, 1), axis=2)[:, :, 8 - depth :]
        lines = np.packbits(bits.reshape(height, -1), axis=1)
    step = max(1, channels * depth // 8)
    out = []
    above = np.zeros(lines.shape[1], int)
    for row, line in enumerate(lines.astype(int)):
        left = np.concatenate([np.zeros(step, int), line])[: line.size]
        corner = np.concatenate([np.zeros(step, int), above])[: line.size]
        guess = left + above - corner
        distances = np.abs([guess - left, guess - above, guess - corner])
        paeth = np.choose(np.argmin(distances, axis=0), [left, above, corner])
        kind = row % 5
        predicted = [0, left, above, (left + above) // 2, paeth][kind]
        out.append(bytes([kind]) + (line - predicted).astype(np.uint8).tobytes())
        above = line
    return b"".join(out)
