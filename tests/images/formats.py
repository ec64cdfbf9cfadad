"""Make the files of the folder `formats`: one small picture in every way to write it.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0 tifffile numpy
    /tmp/make-images/bin/python tests/images/formats.py

Beside each file stands a PNG with its pixels: what Pillow, whose decoders are none of ours, makes of it; or those that it was made of,
where Pillow does not read it. Files without one are to be refused. The files are committed; nobody needs to run this to build or test.
"""

import itertools
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import ExifTags, Image, ImageCms

FOLDER = Path(__file__).resolve().parent / "formats"

# Odd, and no multiple of the blocks that formats are made of.
WIDTH, HEIGHT = 47, 35


def picture() -> Image.Image:
    """A sunset with soft edges in its alpha channel: smooth enough for lossy formats, and different in each corner."""

    def pixel(x: int, y: int) -> tuple[int, int, int, int]:
        sun = max(0.0, 1 - math.hypot(x - 31, y - 12) / 14)
        red = 60 + 3 * x + 90 * sun
        green = 200 - 4 * y + 60 * sun
        blue = 120 + 40 * math.sin(x / 6) + 1.5 * y - 60 * sun
        edge = min(x, y, WIDTH - 1 - x, HEIGHT - 1 - y)
        return tuple(max(0, min(255, round(sample))) for sample in (red, green, blue, 40 * edge + 15))

    image = Image.new("RGBA", (WIDTH, HEIGHT))
    image.putdata([pixel(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def save(name: str, image: Image.Image, **options) -> None:
    """Write a file, and beside it what is seen of it."""
    image.save(FOLDER / name, **options)
    with Image.open(FOLDER / name) as written:
        written.load()
        reference(name, written)


def reference(name: str, image: Image.Image) -> None:
    """Write what is seen of a file: without a palette, without colours of what is transparent, and without anything but pixels."""
    if name.endswith((".gif", ".bmp")):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        if image.mode == "RGBA":
            seen = image.getchannel("A").point(lambda opacity: 255 if opacity else 0)
            image = Image.composite(image, Image.new("RGBA", image.size), seen)
    if name.endswith(".tif"):
        image = image.convert({"P": "RGB", "CMYK": "RGB", "1": "L"}.get(image.mode, image.mode))
    Image.frombytes(image.mode, image.size, image.tobytes()).save(FOLDER / f"{name}.png", optimize=True)


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Artist] = "Ann"
    return tags


def webp() -> None:
    rgba = picture()
    rgb = rgba.convert("RGB")
    save("lossy.webp", rgb, quality=80, method=6)
    save("lossy-alpha.webp", rgba, quality=60, alpha_quality=70)
    save("lossless.webp", rgb, lossless=True)
    save("lossless-alpha.webp", rgba, lossless=True, exact=True)
    # Few colours: the decoder unpacks several pixels of a byte.
    save("lossless-palette.webp", rgb.quantize(13).convert("RGB"), lossless=True)
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The time of its making.
    profile[24:36] = bytes(12)
    xmp = b"<x:xmpmeta>a packet</x:xmpmeta>"
    save("metadata.webp", rgb, quality=50, icc_profile=bytes(profile), exif=exif(orientation=6), xmp=xmp)

    turned = rgba.transpose(Image.Transpose.ROTATE_180)
    rgba.save(FOLDER / "animation.webp", save_all=True, append_images=[turned, rgba], duration=100, quality=20)


def gif() -> None:
    indexed = picture().convert("RGB").quantize(60, dither=Image.Dither.NONE)
    save("palette.gif", indexed, interlace=0)
    save("interlaced.gif", indexed, interlace=1)
    save("two-colours.gif", picture().convert("1"), interlace=0)
    # The first colour of the palette is not drawn.
    save("transparent.gif", indexed, interlace=0, transparency=0)

    # The image stands on a larger screen: what is around it is transparent, whatever Pillow says.
    left, top, around = 5, 3, 12
    with Image.open(FOLDER / "palette.gif") as image:
        seen = Image.new("RGBA", (WIDTH + around, HEIGHT + around))
        seen.paste(image.convert("RGBA"), (left, top))
    file = bytearray((FOLDER / "palette.gif").read_bytes())
    struct.pack_into("<HH", file, 6, *seen.size)
    descriptor = file.index(struct.pack("<BHHHH", 0x2C, 0, 0, WIDTH, HEIGHT))
    struct.pack_into("<HH", file, descriptor + 1, left, top)
    (FOLDER / "offset.gif").write_bytes(file)
    reference("offset.gif", seen)

    turned = indexed.transpose(Image.Transpose.ROTATE_180)
    indexed.save(FOLDER / "animation.gif", save_all=True, append_images=[turned, indexed], duration=100)


def png() -> None:
    rgba = picture()
    turned = rgba.transpose(Image.Transpose.ROTATE_180)
    rgba.save(FOLDER / "animation.png", save_all=True, append_images=[turned, rgba], duration=100, loop=2)


def bmp() -> None:
    rgb = picture().convert("RGB")
    indexed = rgb.quantize(15, dither=Image.Dither.NONE)
    save("bytes.bmp", rgb)
    save("palette.bmp", indexed)
    save("two-colours.bmp", rgb.convert("1"))

    masks = struct.pack("<4I52x", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    by_hand("alpha.bmp", 32, 3, b"".join(reversed(rows(picture(), "BGRA"))), longer=masks)
    by_hand("top-down.bmp", 24, 0, b"".join(padded(row) for row in rows(rgb, "BGR")), height=-HEIGHT)
    # Red and blue have 5 bits, green has 6.
    packed = [
        struct.pack(f"<{WIDTH}H", *(red >> 3 << 11 | green >> 2 << 5 | blue >> 3 for red, green, blue in batched(row, 3)))
        for row in rows(rgb, "RGB")
    ]
    masks = struct.pack("<3I", 0xF800, 0x07E0, 0x001F)
    by_hand("sixteen.bmp", 16, 3, b"".join(padded(row) for row in reversed(packed)), masks)

    palette = b"".join(bytes([blue, green, red, 0]) for red, green, blue in batched(indexed.getpalette(), 3))
    lines = [list(row) for row in reversed(rows(indexed, "P"))]
    by_hand("runs8.bmp", 8, 1, runs(lines, lambda indices: bytes(indices)), palette)
    nibbles = lambda indices: bytes(a << 4 | b for a, b in batched(indices + [0] * (len(indices) % 2), 2))
    by_hand("runs4.bmp", 4, 2, runs(lines, nibbles), palette)


def rows(image: Image.Image, order: str) -> list[bytes]:
    data = image.tobytes("raw", order)
    return [data[at : at + len(data) // HEIGHT] for at in range(0, len(data), len(data) // HEIGHT)]


def batched(values, count: int):
    values = list(values)
    return (values[at : at + count] for at in range(0, len(values), count))


def padded(row: bytes) -> bytes:
    return row + bytes(-len(row) % 4)


def runs(lines: list[list[int]], pack) -> bytes:
    """Each row as some pixels one by one, and the rest in runs."""
    out = b""
    for line in lines:
        single = pack(line[:21])
        out += bytes([0, 21]) + single + bytes(len(single) % 2)
        for index, run in itertools.groupby(line[21:]):
            out += bytes([len(list(run))]) + pack([index, index])[:1]
        out += bytes([0, 0])
    return out + bytes([0, 1])


def by_hand(
    name: str, bits: int, compression: int, data: bytes, after: bytes = b"", longer: bytes = b"", height: int = HEIGHT
) -> None:
    """A BMP as Pillow does not write it; after its header follow masks or a palette."""
    colours = len(after) // 4 if bits <= 8 else 0
    numbers = (40 + len(longer), WIDTH, height, 1, bits, compression, len(data), 0, 0, colours, 0)
    header = struct.pack("<IiiHHIIiiII", *numbers)
    header += longer
    start = 14 + len(header) + len(after)
    (FOLDER / name).write_bytes(struct.pack("<2sIII", b"BM", start + len(data), 0, start) + header + after + data)
    with Image.open(FOLDER / name) as image:
        reference(name, image)


def tiff() -> None:
    rgba = picture()
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    # Differences of neighbours, which compress better.
    predictor = {317: 2}
    save("lzw.tif", rgb, compression="tiff_lzw", tiffinfo=predictor)
    save("deflate-alpha.tif", rgba, compression="tiff_adobe_deflate", tiffinfo=predictor)
    save("packbits-grey.tif", grey, compression="packbits")
    save("palette.tif", rgb.quantize(60, dither=Image.Dither.NONE), compression="tiff_lzw")
    save("two-colours.tif", rgb.convert("1"), compression="packbits")
    save("cmyk.tif", rgb.convert("CMYK"), compression="tiff_lzw")
    rgb.save(FOLDER / "pages.tif", save_all=True, append_images=[grey], compression="tiff_lzw")

    colours, opacity = np.asarray(rgb), np.asarray(rgba)[..., 3:]
    deep = np.asarray(grey).astype(np.uint16) * 257 - np.arange(WIDTH, dtype=np.uint16)
    by_tifffile("tiles.tif", colours, tile=(16, 16), compression="zlib")
    by_tifffile("planar.tif", colours, np.moveaxis(colours, -1, 0), planarconfig="separate", compression="zlib")
    by_tifffile("big-endian.tif", colours, byteorder=">", rowsperstrip=8)
    by_tifffile("white-is-zero.tif", np.asarray(grey), 255 - np.asarray(grey), photometric="miniswhite", compression="zlib")
    by_tifffile("sixteen-grey.tif", deep, compression="zlib")
    shades = np.stack([deep, deep // 2, 65535 - deep], axis=-1)
    by_tifffile("sixteen-tiles.tif", shades, tile=(16, 32), byteorder=">", compression="zlib")
    # Colours multiplied by their opacity are not what is to come out.
    multiplied = np.concatenate([(colours.astype(int) * opacity + 127) // 255, opacity], axis=-1).astype(np.uint8)
    with Image.frombytes("RGBa", rgb.size, multiplied.tobytes()) as image:
        seen = np.asarray(image.convert("RGBA"))
    by_tifffile("associated-alpha.tif", seen, multiplied, extrasamples=["assocalpha"], compression="zlib")


def by_tifffile(name: str, seen: np.ndarray, stored: np.ndarray | None = None, byteorder: str = "<", **options) -> None:
    """A TIFF as Pillow does not write it, or does not read it."""
    stored = seen if stored is None else stored
    grey = stored.ndim == 2
    options = {"photometric": "minisblack" if grey else "rgb", "metadata": None, **options}
    tifffile.imwrite(FOLDER / name, stored, byteorder=byteorder, software="", **options)
    write_png(FOLDER / f"{name}.png", seen)


def write_png(path: Path, samples: np.ndarray) -> None:
    """A PNG of 16 bits too, which Pillow writes of grey only."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    channels = 1 if samples.ndim == 2 else samples.shape[2]
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8 * samples.itemsize, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() for row in samples)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for make in (webp, gif, png, bmp, tiff):
        make()


if __name__ == "__main__":
    main()
