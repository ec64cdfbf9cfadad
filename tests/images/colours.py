"""Make the files of the folder `colours`: one small picture in colours that are not those of sRGB.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0 tifffile numpy
    /tmp/make-images/bin/python tests/images/colours.py

In the folder `srgb` stands what each of them looks like: converted by Little CMS, which Pillow carries, and where there is no profile by
Pillow's own rule for inks, or by formula. The profiles are made here too. The files are committed; nobody needs to run this to build or
test.
"""

import io
import math
import struct
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from formats import HEIGHT, WIDTH, exif, picture, write_png

FOLDER = Path(__file__).resolve().parent / "colours"
SEEN = FOLDER / "srgb"

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def colorants(primaries, white=D65) -> np.ndarray:
    """Columns of what red, green and blue are under D50, adapted as Bradford has it."""
    matrix = np.stack([xyz(*primary) for primary in primaries], axis=1)
    matrix = matrix * np.linalg.solve(matrix, xyz(*white))
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    scale = np.diag(bradford @ np.array(D50) / (bradford @ xyz(*white)))
    return np.linalg.inv(bradford) @ scale @ bradford @ matrix


def fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def parametric(*parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", {1: 0, 5: 3}[len(parameters)], 0) + fixed(*parameters)


def gamma(exponent: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256))


def text(name: str) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + bytes(1 + 8 + 3 + 67)


def profile(kind: bytes, space: bytes, connection: bytes, name: str, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2.4."""
    tags = {b"desc": text(name), b"cprt": b"text\0\0\0\0CC0\0", b"wtpt": b"XYZ \0\0\0\0" + fixed(*D50), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for signature, tag in tags.items():
        table += signature + struct.pack(">II", at + len(data), len(tag))
        data += tag + bytes(-len(tag) % 4)
    header = struct.pack(">I4sI4s4s4s", at + len(data), b"", 0x02400000, kind, space, connection)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(*D50)
    return header.ljust(128, b"\0") + table + data


def rgb_profile(name: str, primaries, curve: bytes) -> bytes:
    columns = colorants(primaries).T
    tags = {bytes([c]) + b"XYZ": b"XYZ \0\0\0\0" + fixed(*column) for c, column in zip(b"rgb", columns)}
    tags |= {bytes([c]) + b"TRC": curve for c in b"rgb"}
    return profile(b"mntr", b"RGB ", b"XYZ ", name, tags)


def lab(colour: np.ndarray) -> np.ndarray:
    """Colours under D50 as Lab, of 0 to 1 as 16 bits of version 2 hold it."""
    ratio = colour / np.array(D50)
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([(116 * y - 16) / 100, (500 * (x - y) + 128) / 256, (200 * (y - z) + 128) / 256], axis=-1) * (65280 / 65535)


def table(grid: int, inputs: int, colours: np.ndarray) -> bytes:
    """`lut16Type`: straight curves around a table of colours, whose first input varies slowest."""
    straight = struct.pack(">HH", 0, 65535)
    header = b"mft2\0\0\0\0" + bytes([inputs, 3, grid, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack(">HH", 2, 2)
    numbers = np.clip(np.rint(lab(colours) * 65535), 0, 65535).astype(">u2")
    return header + straight * inputs + numbers.tobytes() + straight * 3


def print_profile() -> bytes:
    """Four inks as they might be: each dot of paper is bare, or covered by inks that each let some light through (Neugebauer)."""
    grid = 5
    light = np.array([[0.12, 0.33, 0.62], [0.62, 0.20, 0.24], [0.90, 0.85, 0.10], [0.04, 0.04, 0.04]])
    amounts = np.stack(np.meshgrid(*[np.linspace(0, 1, grid)] * 4, indexing="ij"), axis=-1)
    let_through = 1 - amounts[..., None] * (1 - light)
    colours = let_through.prod(axis=-2) * np.array([0.86, 0.88, 0.85]) @ colorants(SRGB).T
    return profile(b"prtr", b"CMYK", b"Lab ", "Four inks", {b"A2B0": table(grid, 4, colours)})


def table_profile() -> bytes:
    """Red, green and blue with a table instead of curves and a matrix: all a little dull, and greens towards yellow."""
    grid = 9
    amounts = np.stack(np.meshgrid(*[np.linspace(0, 1, grid)] * 3, indexing="ij"), axis=-1)
    mixed = np.array([[0.80, 0.15, 0.05], [0.05, 0.90, 0.05], [0.05, 0.10, 0.85]])
    return profile(b"scnr", b"RGB ", b"Lab ", "A table", {b"A2B0": table(grid, 3, amounts**2 @ mixed.T @ colorants(SRGB).T)})


def undated(profile: ImageCms.core.CmsProfile) -> bytes:
    """Little CMS writes the time of its making."""
    data = bytearray(ImageCms.ImageCmsProfile(profile).tobytes())
    data[24:36] = bytes(12)
    return bytes(data)


def colourful() -> Image.Image:
    """The picture of `formats`, with every hue at full strength in its lower rows."""
    image = picture()
    hues = Image.new("HSV", (WIDTH, 12))
    hues.putdata([(round(x * 255 / WIDTH), min(255, 40 * y), 255 - 12 * (y % 4)) for y in range(12) for x in range(WIDTH)])
    image.paste(hues.convert("RGB"), (0, HEIGHT - 12))
    return image


def seen(name: str, image: Image.Image, embedded: bytes, mode: str = "RGB") -> None:
    """Write what Little CMS makes of an image."""
    curve = parametric(*SRGB_CURVE)
    to = rgb_profile("sRGB", SRGB, curve) if mode == "RGB" else profile(b"mntr", b"GRAY", b"XYZ ", "Grey", {b"kTRC": curve})
    colours = image.convert("RGB") if image.mode == "RGBA" else image
    # To a profile of version 4 it would move black as well.
    exact = ImageCms.Flags.NOOPTIMIZE
    made = ImageCms.profileToProfile(colours, io.BytesIO(embedded), io.BytesIO(to), outputMode=mode, flags=exact)
    if image.mode == "RGBA":
        made.putalpha(image.getchannel("A"))
    Image.frombytes(made.mode, made.size, made.tobytes()).save(SEEN / f"{name}.png", optimize=True)


def by_formula(samples: np.ndarray, matrix: np.ndarray, linear) -> np.ndarray:
    """Samples of 0 to 1 in sRGB."""
    light = linear(samples) @ (np.linalg.inv(colorants(SRGB)) @ matrix).T
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def rgb() -> None:
    rgba = colourful()
    image, grey = rgba.convert("RGB"), rgba.convert("L")
    p3 = rgb_profile("Display P3", DISPLAY_P3, parametric(*SRGB_CURVE))
    image.save(FOLDER / "display-p3.png", icc_profile=p3, optimize=True)
    seen("display-p3.png", image, p3)
    adobe = rgb_profile("Adobe RGB (1998)", ADOBE_RGB, gamma(563 / 256))
    rgba.save(FOLDER / "adobe-rgb.png", icc_profile=adobe, optimize=True)
    seen("adobe-rgb.png", rgba, adobe)
    scanner = table_profile()
    image.save(FOLDER / "table.tif", icc_profile=scanner, compression="tiff_lzw")
    seen("table.tif", image, scanner)
    dull = profile(b"mntr", b"GRAY", b"XYZ ", "Grey 1.8", {b"kTRC": gamma(1.8)})
    grey.save(FOLDER / "grey.png", icc_profile=dull, optimize=True)
    seen("grey.png", grey, dull, "L")
    image.save(FOLDER / "srgb.png", icc_profile=undated(ImageCms.createProfile("sRGB")), optimize=True)
    image.save(SEEN / "srgb.png.png", optimize=True)

    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"gAMA", struct.pack(">I", 55556))
    chunks.add(b"cHRM", struct.pack(">8I", *(round(n * 100_000) for xy in (D65, *ADOBE_RGB) for n in xy)))
    image.save(FOLDER / "chunks.png", pnginfo=chunks, optimize=True)
    samples = by_formula(np.asarray(image) / 255, colorants(ADOBE_RGB), lambda samples: samples**1.8)
    write_png(SEEN / "chunks.png.png", np.rint(samples * 255).astype(np.uint8))

    deep = np.asarray(image).astype(np.uint16) * 251 + np.arange(WIDTH, dtype=np.uint16)[:, None]
    tifffile.imwrite(FOLDER / "sixteen.tif", deep, photometric="rgb", metadata=None, software="", compression="zlib", iccprofile=p3)
    linear = lambda s: np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
    samples = by_formula(deep / 65535, colorants(DISPLAY_P3), linear)
    write_png(SEEN / "sixteen.tif.png", np.rint(samples * 65535).astype(np.uint16))


def inks() -> None:
    image = colourful().convert("RGB")
    # Some black in place of the three other inks.
    cyan, magenta, yellow = np.moveaxis(255 - np.asarray(image).astype(int), -1, 0)
    black = np.minimum(np.minimum(cyan, magenta), yellow) // 2
    amounts = np.stack([cyan - black, magenta - black, yellow - black, black], axis=-1).astype(np.uint8)
    image = Image.fromarray(amounts, "CMYK")
    four = print_profile()
    for name, options in [("cmyk.jpg", {}), ("cmyk-profile.jpg", {"icc_profile": four})]:
        image.save(FOLDER / name, quality=95, subsampling=0, **options)
        seen_inks(name)
    # Pillow writes no YCCK: a CMYK whose first three inks are YCbCr, and a marker that says so.
    rgb = Image.fromarray(amounts[..., :3], "RGB").convert("YCbCr")
    ycck = Image.fromarray(np.concatenate([255 - np.asarray(rgb), amounts[..., 3:]], axis=-1), "CMYK")
    for name, options in [("ycck.jpg", {}), ("ycck-profile.jpg", {"icc_profile": four, "exif": exif(orientation=6)})]:
        file = io.BytesIO()
        ycck.save(file, format="JPEG", quality=95, subsampling=0, progressive=True, **options)
        file = bytearray(file.getvalue())
        file[file.index(b"Adobe\0") + 11] = 2
        (FOLDER / name).write_bytes(file)
        seen_inks(name)
    image.save(FOLDER / "cmyk-profile.tif", icc_profile=four, compression="tiff_lzw")
    seen_inks("cmyk-profile.tif")
    deep = amounts.astype(np.uint16) * 257
    tifffile.imwrite(FOLDER / "sixteen-cmyk.tif", deep, photometric="separated", metadata=None, software="", compression="zlib")
    light = 1 - amounts / 255
    write_png(SEEN / "sixteen-cmyk.tif.png", np.rint(light[..., :3] * light[..., 3:] * 65535).astype(np.uint16))


def seen_inks(name: str) -> None:
    with Image.open(FOLDER / name) as image:
        embedded = image.info.get("icc_profile")
        image = ImageOps.exif_transpose(image)
        if embedded:
            seen(name, image, embedded)
        else:
            image.convert("RGB").save(SEEN / f"{name}.png", optimize=True)


def main() -> None:
    SEEN.mkdir(parents=True, exist_ok=True)
    rgb()
    inks()


if __name__ == "__main__":
    main()
