"""Sandpress beside sharp and libjpeg-turbo: whole jobs, decoding, formats at equal scores, and perceptual targets. Writes docs/benchmarks.md.

    make yardstick
"""

import argparse
import os
import pathlib
import platform

import decoding
import formats
import jobs
import perceptual
import sides

PAGE = sides.WORKSPACE / "docs/benchmarks.md"
# About 2 megapixels.
SIDE = 1600


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{name}, {os.cpu_count()} cores"


def table(rows, other="sharp"):
    def cell(values):
        return f"| {formats.geometric_mean(values):.2f} | {min(values):.2f} to {max(values):.2f} | {len(values)} |"

    head = f"| | Sandpress / {other} | spread | photos |\n| --- | --- | --- | --- |"
    return "\n".join([head, *(f"| {name} {cell(values)}" for name, values in rows.items())])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="times that each whole job and each decoding is done; default: 3")
    parser.add_argument("--formats", nargs="*", default=list(formats.FORMATS), choices=formats.FORMATS, help="default: all")
    parser.add_argument("--print", action="store_true", help="print the tables and leave docs/benchmarks.md alone")
    parser.add_argument("photos", nargs="+", help="JPEG files")
    arguments = parser.parse_args()

    lossy = [media for media in arguments.formats if media != "png"]
    whole = table(jobs.measure(arguments.photos, arguments.runs)) if arguments.runs else ""
    turbo, ratios = decoding.measure(arguments.photos, arguments.runs) if arguments.runs else ("", {})
    decoded = table(ratios, "libjpeg-turbo")
    equal = table(formats.measure(arguments.photos, SIDE, arguments.formats))
    found = "\n".join(perceptual.measure(arguments.photos, SIDE, lossy))
    sharp, node = sides.versions()
    page = f"""# Benchmarks

Sandpress in its sandbox beside native [sharp](https://sharp.pixelplumbing.com) {sharp} (one thread, no cache, Node {node}), on {processor()}. Written by
`make yardstick`, which needs Node with npm. Ratios below 1 are less than sharp's: geometric means of photos, the least and the greatest
of them, and how many there are. What the sandbox itself costs, and a cold start, `make bench` measures.
Photos: {", ".join(pathlib.Path(photo).stem for photo in arguments.photos)}.

## Whole jobs

A photo of the corpus (1.5 to 24 megapixels) is decoded, made to fit a box, and encoded as a JPEG of quality 80; sharp with `mozjpeg: true`. Each photo is the
median of {arguments.runs} runs in turns. Memory is what the sandbox had at most, and what sharp's process had at most beyond what it has idle.

{whole}

## Decoding

The same photos, decoded whole to 8-bit RGB: in the sandbox, and by native libjpeg-turbo {turbo} with its SIMD. Both interpolate colours and use the
accurate integer transform: their pixels are the same. Each photo is the median of {arguments.runs} runs in turns.

{decoded}

## Formats

The same photos, made to fit {SIDE}, encoded at a ladder of qualities by both; bytes and time where the
[SSIMULACRA2](https://github.com/cloudinary/ssimulacra2) score is equal. sharp with `mozjpeg: true`, with `palette: true`, and AVIF at effort 2. Sandpress' time
is a whole call, sharp's starts with pixels in memory. A photo that does not reach a score at any quality does not count.

{equal}

## Perceptual targets

`--perceptual {perceptual.TARGET}` on the same photos. Scores are measured by another implementation than the encoder's.

| | median | spread |
| --- | --- | --- |
{found}
"""
    if arguments.print:
        print(page)
    else:
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
