"""Make the files of the folder `heic`, for the feature of this name: as `coded.py` does.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0 tifffile numpy imagecodecs==2026.3.6 pillow-jxl-plugin pillow-heif==1.8.1
    /tmp/make-images/bin/python tests/images/heic.py

What is seen of them is what libheif and libde265 decode.
"""

import numpy as np
import pillow_heif
from coded import grid_of, profile
from formats import FOLDER as FORMATS
from formats import exif, picture, write_png
from PIL import Image

FOLDER = FORMATS.parent / "heic"


def save(name: str, image: Image.Image, **options) -> None:
    pillow_heif.from_pillow(image).save(FOLDER / name, **{"quality": 80, "chroma": 420, **options})
    reference(name)


def reference(name: str) -> None:
    seen = pillow_heif.open_heif(FOLDER / name, convert_hdr_to_8bit=False)
    samples = np.asarray(seen)
    if samples.dtype == np.uint16:
        # Moved up to 16 bits, not scaled.
        samples = ((samples.astype(np.uint32) >> 6) * 65535 + 511) // 1023
        samples = samples.astype(np.uint16)
    write_png(FOLDER / f"{name}.png", samples)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    rgba = picture()
    rgb = rgba.convert("RGB")
    for chroma in (420, 422, 444):
        save(f"{chroma}.heic", rgb, chroma=chroma)
    save("grey.heic", rgb.convert("L"))
    save("alpha.heic", rgba, chroma=444)
    xmp = b"<x:xmpmeta>a packet</x:xmpmeta>"
    save("metadata.heic", rgb, icc_profile=profile(), exif=exif(orientation=6).tobytes(), xmp=xmp)
    deep = (np.asarray(rgb).astype(np.uint16) * 257)
    pillow_heif.from_bytes("RGB;16", rgb.size, deep.tobytes()).save(FOLDER / "ten.heic", quality=80, chroma=444)
    reference("ten.heic")

    def coded(tile: Image.Image) -> bytes:
        pillow_heif.from_pillow(tile).save(FOLDER / "grid.heic", quality=80, chroma=420)
        return (FOLDER / "grid.heic").read_bytes()

    (FOLDER / "grid.heic").write_bytes(grid_of(coded, b"heic\0\0\0\0heicmif1", b"hvc1", b"hvcC"))
    reference("grid.heic")


main()
