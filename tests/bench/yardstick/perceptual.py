"""Perceptual targets: how many encodings one takes, and how far above it the score is, by an implementation that is not the encoder's."""

import statistics
import tempfile

import sides

TARGET = 80


def measure(photos, side, formats):
    """Rows of the table: what is measured, its median and its spread."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        pictures = sides.sharp("reference", side, folder, *photos)
        for media in formats:
            with tempfile.TemporaryDirectory() as small:
                made = sides.sandpress(pictures, small, media, "--perceptual", TARGET)
                told = sides.scores([(picture, made[picture]["output"]) for picture in pictures])
            tries = [made[picture]["notes"]["tries"] for picture in pictures]
            over = [score - TARGET for score in told]
            print(f"{media}: encodes {tries}, scores {[round(score, 2) for score in told]}", flush=True)
            for name, values, digits in (("encodes", tries, 0), ("score beyond the target", over, 2)):
                spread = f"{min(values):.{digits}f} to {max(values):.{digits}f}"
                rows.append(f"| {media}, {name} | {statistics.median(values):.{max(digits, 1)}f} | {spread} |")
    return rows
