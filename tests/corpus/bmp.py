"""BMP: by Pillow and imagecodecs, and those of the repository, which neither of them writes."""

from collections.abc import Iterator

import imagecodecs
import numpy as np

from pictures import SIZES, photo, with_alpha
from places import WORKSPACE
from recipe import Recipe, saved


def recipes() -> Iterator[Recipe]:
    for size in SIZES:
        shape = f"{size[0]}x{size[1]}"
        for mode in ("1", "L", "RGB"):
            yield Recipe(f"{mode}-{shape}.bmp".lower(), lambda s=size, m=mode: saved(photo(s).convert(m), "BMP"))
        yield Recipe(f"palette-{shape}.bmp", lambda s=size: saved(photo(s).quantize(16), "BMP"))
    yield Recipe("rgba.bmp", lambda: saved(with_alpha(), "BMP"))
    yield Recipe("by-imagecodecs.bmp", lambda: imagecodecs.bmp_encode(np.asarray(photo())))
    for path in sorted((WORKSPACE / "tests/images/formats").glob("*.bmp")):
        tolerance = "packed bmp" if path.name == "sixteen.bmp" else "exact"
        yield Recipe(f"repository-{path.name}", path.read_bytes, tolerance)
