#!/usr/bin/env python3
"""Writes tests/images/jpeg: JPEGs of every structure, and what libjpeg-turbo makes of them.

    python3 tests/images/jpeg.py

Beside each `x.jpg`, `x.pnm` holds its pixels in whole size, in half, a quarter and an eighth of it, one image after the other, as `djpeg`
decodes them. Needs cjpeg and djpeg (Debian: libjpeg-turbo-progs).
"""

import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).parent
OUT = FOLDER / "jpeg"
# Odd, and more than a unit of the coarsest subsampling.
WIDTH, HEIGHT, LEFT, TOP = 53, 39, 900, 700

KINDS = {
    "444": "-sample 1x1",
    "422": "-sample 2x1",
    "440": "-sample 1x2",
    "420": "-sample 2x2",
    "411": "-sample 4x1",
    "410": "-sample 4x2",
    "420-restart": "-sample 2x2 -restart 3B -optimize",
    "420-progressive": "-sample 2x2 -progressive",
    "422-progressive-restart": "-sample 2x1 -progressive -restart 2B",
    "420-progressive-coarse": "-sample 2x2 -progressive -quality 15",
    "420-one-by-one": "-sample 2x2 -scans {one_by_one}",
    "422-two-scans": "-sample 2x1 -scans {two_scans}",
    "420-deep-refinement": "-sample 2x2 -scans {deep}",
    "rgb": "-rgb",
    "grey": "-grayscale",
    "grey-progressive": "-grayscale -progressive",
}
SCANS = {
    "one_by_one": "2;\n0;\n1;\n",
    "two_scans": "0 1;\n2;\n",
    # Each bit of each band by itself.
    "deep": "0 1 2: 0-0, 0, 3;\n"
    + "".join(f"{c}: 1-63, 0, 3;\n" for c in range(3))
    + "".join(f"0 1 2: 0-0, {n + 1}, {n};\n" + "".join(f"{c}: 1-63, {n + 1}, {n};\n" for c in range(3)) for n in (2, 1, 0)),
}


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, check=True, stdout=subprocess.PIPE).stdout


def part(pnm):
    """A part of a picture as PNM, which djpeg writes with three words of header."""
    magic, size, most, pixels = pnm.split(b"\n", 3)
    width = int(size.split()[0])
    rows = (pixels[3 * (width * y + LEFT) :][: 3 * WIDTH] for y in range(TOP, TOP + HEIGHT))
    return b"\n".join((magic, b"%d %d" % (WIDTH, HEIGHT), most, b"".join(rows)))


def main():
    OUT.mkdir(exist_ok=True)
    picture = part(run("djpeg", "-pnm", str(FOLDER / "photo.jpg")))
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for name, text in SCANS.items():
            scripts[name] = pathlib.Path(folder) / name
            scripts[name].write_text(text)
        for name, options in KINDS.items():
            options = [option.format(**scripts) for option in options.split()]
            quality = [] if "-quality" in options else ["-quality", "85"]
            file = OUT / f"{name}.jpg"
            file.write_bytes(run("cjpeg", *quality, *options, stdin=picture))
            scales = (run("djpeg", "-pnm", "-scale", f"1/{scale}", str(file)) for scale in (1, 2, 4, 8))
            (OUT / f"{name}.pnm").write_bytes(b"".join(scales))


if __name__ == "__main__":
    main()
