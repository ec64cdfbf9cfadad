"""Decoding: a photo's pixels, whole, by Sandpress in its sandbox and by libjpeg-turbo in a process of its own.

Sandpress' part is what a call of an encoder takes that encodes nothing, from the file to its answer; theirs is a call of imagecodecs'
binding. Both interpolate colours and use the accurate integer transform, and their pixels are the same. Each photo several times, in turns;
of each the median counts.
"""

import json
import statistics
import tempfile

import sides

PYTHON = sides.WORKSPACE / ".tools/corpus/bin/python"
DECODER = sides.WORKSPACE / "target/decoder/encoders"
# Run by the Python that has imagecodecs.
THEIRS = """
import json, pathlib, sys, time
import imagecodecs

print(json.dumps(imagecodecs.version(dict)["libjpeg_turbo"]))
for photo in sys.argv[1:]:
    file = pathlib.Path(photo).read_bytes()
    began = time.perf_counter()
    pixels = imagecodecs.jpeg8_decode(file)
    print(json.dumps((time.perf_counter() - began) * 1e3))
"""


def libjpeg_turbo(photos):
    """Their version, and for each photo milliseconds."""
    version, *milliseconds = map(json.loads, sides.output([PYTHON, "-c", THEIRS, *photos]).splitlines())
    return version.split("/")[0], milliseconds


def sandpress(photos):
    # A profile is not looked at: there it ends with the pixels.
    only = ["--encoders", DECODER, "--set", "colour=keep"]
    with tempfile.TemporaryDirectory() as folder:
        made = sides.sandpress(photos, folder, "png", *only)
    return [made[photo]["milliseconds"] for photo in photos]


def measure(photos, runs):
    """The version of libjpeg-turbo, and for each row of the table, the ratios of the photos."""
    ours, theirs = [], []
    for run in range(runs):
        print(f"decoding: run {run + 1} of {runs}", flush=True)
        ours.append(sandpress(photos))
        version, milliseconds = libjpeg_turbo(photos)
        theirs.append(milliseconds)
    medians = [map(statistics.median, zip(*side)) for side in (ours, theirs)]
    return version, {"decode, time": [own / other for own, other in zip(*medians)]}
