#!/usr/bin/env python3
"""Whole jobs, Sandpress beside sharp: a photo decoded, made to fit a box, and encoded as a JPEG of quality 80.

    make yardstick

Sandpress' part is what a call of the sandbox takes, from its input to its output; sharp's is `toBuffer`, with `mozjpeg: true`, one thread and no
cache. Photos of the corpus, each several times, in turns; of each the median counts. Writes docs/benchmarks.md.
"""

import argparse
import json
import math
import pathlib
import platform
import statistics
import subprocess
import tempfile

WORKSPACE = pathlib.Path(__file__).parents[2]
JOBS = WORKSPACE / "tests/bench/sharp/jobs.js"
PROGRAM = WORKSPACE / "target/release/sandpress"
PAGE = WORKSPACE / "docs/benchmarks.md"
SIDES = (2048, 512)


def sharp(side, photos):
    out = subprocess.run(["node", JOBS, str(side), *photos], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {line["path"]: line for line in map(json.loads, out.splitlines())}


def sandpress(side, photos):
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "compress", *photos, "--out-dir", folder, "--json", "--jobs", "1", "--format", "jpeg"]
        command += ["--quality", "80", "--max-width", str(side), "--max-height", str(side)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    files = json.loads(out)["files"]
    return {
        one["file"]: {
            "milliseconds": one["milliseconds"],
            "bytes": one["after"],
            "mebibytes": one["peak-memory"] / 2**20,
        }
        for one in files
    }


def measure(side, photos, runs):
    """For each photo, Sandpress' and sharp's milliseconds, bytes and memory."""
    ours, theirs = [], []
    for run in range(runs):
        print(f"fit {side}: run {run + 1} of {runs}", flush=True)
        ours.append(sandpress(side, photos))
        theirs.append(sharp(side, photos))
    measured = {}
    for photo in photos:
        medians = [statistics.median(run[photo]["milliseconds"] for run in all_runs) for all_runs in (ours, theirs)]
        # sharp's memory is its process', so each photo has one of its own.
        memory = (ours[0][photo]["mebibytes"], sharp(side, [photo])[photo]["mebibytes"])
        measured[photo] = {
            "milliseconds": medians,
            "bytes": (ours[0][photo]["bytes"], theirs[0][photo]["bytes"]),
            "mebibytes": memory,
        }
    return measured


def ratios(measured, what):
    return [ours / theirs for ours, theirs in (one[what] for one in measured.values()) if theirs > 0]


def cell(values):
    mean = math.exp(statistics.fmean(map(math.log, values)))
    return f"{mean:.2f} ({min(values):.2f} to {max(values):.2f})"


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="times that each photo is made; default: 5")
    parser.add_argument("photos", nargs="+", help="JPEG files")
    arguments = parser.parse_args()
    versions = json.loads((JOBS.parent / "node_modules/sharp/package.json").read_text())["version"]
    node = subprocess.run(["node", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    rows = []
    for side in SIDES:
        measured = measure(side, arguments.photos, arguments.runs)
        for name, what in (("time", "milliseconds"), ("bytes at quality 80", "bytes"), ("peak memory", "mebibytes")):
            rows.append(f"| fit {side}, {name} | {cell(ratios(measured, what))} |")
    table = "\n".join(rows)
    print(table)
    PAGE.write_text(
        f"""# Benchmarks

Whole jobs beside [sharp](https://sharp.pixelplumbing.com) {versions} (`mozjpeg: true`, one thread, no cache, Node {node}), sandboxed Sandpress divided by
native sharp: below 1 is less. A photo is decoded, made to fit a box, and encoded as a JPEG of quality 80. Geometric means of
{len(arguments.photos)} photos, the least and the greatest ratio of a photo in brackets, each photo the median of {arguments.runs} runs in turns.

| job | Sandpress / sharp |
| --- | --- |
{table}

Written by `make yardstick` on {processor()}, which needs Node with npm. Memory is what the sandbox had at most, and what sharp's process
had at most beyond what it has idle. Both encoders are of mozjpeg's kind; bytes are at the same quality and not at the same score. What the
sandbox itself costs, and a cold start, `make bench` measures.
"""
    )


if __name__ == "__main__":
    main()
