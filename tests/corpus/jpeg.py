"""JPEG: by libjpeg-turbo's cjpeg, from Debian's package, and by libjpeg-turbo in Pillow and imagecodecs."""

import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

import debian
from pictures import SIZE, SIZES, photo
from recipe import Recipe, exif, profile, saved

PACKAGE = "libjpeg-turbo-progs"

SAMPLINGS = {
    "444": "1x1",
    "422": "2x1",
    "420": "2x2",
    "440": "1x2",
    "411": "4x1",
    "410": "4x2",
    "441": "1x4",
    # Nobody writes these, and the format allows them: a third, and colour planes that are unlike.
    "311": "3x1",
    "unlike": "2x2,1x2,2x1",
    "more-colour": "1x1,2x2,2x2",
}
UNUSUAL = {"410", "441", "311", "unlike", "more-colour"}

CODINGS = {
    "baseline": [],
    "optimised": ["-optimize"],
    "progressive": ["-progressive"],
    "restart-rows": ["-restart", "1"],
    "restart-blocks": ["-restart", "3B"],
    "progressive-restart-rows": ["-progressive", "-restart", "1"],
    "progressive-restart-blocks": ["-progressive", "-restart", "2B"],
}

SCANS = {
    "one-by-one": "0; 1; 2;",
    "two-and-one": "0 1; 2;",
    "one-and-two": "0; 1 2;",
    # Progressive: bands only; bits only; both, colour first; every coefficient by itself.
    "bands": "0 1 2: 0-0, 0, 0; 0: 1-5, 0, 0; 1: 1-63, 0, 0; 2: 1-63, 0, 0; 0: 6-63, 0, 0;",
    "bits": "0 1 2: 0-0, 0, 2; 0 1 2: 0-0, 2, 1; 0 1 2: 0-0, 1, 0;"
    + "".join(f"{c}: 1-63, 0, 3; {c}: 1-63, 3, 2; {c}: 1-63, 2, 1; {c}: 1-63, 1, 0;" for c in range(3)),
    "colour-first": "0 1 2: 0-0, 0, 1; 2: 1-63, 0, 1; 1: 1-63, 0, 1; 0: 1-63, 0, 1; 2: 1-63, 1, 0; 1: 1-63, 1, 0;"
    "0: 0-0, 1, 0; 1 2: 0-0, 1, 0; 0: 1-63, 1, 0;",
    "separate": "0: 0-0, 0, 0; 1: 0-0, 0, 0; 2: 0-0, 0, 0;" + "".join(f"0: {k}-{k}, 0, 0;" for k in range(1, 64)),
    "unfinished": "0 1 2: 0-0, 0, 1; 0: 1-63, 0, 2;",
}


def recipes() -> Iterator[Recipe]:
    if debian.unpacked(PACKAGE) is not None:
        yield from by_cjpeg()
    yield from by_pillow()
    yield from not_read()


def by_cjpeg() -> Iterator[Recipe]:
    for sampling, factors in SAMPLINGS.items():
        for coding, options in CODINGS.items():
            sizes = SIZES if coding in ("baseline", "progressive") else ((17, 33), SIZE)
            for size in sizes:
                name = f"{sampling}-{coding}-{size[0]}x{size[1]}.jpg"
                yield colour(name, sampling, size, "-sample", factors, *options)
        for script, text in SCANS.items():
            yield colour(f"{sampling}-scans-{script}.jpg", sampling, SIZE, "-sample", factors, scans=text)
    for quality in (1, 10, 50, 100):
        yield colour(f"quality-{quality}.jpg", "420", SIZE, "-quality", str(quality))
        yield colour(f"quality-{quality}-444.jpg", "444", SIZE, "-quality", str(quality), "-sample", "1x1")
    for coding, options in CODINGS.items():
        yield cjpeg(f"grey-{coding}.jpg", SIZE, "-grayscale", *options)
        yield cjpeg(f"rgb-{coding}.jpg", SIZE, "-rgb", *options)
    yield cjpeg("smoothed-grey.jpg", SIZE, "-grayscale", "-smooth", "50")
    for sampling in ("444", "420"):
        for coding in ("baseline", "progressive"):
            options = ["-arithmetic", "-sample", SAMPLINGS[sampling], *CODINGS[coding]]
            yield colour(f"arithmetic-{sampling}-{coding}.jpg", sampling, SIZE, *options, refused="arithmetic coding")


def colour(name: str, sampling: str, size: tuple[int, int], *options: str, **more) -> Recipe:
    tolerance = "jpeg" if sampling == "444" else "subsampled jpeg"
    refused = more.pop("refused", None) or ("unusual sampling" if sampling in UNUSUAL else None)
    return cjpeg(name, size, *options, tolerance=tolerance, refused=refused, **more)


def cjpeg(
    name: str,
    size: tuple[int, int],
    *options: str,
    scans: str | None = None,
    tolerance: str = "jpeg",
    refused: str | None = None,
) -> Recipe:
    def make() -> bytes:
        bitmap = saved(photo(size), "PPM")
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder, "scans")
            script.write_text((scans or "").replace(";", ";\n"))
            command = [program("cjpeg"), *options, *(["-scans", script] if scans else [])]
            done = subprocess.run(command, input=bitmap, capture_output=True)
        if done.returncode != 0:
            raise ValueError(done.stderr.decode(errors="replace").strip())
        return done.stdout

    return Recipe(name, make, tolerance, refused)


def program(name: str) -> Path:
    return debian.unpacked(PACKAGE) / "usr/bin" / name


def by_pillow() -> Iterator[Recipe]:
    for orientation in range(1, 9):
        for is_progressive in (False, True):
            name = f"orientation-{orientation}{'-progressive' if is_progressive else ''}.jpg"
            options = {"exif": exif(orientation), "progressive": is_progressive}
            yield Recipe(name, lambda options=options: saved(photo(), "JPEG", subsampling=0, **options), "jpeg")
    yield Recipe("profile.jpg", lambda: saved(photo(), "JPEG", subsampling=0, icc_profile=profile()), "jpeg")
    yield Recipe("profile-of-many-pieces.jpg", lambda: saved(photo(), "JPEG", icc_profile=bytes(200_000)), "subsampled jpeg")
    yield Recipe("without-jfif.jpg", without_jfif, "jpeg")
    yield Recipe("bytes-behind-the-end.jpg", lambda: saved(photo(), "JPEG", subsampling=0) + b"more" * 100, "jpeg")
    yield Recipe("fill-bytes.jpg", lambda: saved(photo(), "JPEG", subsampling=0).replace(b"\xff\xdb", b"\xff\xff\xff\xdb"), "jpeg")
    cmyk = photo().convert("CMYK")
    for coding in ("baseline", "progressive"):
        options = {"progressive": coding == "progressive", "quality": 90}
        name = f"cmyk-{coding}.jpg"
        yield Recipe(name, lambda options=options: saved(cmyk, "JPEG", **options), "cmyk", "colours for print")
    ycck = lambda: imagecodecs.jpeg8_encode(np.asarray(cmyk), 90, colorspace="CMYK", outcolorspace="YCCK")
    yield Recipe("ycck.jpg", ycck, "cmyk", "colours for print")


def without_jfif() -> bytes:
    """Three components and no word of what they are: brightness and colour, says everybody."""
    file = saved(photo(), "JPEG", subsampling=0)
    length = int.from_bytes(file[4:6])
    return file[:2] + file[4 + length :]


def not_read() -> Iterator[Recipe]:
    deep = lambda image: np.asarray(image).astype(np.uint16) << 4
    twelve = lambda: imagecodecs.jpeg8_encode(deep(photo().convert("L")), 90, bitspersample=12)
    yield Recipe("twelve-bit-grey.jpg", twelve, "jpeg", "12 bits")
    colours = lambda: imagecodecs.jpeg8_encode(deep(photo()), 90, bitspersample=12)
    yield Recipe("twelve-bit-colour.jpg", colours, "jpeg", "12 bits")
    for predictor in range(1, 8):
        make = lambda p=predictor: imagecodecs.jpeg8_encode(np.asarray(photo()), lossless=True, predictor=p)
        yield Recipe(f"lossless-{predictor}.jpg", make, "exact", "lossless process")


def decoded(path: Path, *options: str) -> Image.Image:
    """What djpeg makes of a file.

    Coefficients that never come are 0, says the format. libjpeg guesses them, and nobody asked for it: jpegtran writes the zeros down.
    """
    whole = subprocess.run([program("jpegtran"), path], capture_output=True, check=True)
    done = subprocess.run([program("djpeg"), *options], input=whole.stdout, capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout))
