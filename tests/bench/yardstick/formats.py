"""Formats: bytes at an equal SSIMULACRA2 score, and the time to encode them.

Both encode the same pictures at a ladder of qualities. The bytes and the time at a score are interpolated between the two steps around
it, bytes by their logarithm; a picture whose ladder does not reach a score does not count for it. Time of Sandpress is a whole call of the sandbox with an
uncompressed TIFF as its input, sharp's starts with pixels in memory.
"""

import bisect
import json
import math
import pathlib
import tempfile

import sides

SCORES = (70, 85)
# For each format, sharp's options and our arguments, and the qualities of both ladders.
FORMATS = {
    "jpeg": ({"mozjpeg": True}, [], (40, 55, 70, 80, 88, 94), (40, 55, 70, 80, 88, 94)),
    "webp": ({}, [], (30, 50, 70, 82, 90, 96), (30, 50, 70, 82, 90, 96)),
    "png": ({"palette": True}, [], (10, 40, 70, 85, 95, 100), (10, 40, 60, 70, 75, 79)),
    "avif": ({"effort": 2}, [], (30, 45, 60, 70, 80, 90), (30, 45, 60, 70, 80, 90)),
}


def theirs(media, options, quality, folder, pictures):
    lines = sides.sharp("encode", media, json.dumps({**options, "quality": quality}), folder, *pictures)
    made = {line["picture"]: line for line in map(json.loads, lines)}
    return [(made[picture]["milliseconds"], made[picture]["file"]) for picture in pictures]


def ours(media, arguments, quality, folder, pictures):
    made = sides.sandpress(pictures, folder, media, "--quality", quality, *arguments)
    return [(made[picture]["milliseconds"], made[picture]["output"]) for picture in pictures]


def ladder(encode, media, options, qualities, pictures):
    """For each picture, (score, bytes, milliseconds) at each quality, in the order of their scores."""
    steps = [[] for _ in pictures]
    for quality in qualities:
        with tempfile.TemporaryDirectory() as folder:
            made = encode(media, options, quality, folder, pictures)
            told = sides.scores([(picture, file) for picture, (_, file) in zip(pictures, made)])
            for step, score, (milliseconds, file) in zip(steps, told, made):
                step.append((score, pathlib.Path(file).stat().st_size, milliseconds))
        print(f"{media} {encode.__name__} at {quality}: score {sum(told) / len(told):.1f}", flush=True)
    return [sorted(step) for step in steps]


def at(score, steps):
    """Bytes and milliseconds at a score; none if it is not within the ladder."""
    above = bisect.bisect_left(steps, (score,))
    if above == 0 or above == len(steps):
        return None
    (low, fewer, quicker), (high, more, slower) = steps[above - 1], steps[above]
    part = (score - low) / (high - low)
    return fewer * (more / fewer) ** part, quicker + (slower - quicker) * part


def measure(photos, side, formats):
    """For each row of the table, the ratios of the photos."""
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        pictures = sides.sharp("reference", side, folder, *photos)
        for media in formats:
            options, arguments, their_qualities, our_qualities = FORMATS[media]
            their_steps = ladder(theirs, media, options, their_qualities, pictures)
            our_steps = ladder(ours, media, arguments, our_qualities, pictures)
            for score in SCORES:
                both = [(at(score, own), at(score, other)) for own, other in zip(our_steps, their_steps)]
                both = [(own, other) for own, other in both if own and other]
                if both:
                    rows[f"{media} at score {score}, bytes"] = [own[0] / other[0] for own, other in both]
                    rows[f"{media} at score {score}, time"] = [own[1] / other[1] for own, other in both]
    return rows


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))
