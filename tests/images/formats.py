"""Make the files of the folder `formats`: one small picture in every way to write it.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0
    /tmp/make-images/bin/python tests/images/formats.py

Beside each file stands a PNG with its pixels: what Pillow, whose decoders are none of ours, makes of it. Files without one are to be
refused. The files are committed; nobody needs to run this to build or test.
"""

import math
import struct
from pathlib import Path

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
    if name.endswith(".gif"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        if image.mode == "RGBA":
            image = Image.composite(image, Image.new("RGBA", image.size), image.getchannel("A"))
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


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for make in (webp, gif):
        make()


if __name__ == "__main__":
    main()
