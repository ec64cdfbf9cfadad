"""What the files show: the same in every run."""

import numpy as np
from PIL import Image

from places import WORKSPACE

# Odd, and no multiple of any block.
SIZE = (227, 149)

# Where decoders err: less than a block, one block and a little, one row, one column.
SIZES = ((1, 1), (3, 5), (8, 8), (16, 16), (17, 33), (1, 64), (65, 1), SIZE)


def photo(size: tuple[int, int] = SIZE) -> Image.Image:
    """The middle of a photo of the repository; smaller sizes show less of it."""
    with Image.open(WORKSPACE / "tests/images/progressive.jpg") as image:
        left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
        return image.convert("RGB").crop((left, top, left + size[0], top + size[1]))


def with_alpha(size: tuple[int, int] = SIZE) -> Image.Image:
    """The same with a soft edge, opaque in the middle and fully transparent at the sides."""
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    image = photo(size)
    image.putalpha(Image.fromarray(np.clip(edge * 16, 0, 255).astype(np.uint8)))
    return image


def deep(image: Image.Image) -> np.ndarray:
    """Samples of 16 bits whose lower halves matter too."""
    samples = np.asarray(image).astype(np.uint16)
    noise = np.random.default_rng(1).integers(0, 256, samples.shape, dtype=np.uint16)
    return samples << 8 | noise
