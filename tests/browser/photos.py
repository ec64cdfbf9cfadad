"""Photos, made out of the one in tests/images, so that a browser and an encoder have what people drop."""

import io
import random
from pathlib import Path

from PIL import Image, ImageChops

from place import IMAGES

# What cameras of telephones make: 12 megapixels.
CAMERA = (4000, 3000)
# Between three and four parts of 8 MiB.
HEAVY_BYTES = 26_000_000


def camera(path: Path) -> Path:
    """A photo of 12 MP with a sensor's noise, as a camera writes it."""
    with Image.open(IMAGES / "photo.jpg") as photo:
        large = photo.resize(CAMERA, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(CAMERA, 10)
    # The noise's middle is a grey of 128.
    noisy = ImageChops.add(large, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)
    noisy.save(path, "JPEG", quality=90)
    return path


def heavy(path: Path) -> Path:
    """A photo with a film behind it, as telephones write them: four parts of an upload."""
    photo = snapshot(path, 0).read_bytes()
    path.write_bytes(photo + random.Random(1).randbytes(HEAVY_BYTES - len(photo)))
    return path


def snapshot(path: Path, number: int) -> Path:
    """A small photo; each number gives another."""
    with Image.open(IMAGES / "photo.jpg") as photo:
        left = 90 * number
        photo.crop((left, 500, left + 640, 980)).save(path, "JPEG", quality=95)
    return path


def opened(data: bytes) -> Image.Image:
    """A picture out of its bytes."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue of one pixel of a picture that has these."""
    red, green, blue = picture.crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue
