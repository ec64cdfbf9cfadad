"""One file to make, and what is expected of who reads it."""

import io
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, ImageCms


class Recipe(NamedTuple):
    name: str
    make: Callable[[], bytes]
    # How far another decoder's samples may be away: a key of `check.TOLERANCES`.
    tolerance: str = "exact"
    # None: it must be read. Else why it may be refused; if it is read all the same, it must be read rightly.
    refused: str | None = None


def saved(image: Image.Image, format: str, **options) -> bytes:
    """The file that Pillow writes."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def profile() -> bytes:
    """sRGB's, without the time of its making."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes(12)
    return bytes(made)
