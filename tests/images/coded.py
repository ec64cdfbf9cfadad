"""Make the files of the folder `formats` that are AVIF or JPEG XL: as `formats.py` does, with encoders that it does not need.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0 tifffile numpy imagecodecs==2026.3.6 pillow-jxl-plugin
    apt-get install libjxl-tools
    /tmp/make-images/bin/python tests/images/coded.py

Pillow and imagecodecs decode with dav1d, libaom, libavif and libjxl in C and C++, of which none is ours.
"""

import struct
import subprocess
import tempfile
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401 It makes Pillow know JPEG XL.
from formats import FOLDER, HEIGHT, WIDTH, exif, picture, write_png
from PIL import Image, ImageCms, ImageOps


def save(name: str, image: Image.Image, **options) -> None:
    """Write a file, and beside it what is seen of it, upright."""
    image.save(FOLDER / name, **options)
    reference(name)


def reference(name: str) -> None:
    with Image.open(FOLDER / name) as written:
        seen = ImageOps.exif_transpose(written)
        # Pillow makes three channels of one.
        write_png(FOLDER / f"{name}.png", np.asarray(seen.convert("L") if "grey" in name else seen))


def profile() -> bytes:
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The time of its making.
    data[24:36] = bytes(12)
    return bytes(data)


def avif() -> None:
    rgba = picture()
    rgb = rgba.convert("RGB")
    fixed = {"speed": 0, "max_threads": 1, "codec": "aom"}
    for subsampling in ("4:2:0", "4:2:2", "4:4:4"):
        save(f"{subsampling.replace(':', '')}.avif", rgb, quality=70, subsampling=subsampling, **fixed)
    save("limited-range.avif", rgb, quality=70, range="limited", **fixed)
    save("grey.avif", rgb.convert("L"), quality=70, **fixed)
    save("limited-range-grey.avif", rgb.convert("L"), quality=70, range="limited", **fixed)
    save("alpha.avif", rgba, quality=80, **fixed)
    save("premultiplied.avif", rgba, quality=95, subsampling="4:4:4", alpha_premultiplied=True, **fixed)
    xmp = b"<x:xmpmeta>a packet</x:xmpmeta>"
    save("metadata.avif", rgb, quality=50, icc_profile=profile(), exif=exif(orientation=6), xmp=xmp, **fixed)
    for orientation in range(1, 9):
        save(f"turned-{orientation}.avif", rgb, quality=30, exif=exif(orientation), **fixed)
    turned = rgba.transpose(Image.Transpose.ROTATE_180)
    rgba.save(FOLDER / "animation.avif", save_all=True, append_images=[turned, rgba], duration=100, quality=20, **fixed)

    eight = np.asarray(rgba)
    for bits in (10, 12):
        # Each of the values that so many bits have.
        deep = eight[..., :3].astype(np.uint16) * ((1 << bits) - 1) // 255 + np.arange(3, dtype=np.uint16)
        deep = np.minimum(deep, (1 << bits) - 1)
        by_imagecodecs(f"lossless-{bits}.avif", deep, bits, level=100, pixelformat="444", matrix=0)
        by_imagecodecs(f"lossy-{bits}.avif", deep, bits, level=80, pixelformat="420")
    by_imagecodecs("lossless.avif", eight[..., :3], 8, level=100, pixelformat="444", matrix=0)
    by_imagecodecs("lossless-alpha.avif", eight, 8, level=100, pixelformat="444", matrix=0)
    for name, matrix in {"bt709": 1, "bt2020": 9}.items():
        by_imagecodecs(f"{name}.avif", eight[..., :3], 8, level=80, pixelformat="444", matrix=matrix)
    # Brighter than a screen's white.
    by_imagecodecs("pq.avif", deep, 12, level=80, pixelformat="420", primaries=9, transfer=16, matrix=9)
    (FOLDER / "pq.avif.png").unlink()
    by_imagecodecs("display-p3.avif", eight[..., :3], 8, level=80, pixelformat="444", primaries=12, transfer=13, matrix=6)
    grid()


def by_imagecodecs(name: str, samples: np.ndarray, bits: int, **options) -> None:
    """An AVIF as Pillow does not write it."""
    options = {"primaries": 1, "transfer": 13, "matrix": 6, "speed": 0, "numthreads": 1, **options}
    data = imagecodecs.avif_encode(samples, bitspersample=bits, codec="aom", **options)
    (FOLDER / name).write_bytes(data)
    seen = imagecodecs.avif_decode(data, numthreads=1)
    if bits > 8:
        most = (1 << bits) - 1
        seen = ((seen.astype(np.uint32) * 65535 + most // 2) // most).astype(np.uint16)
    write_png(FOLDER / f"{name}.png", seen)


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data


def grid() -> None:
    def coded(tile: Image.Image) -> bytes:
        tile.save(FOLDER / "grid.avif", quality=70, subsampling="4:4:4", speed=0, max_threads=1, codec="aom")
        return (FOLDER / "grid.avif").read_bytes()

    (FOLDER / "grid.avif").write_bytes(grid_of(coded, b"avif\0\0\0\0avifmif1miafMA1A", b"av01", b"av1C"))
    reference("grid.avif")


def grid_of(coded, brands: bytes, kind: bytes, configuration: bytes) -> bytes:
    """Four pictures beside and below each other, of which the last ones are cut: a HEIF of them, given how one becomes a file."""
    size = 64
    tiles = [picture().convert("RGB").resize((size, size)).rotate(90 * turn) for turn in range(4)]
    files = [coded(tile) for tile in tiles]
    data = files[0]
    coded = [file[file.index(b"mdat") + 4 :] for file in files]
    starts = [data.index(name) - 4 for name in (configuration, b"colr")]
    properties = [data[at : at + int.from_bytes(data[at : at + 4])] for at in starts]
    width, height = 2 * size - 27, 2 * size - 11
    description = struct.pack(">BBBBHH", 0, 0, 1, 1, width, height)

    items = [(1, b"grid")] + [(2 + at, kind) for at in range(4)]
    infe = b"".join(box(b"infe", struct.pack(">IHH4sB", 2 << 24, id, 0, kind, 0)) for id, kind in items)
    ispe = [box(b"ispe", struct.pack(">III", 0, *sides)) for sides in ((width, height), (size, size))]
    ipco = box(b"ipco", b"".join(ispe + properties))
    ipma = struct.pack(">II", 0, 5) + struct.pack(">HB2B", 1, 2, 1, 4)
    ipma += b"".join(struct.pack(">HB3B", 2 + at, 3, 2, 0x83, 4) for at in range(4))

    def meta(start: int) -> bytes:
        places = [struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(description))]
        for at, data in enumerate(coded):
            places.append(struct.pack(">HHHHII", 2 + at, 0, 0, 1, start + sum(map(len, coded[:at])), len(data)))
        parts = [
            box(b"hdlr", struct.pack(">II4s12xB", 0, 0, b"pict", 0)),
            box(b"pitm", struct.pack(">IH", 0, 1)),
            box(b"iloc", struct.pack(">IBBH", 1 << 24, 0x44, 0, 5) + b"".join(places)),
            box(b"iinf", struct.pack(">IH", 0, 5) + infe),
            box(b"iref", struct.pack(">I", 0) + box(b"dimg", struct.pack(">HH4H", 1, 4, 2, 3, 4, 5))),
            box(b"iprp", ipco + box(b"ipma", ipma)),
            box(b"idat", description),
        ]
        return box(b"meta", struct.pack(">I", 0) + b"".join(parts))

    ftyp = box(b"ftyp", brands)
    start = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(start) + box(b"mdat", b"".join(coded))


def jxl() -> None:
    rgba = picture()
    rgb = rgba.convert("RGB")
    eight, grey = np.asarray(rgba), np.asarray(rgb.convert("L"))
    deep = grey.astype(np.uint16) * 257 - np.arange(WIDTH, dtype=np.uint16)
    shades = np.stack([deep, deep // 2, 65535 - deep], axis=-1)
    coded("lossless.jxl", eight[..., :3], lossless=True)
    coded("lossless-alpha.jxl", eight, lossless=True)
    coded("lossless-grey.jxl", grey, lossless=True)
    coded("lossless-grey-alpha.jxl", np.stack([grey, eight[..., 3]], axis=-1), lossless=True)
    coded("sixteen.jxl", shades, lossless=True)
    coded("sixteen-grey.jxl", deep, lossless=True)
    coded("lossy.jxl", eight[..., :3], distance=1.0)
    coded("lossy-alpha.jxl", eight, distance=1.0)
    coded("lossy-grey.jxl", grey, distance=1.0)
    coded("lossy-sixteen.jxl", shades, distance=1.0)
    coded("boxed.jxl", eight[..., :3], distance=1.0, usecontainer=True)
    split("parts.jxl", (FOLDER / "boxed.jxl").read_bytes())

    xmp = b"<x:xmpmeta>a packet</x:xmpmeta>"
    # Before it stands where it begins.
    tags = bytes(4) + exif(orientation=1).tobytes().removeprefix(b"Exif\0\0")
    for name, compress in {"metadata.jxl": False, "packed-metadata.jxl": True}.items():
        options = {"exif": tags, "xmp": xmp, "compress_metadata": compress}
        rgb.save(FOLDER / name, lossless=True, num_threads=1, **options)
        reference(name)
    by_cjxl("display-p3.jxl", rgb, "ppm", "-d", "1", "-x", "color_space=RGB_D65_DCI_Rel_SRG")
    by_cjxl("pq.jxl", rgb, "ppm", "-d", "1", "-x", "color_space=RGB_D65_202_Per_PeQ")
    (FOLDER / "pq.jxl.png").unlink()
    # A curve that has no number.
    own = profile().replace(struct.pack(">I", 0x26666), struct.pack(">I", 0x20000))
    by_cjxl("profile.jxl", rgb, "png", "-d", "0", icc_profile=own)
    frames = {"save_all": True, "append_images": [rgba.transpose(Image.Transpose.ROTATE_180), rgba], "duration": 100}
    by_cjxl("animation.jxl", rgba, "png", "-d", "3", **frames)
    (FOLDER / "animation.jxl.png").unlink()
    # A JPEG, from which the same JPEG can be made again.
    rgb.save(FOLDER / "jpeg.jpg", quality=80, exif=exif(orientation=6))
    (FOLDER / "jpeg.jxl").write_bytes(imagecodecs.jpegxl_encode_jpeg((FOLDER / "jpeg.jpg").read_bytes(), usecontainer=True))
    (FOLDER / "jpeg.jpg").unlink()
    reference("jpeg.jxl")


def coded(name: str, samples: np.ndarray, **options) -> None:
    data = imagecodecs.jpegxl_encode(samples, numthreads=1, **options)
    (FOLDER / name).write_bytes(data)
    write_png(FOLDER / f"{name}.png", imagecodecs.jpegxl_decode(data, numthreads=1))


def by_cjxl(name: str, image: Image.Image, source: str, *arguments: str, **options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"source.{source}")
        image.save(path, **options)
        subprocess.run(["cjxl", path, FOLDER / name, *arguments, "--num_threads=0", "--quiet"], check=True)
    write_png(FOLDER / f"{name}.png", imagecodecs.jpegxl_decode((FOLDER / name).read_bytes(), index=0, numthreads=1))


def split(name: str, file: bytes) -> None:
    """The codestream in several boxes."""
    start = file.index(b"jxlc")
    stream = file[start + 4 :]
    parts = [stream[:30], stream[30:31], stream[31:]]
    boxes = [box(b"jxlp", struct.pack(">I", at | (at == 2) << 31) + part) for at, part in enumerate(parts)]
    (FOLDER / name).write_bytes(file[: start - 4] + b"".join(boxes))
    reference(name)


if __name__ == "__main__":
    avif()
    jxl()
