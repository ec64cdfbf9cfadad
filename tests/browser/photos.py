"""Photos, made out of the one in tests/images, so that a browser and an encoder have what people drop."""

import io
from pathlib import Path

from PIL import Image, ImageChops

from place import IMAGES

# What cameras of telephones make: 12 megapixels.
CAMERA = (4000, 3000)


def camera(path: Path) -> Path:
    """A photo of 12 MP with a sensor's noise, as a camera writes it."""
    return _write(path, CAMERA, noise=10, quality=90, subsampling="4:2:0")


def heavy(path: Path) -> Path:
    """The same, so fine that it is sent in parts."""
    return _write(path, CAMERA, noise=24, quality=99, subsampling="4:4:4")


def snapshot(path: Path, number: int) -> Path:
    """A small photo; each number gives another."""
    with Image.open(IMAGES / "photo.jpg") as photo:
        left = 90 * number
        photo.crop((left, 500, left + 640, 980)).save(path, "JPEG", quality=95)
    return path


def _write(path: Path, size: tuple[int, int], noise: float, quality: int, subsampling: str) -> Path:
    with Image.open(IMAGES / "photo.jpg") as photo:
        large = photo.resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, noise)
    # The noise's middle is a grey of 128.
    noisy = ImageChops.add(large, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)
    noisy.save(path, "JPEG", quality=quality, subsampling=subsampling)
    return path


def opened(data: bytes) -> Image.Image:
    """A picture out of its bytes."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture
