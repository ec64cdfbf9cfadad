"""What Sandpress decodes, compared with what the decoders of others make of the same file.

Each file goes through the sandboxed PNG encoder, lossless, under the stock `wasmtime`: what comes out are the decoder's pixels, upright.
The others are libjpeg-turbo's djpeg, and libpng, libwebp, libtiff, libavif and libjxl in Pillow, imagecodecs and tifffile.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

import others
from files import LIST
from places import CORPUS, FILES, PHOTOS, TARGET, WORKSPACE

TOOL = TARGET / "tools/sandpress-png.wasm"


class Tolerance(NamedTuple):
    """How far samples of 8 bits may be away from another decoder's: the farthest one, and the mean of all."""

    farthest: float
    mean: float


TOLERANCES = {
    "exact": Tolerance(0, 0),
    # Five bits become eight by rounding or by repeating them.
    "packed bmp": Tolerance(1, 0.5),
    # ITU-T T.83 (ISO 10918-2) allows an inverse DCT to err by a step in places; in red, green and blue it is up to three.
    "jpeg": Tolerance(4, 0.5),
    # Nothing says how colour is brought to full resolution. Here both of libjpeg-turbo's ways are compared with, and the nearer counts.
    "subsampled jpeg": Tolerance(24, 0.8),
    # Its decoding is exact, as far as brightness and colour; not so the way to red, green and blue.
    "lossy webp": Tolerance(8, 0.5),
    # The same for AV1, where colour is brought to full resolution in many ways.
    "avif": Tolerance(32, 1.5),
    # Decoders compute in floating point, each in its own order.
    "jpeg xl": Tolerance(4, 0.5),
    # Without a profile nobody knows the colours: only that they are not inverted, and at their place.
    "cmyk": Tolerance(255, 24),
}


class Result(NamedTuple):
    outcome: str
    detail: str = ""
    farthest: float = 0
    mean: float = 0


OUTCOMES = ("equal", "close", "refused", "UNREAD", "WRONG")


def check() -> int:
    entries = json.loads(LIST.read_text())
    for path in sorted(PHOTOS.glob("*.jpg")):
        entries.append({"file": path, "kind": "photos", "tolerance": "subsampled jpeg", "refused": None})
    command = sandboxed()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        work = pool.map(lambda entry: one(command, entry), entries)
        results = []
        for entry, result in zip(entries, work):
            results.append((entry, result))
            if sys.stderr.isatty():
                print(f"\r  {len(results)} of {len(entries)}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return tell(results)


def sandboxed() -> list[str]:
    """The command that makes a PNG of an image, its native code compiled once."""
    wasmtime = shutil.which("wasmtime") or str(WORKSPACE / ".tools/wasmtime/bin/wasmtime")
    native = CORPUS / "sandpress-png.cwasm"
    subprocess.run([wasmtime, "compile", TOOL, "-o", native], check=True)
    command = [wasmtime, "run", "--allow-precompiled", str(native), "--lossless", "--set", "effort=1"]
    told = subprocess.run([wasmtime, "run", "--allow-precompiled", native, "--describe"], check=True, capture_output=True)
    options = {option["name"] for option in json.loads(told.stdout)["options"]}
    # Colours as they are stored: what a conversion to sRGB makes of them is not what is compared here.
    return command + (["--set", "colour=keep"] if "colour" in options else [])


def one(command: list[str], entry: dict) -> Result:
    path = FILES / entry["file"]
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True)
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("error: ")
        if entry["refused"] is not None and re.search("unsupported|over the limit", reason):
            return Result("refused", f"{entry['refused']}: {reason}")
        return Result("UNREAD", reason)
    ours = others.samples_of_png(done.stdout)
    try:
        references = others.references(path, entry["tolerance"])
    except Exception as error:
        return Result("WRONG", f"read, and no other decoder reads it: {error}")
    return min((compared(ours, theirs, entry["tolerance"]) for theirs in references), key=lambda result: result.mean)


def compared(ours: np.ndarray, theirs: np.ndarray, tolerance: str) -> Result:
    if ours.shape != theirs.shape:
        return Result("WRONG", f"{ours.shape} pixels where there are {theirs.shape}", 255, 255)
    if ours.dtype != theirs.dtype:
        return Result("WRONG", f"{ours.dtype} where there is {theirs.dtype}", 255, 255)
    if tolerance == "avif":
        # Of colours that are stored multiplied by a small opacity, little is left.
        ours, theirs = others.over_black(ours), others.over_black(theirs)
    difference = np.abs(ours.astype(int) - theirs.astype(int)) / (257 if ours.dtype == np.uint16 else 1)
    farthest, mean = float(difference.max()), float(difference.mean())
    most = TOLERANCES[tolerance]
    if farthest == 0:
        return Result("equal")
    detail = f"farthest {farthest:.2f}, mean {mean:.3f}; allowed for {tolerance} {most.farthest} and {most.mean}"
    is_close = farthest <= most.farthest and mean <= most.mean
    return Result("close" if is_close else "WRONG", detail, farthest, mean)


def tell(results: list[tuple[dict, Result]]) -> int:
    kinds = list(dict.fromkeys(entry["kind"] for entry, _ in results))
    print(f"{'':8}{'files':>7}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES) + f"{'farthest':>10}{'mean':>8}")
    for kind in kinds:
        of_kind = [result for entry, result in results if entry["kind"] == kind]
        counts = Counter(result.outcome for result in of_kind)
        read = [result for result in of_kind if result.outcome in ("equal", "close")]
        farthest = max((result.farthest for result in read), default=0)
        mean = max((result.mean for result in read), default=0)
        columns = "".join(f"{counts[outcome]:>9}" for outcome in OUTCOMES)
        print(f"{kind:8}{len(of_kind):>7}{columns}{farthest:>10.1f}{mean:>8.3f}")
    refused = Counter((entry["kind"], result.detail) for entry, result in results if result.outcome == "refused")
    print("\nrefused, and why:")
    for (kind, detail), count in sorted(refused.items()):
        print(f"{count:>7}  {kind}, {detail}")
    faults = [(entry, result) for entry, result in results if result.outcome in ("UNREAD", "WRONG")]
    for entry, result in faults:
        print(f"{result.outcome}: {entry['file']}: {result.detail}", file=sys.stderr)
    print(f"\n{len(results) - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0
