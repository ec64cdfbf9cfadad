"""The way of each upload, for people and for programs."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from observation import Observation
from samples import Sample

RECIPE_CHARACTERS = 12


def rows(samples: tuple[Sample, ...], seen: Observation) -> list[dict[str, Any]]:
    """One record for each upload."""
    letters = {letter.key: letter for letter in seen.dead_letters}
    records = []
    for sample in samples:
        size = len(sample.body)
        rendition, letter = seen.renditions.get(sample.key), letters.get(sample.key)
        record: dict[str, Any] = {"key": sample.key, "source_bytes": size}
        if rendition is not None:
            record["rendition_bytes"] = len(rendition.body)
            record["ratio"] = round(len(rendition.body) / size, 3)
            record["content_type"] = rendition.content_type
            record["recipe"] = rendition.metadata.get("sandpress-recipe")
            record["encoder"] = rendition.metadata.get("sandpress-encoder")
        if letter is not None:
            record["dead_letter"] = letter.attributes
        records.append(record)
    return records


def table(samples: tuple[Sample, ...], seen: Observation) -> str:
    """The same as a table, and the dead letters below it."""
    lines = [("key", "source", "rendition", "ratio", "content type", "recipe", "outcome")]
    for row in rows(samples, seen):
        done, letter = "rendition_bytes" in row, row.get("dead_letter")
        lines.append(
            (
                row["key"],
                f"{row['source_bytes']:,}",
                f"{row['rendition_bytes']:,}" if done else "",
                f"{row['ratio']:.0%}" if done else "",
                row.get("content_type", ""),
                (row.get("recipe") or "")[:RECIPE_CHARACTERS],
                "rendition" if done else f"rejected: {letter.get('reason')}" if letter else "lost",
            )
        )
    text = aligned(lines, numbers=(1, 2, 3))
    for letter in seen.dead_letters:
        text += f"\n\ndead letter: {letter.key or letter.attributes}\n"
        text += f"  reason: {letter.reason}\n  detail: {letter.attributes.get('detail', '')}"
    return text


def aligned(lines: Sequence[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> str:
    """Columns, those of numbers to the right."""
    widths = [max(_width(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = []
    for line in lines:
        cells = []
        for column, (cell, width) in enumerate(zip(line, widths)):
            padding = " " * (width - _width(cell))
            cells.append(padding + cell if column in numbers else cell + padding)
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def _width(text: str) -> int:
    """Columns that a terminal needs: East Asian characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
