"""TIFF: by tifffile, and by libtiff in Pillow."""

import io
from collections.abc import Iterator

import numpy as np
import tifffile
from PIL import Image

from pictures import SIZE, SIZES, deep, photo, with_alpha
from recipe import Recipe, saved

COMPRESSIONS = {"none": None, "lzw": "lzw", "deflate": "zlib", "packbits": "packbits"}
# Some of those that the sandbox has no decoder for.
OTHERS = {"zstd": "zstd", "lzma": "lzma", "jpeg": "jpeg", "webp": "webp"}

SHAPES = {
    "grey": lambda size: np.asarray(photo(size).convert("L")),
    "rgb": lambda size: np.asarray(photo(size)),
    "rgba": lambda size: np.asarray(with_alpha(size)),
    "grey-16": lambda size: deep(photo(size).convert("L")),
    "rgb-16": lambda size: deep(photo(size)),
    "rgba-16": lambda size: deep(with_alpha(size)),
}


def recipes() -> Iterator[Recipe]:
    for shape in SHAPES:
        for name, compression in COMPRESSIONS.items():
            yield one(f"{shape}-{name}.tif", shape, compression=compression)
            yield one(f"{shape}-{name}-big-endian.tif", shape, compression=compression, byteorder=">")
            yield one(f"{shape}-{name}-tiles.tif", shape, compression=compression, tile=(32, 48))
            yield one(f"{shape}-{name}-strips.tif", shape, compression=compression, rowsperstrip=7)
            if name in ("lzw", "deflate"):
                yield one(f"{shape}-{name}-differences.tif", shape, compression=compression, predictor=2)
            if not shape.startswith("grey"):
                yield one(f"{shape}-{name}-planes.tif", shape, compression=compression, planarconfig="separate")
    for size in SIZES:
        yield one(f"rgb-{size[0]}x{size[1]}.tif", "rgb", size, compression="lzw")
        yield Recipe(f"two-colours-{size[0]}x{size[1]}.tif", lambda s=size: saved(photo(s).convert("1"), "TIFF"))
    yield one("white-is-zero.tif", "grey", photometric="miniswhite")
    yield Recipe("palette.tif", lambda: saved(photo().quantize(64), "TIFF", compression="tiff_lzw"))
    yield Recipe("two-colours-packbits.tif", lambda: saved(photo().convert("1"), "TIFF", compression="packbits"))
    for orientation in range(1, 9):
        options = {"tiffinfo": {274: orientation}}
        yield Recipe(f"orientation-{orientation}.tif", lambda o=options: saved(photo(), "TIFF", **o))
    for name, compression in OTHERS.items():
        tolerance = "subsampled jpeg" if name == "jpeg" else "exact"
        yield one(f"rgb-{name}.tif", "rgb", tolerance=tolerance, refused=f"{name} coding", compression=compression)
    for name in ("group3", "group4"):
        fax = lambda n=name: saved(photo().convert("1"), "TIFF", compression=n)
        yield Recipe(f"{name}.tif", fax, refused="fax coding")
    pages = lambda: saved(photo(), "TIFF", save_all=True, append_images=[with_alpha().convert("L")])
    yield Recipe("pages.tif", pages, refused="several pages")
    yield Recipe("cmyk.tif", lambda: saved(photo().convert("CMYK"), "TIFF"), "cmyk", "colours for print")
    yield one("lab.tif", "rgb", tolerance="cmyk", refused="Lab", photometric="cielab")
    yield Recipe("floats.tif", lambda: saved(photo().convert("F"), "TIFF"), "exact", "floating point")
    yield Recipe("big.tif", lambda: by_tifffile(SHAPES["rgb"](SIZE), bigtiff=True), refused="BigTIFF")


def one(name: str, shape: str, size: tuple[int, int] = SIZE, tolerance: str = "exact", refused: str | None = None, **options):
    return Recipe(name, lambda: by_tifffile(SHAPES[shape](size), **options), tolerance, refused)


def by_tifffile(samples: np.ndarray, bigtiff: bool = False, byteorder: str = "<", **options) -> bytes:
    options = {"photometric": "minisblack" if samples.ndim == 2 else "rgb", "metadata": None, **options}
    if samples.ndim == 3 and samples.shape[2] == 4:
        options["extrasamples"] = ["unassalpha"]
    if options.get("planarconfig") == "separate":
        samples = np.moveaxis(samples, -1, 0)
    file = io.BytesIO()
    tifffile.imwrite(file, samples, bigtiff=bigtiff, byteorder=byteorder, software="", **options)
    return file.getvalue()
