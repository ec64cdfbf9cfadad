"""AVIF by libavif, JPEG XL by libjxl, in Pillow and imagecodecs."""

from collections.abc import Iterator

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401: teaches Pillow the format
from PIL import Image

from pictures import SIZES, deep, photo, with_alpha
from recipe import Recipe, exif, profile, saved


def avif() -> Iterator[Recipe]:
    def one(name: str, make, tolerance: str = "avif", refused: str | None = None) -> Recipe:
        return Recipe(name, make, tolerance, refused)

    by_pillow = lambda image, **options: lambda: saved(image(), "AVIF", speed=8, **options)
    for size in SIZES:
        shape = f"{size[0]}x{size[1]}"
        yield one(f"lossy-{shape}.avif", by_pillow(lambda s=size: photo(s)))
        yield one(f"lossy-alpha-{shape}.avif", by_pillow(lambda s=size: with_alpha(s)))
    for subsampling in ("4:4:4", "4:2:2", "4:2:0", "4:0:0"):
        for range in ("full", "limited"):
            name = f"{subsampling.replace(':', '')}-{range}.avif"
            yield one(name, by_pillow(photo, subsampling=subsampling, range=range))
    yield one("grey.avif", by_pillow(lambda: photo().convert("L")))
    yield one("best.avif", by_pillow(photo, quality=100, subsampling="4:4:4"))
    yield one("tiles.avif", by_pillow(photo, tile_rows=1, tile_cols=1))
    yield one("premultiplied.avif", by_pillow(with_alpha, alpha_premultiplied=True))
    for orientation in (1, 2, 3, 4, 5, 6, 7, 8):
        yield one(f"orientation-{orientation}.avif", by_pillow(photo, exif=exif(orientation)))
    yield one("profile.avif", by_pillow(photo, icc_profile=profile()))
    for bits in (10, 12):
        samples = lambda b=bits: deep(photo()) >> (16 - b)
        yield one(f"{bits}-bit.avif", lambda s=samples, b=bits: imagecodecs.avif_encode(s(), 90, bitspersample=b, speed=8))
    turned = lambda: [photo().transpose(Image.Transpose.ROTATE_180)]
    # The one file that is another in each run: the time of its making is in it.
    animated = lambda: saved(photo(), "AVIF", save_all=True, append_images=turned(), duration=100, speed=8)
    yield one("animated.avif", animated, refused="animation")


def jxl() -> Iterator[Recipe]:
    def one(name: str, make, tolerance: str = "jpeg xl", refused: str | None = None) -> Recipe:
        return Recipe(name, make, tolerance, refused)

    for size in SIZES:
        shape = f"{size[0]}x{size[1]}"
        plain, soft = (lambda s=size: photo(s)), (lambda s=size: with_alpha(s))
        yield one(f"lossy-{shape}.jxl", lambda i=plain: saved(i(), "JXL", quality=80))
        yield one(f"lossless-{shape}.jxl", lambda i=plain: saved(i(), "JXL", lossless=True), "exact")
        yield one(f"lossless-alpha-{shape}.jxl", lambda i=soft: saved(i(), "JXL", lossless=True), "exact")
    yield one("lossy-alpha.jxl", lambda: saved(with_alpha(), "JXL", quality=80))
    yield one("grey.jxl", lambda: saved(photo().convert("L"), "JXL", lossless=True), "exact")
    for effort in (1, 5, 9):
        yield one(f"effort-{effort}.jxl", lambda e=effort: saved(photo(), "JXL", quality=80, effort=e))
    sixteen = lambda image: lambda: imagecodecs.jpegxl_encode(deep(image()), lossless=True)
    yield one("sixteen-rgb.jxl", sixteen(photo), "exact")
    yield one("sixteen-grey.jxl", sixteen(lambda: photo().convert("L")), "exact")
    container = lambda: imagecodecs.jpegxl_encode(np.asarray(photo()), 90, usecontainer=True)
    yield one("container.jxl", container)
    for orientation in (3, 6):
        yield one(f"orientation-{orientation}.jxl", lambda o=orientation: saved(photo(), "JXL", exif=exif(o)))
    jpeg = lambda: imagecodecs.jpegxl_encode_jpeg(saved(photo(), "JPEG", quality=85))
    yield one("from-jpeg.jxl", jpeg)
