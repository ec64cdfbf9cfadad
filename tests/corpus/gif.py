"""GIF: by Pillow."""

from collections.abc import Iterator

from PIL import Image

from pictures import SIZES, photo
from recipe import Recipe, saved


def recipes() -> Iterator[Recipe]:
    for size in SIZES:
        for interlace in (0, 1):
            name = f"{'interlaced-' if interlace else ''}{size[0]}x{size[1]}.gif"
            yield Recipe(name, lambda s=size, i=interlace: saved(few(256, s), "GIF", interlace=i))
    for colours in (2, 3, 4, 8, 16, 32, 64, 128, 256):
        yield Recipe(f"{colours}-colours.gif", lambda c=colours: saved(few(c), "GIF"))
        yield Recipe(f"{colours}-colours-transparent.gif", lambda c=colours: saved(few(c), "GIF", transparency=1))
    yield Recipe("grey.gif", lambda: saved(photo().convert("L"), "GIF"))
    yield Recipe("comment.gif", lambda: saved(few(64), "GIF", comment=b"nothing" * 100))
    turned = lambda: [few(64).transpose(Image.Transpose.ROTATE_180)]
    for loop in (0, 3):
        animated = lambda n=loop: saved(few(64), "GIF", save_all=True, append_images=turned(), duration=100, loop=n)
        yield Recipe(f"animated-{loop}.gif", animated, refused="animation")


def few(colours: int, size: tuple[int, int] | None = None) -> Image.Image:
    image = photo(size) if size else photo()
    return image.quantize(colours, dither=Image.Dither.NONE)
