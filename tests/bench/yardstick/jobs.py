"""Whole jobs: a photo decoded, made to fit a box, and encoded as a JPEG of quality 80.

Sandpress' part is what a call of the sandbox takes, from its input to its output; sharp's is `toBuffer`, with `mozjpeg: true`, one
thread and no cache. Each photo several times, in turns; of each the median counts.
"""

import json
import statistics
import tempfile

import sides

BOXES = (2048, 512)


def sharp(side, photos):
    return {line["path"]: line for line in map(json.loads, sides.sharp("jobs", side, *photos))}


def sandpress(side, photos):
    with tempfile.TemporaryDirectory() as folder:
        box = ["--quality", "80", "--max-width", side, "--max-height", side]
        made = sides.sandpress(photos, folder, "jpeg", *box)
    return {
        file: {"milliseconds": one["milliseconds"], "bytes": one["after"], "mebibytes": one["peak-memory"] / 2**20}
        for file, one in made.items()
    }


def measure(photos, runs):
    """For each row of the table, the ratios of the photos."""
    rows = {}
    for side in BOXES:
        ours, theirs = [], []
        for run in range(runs):
            print(f"fit {side}: run {run + 1} of {runs}", flush=True)
            ours.append(sandpress(side, photos))
            theirs.append(sharp(side, photos))

        def ratio(photo, what, side=side, ours=ours, theirs=theirs):
            if what == "mebibytes":
                # sharp's memory is its process', so each photo has one of its own.
                return ours[0][photo][what] / sharp(side, [photo])[photo][what]
            median = [statistics.median(run[photo][what] for run in all_runs) for all_runs in (ours, theirs)]
            return median[0] / median[1]

        for name, what in (("time", "milliseconds"), ("bytes at quality 80", "bytes"), ("peak memory", "mebibytes")):
            rows[f"fit {side}, {name}"] = [ratio(photo, what) for photo in photos]
    return rows
