"""WebP: by libwebp in Pillow."""

from collections.abc import Iterator

from PIL import Image

from pictures import SIZES, photo, with_alpha
from recipe import Recipe, exif, profile, saved


def recipes() -> Iterator[Recipe]:
    def one(name: str, image, tolerance: str, refused: str | None = None, **options) -> Recipe:
        return Recipe(name, lambda: saved(image(), "WEBP", **options), tolerance, refused)

    for size in SIZES:
        shape = f"{size[0]}x{size[1]}"
        plain, soft = (lambda s=size: photo(s)), (lambda s=size: with_alpha(s))
        for quality in (0, 60, 100):
            yield one(f"lossy-{quality}-{shape}.webp", plain, "lossy webp", quality=quality)
            yield one(f"lossy-alpha-{quality}-{shape}.webp", soft, "lossy webp", quality=quality, alpha_quality=quality)
        for method in (0, 4, 6):
            yield one(f"lossless-{method}-{shape}.webp", plain, "exact", lossless=True, method=method)
            yield one(f"lossless-alpha-{method}-{shape}.webp", soft, "exact", lossless=True, method=method, exact=True)
    for colours in (2, 4, 16, 100, 256):
        few = lambda c=colours: photo().quantize(c).convert("RGB")
        yield one(f"lossless-{colours}-colours.webp", few, "exact", lossless=True)
    for method in (0, 2, 4, 6):
        yield one(f"lossy-method-{method}.webp", photo, "lossy webp", quality=75, method=method)
    for orientation in range(1, 9):
        yield one(f"orientation-{orientation}.webp", photo, "exact", lossless=True, exif=exif(orientation))
    yield one("profile.webp", photo, "lossy webp", icc_profile=profile(), xmp=b"<x:xmpmeta/>")
    turned = lambda: [photo().transpose(Image.Transpose.ROTATE_180)]
    animated = lambda: saved(photo(), "WEBP", save_all=True, append_images=turned(), duration=100)
    yield Recipe("animated.webp", animated, "lossy webp", "animation")
