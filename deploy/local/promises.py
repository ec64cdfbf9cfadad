"""The promises, held against what became of the uploads."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

from observation import Observation, Rendition
from pictures import recognise
from samples import Sample
from stack import Stack

METADATA = ("sandpress-source", "sandpress-source-etag", "sandpress-recipe", "sandpress-encoder")


def broken(stack: Stack, samples: tuple[Sample, ...], seen: Observation) -> list[str]:
    """Every promise that does not hold, in words; empty if all do."""
    return list(_broken(stack, samples, seen))


def _broken(stack: Stack, samples: tuple[Sample, ...], seen: Observation) -> Iterator[str]:
    if seen.waiting:
        yield f"the queue still has {seen.waiting} messages after {seen.seconds:.0f} s"
    letters = Counter(letter.key for letter in seen.dead_letters)
    for sample in samples:
        rendition = seen.renditions.get(sample.key)
        if sample.rejected is None:
            if letters[sample.key]:
                yield f"{sample.key}: a dead letter for a good image"
            if rendition is None:
                yield f"{sample.key}: no rendition"
            else:
                for problem in _faults(sample, rendition, seen.etags[sample.key]):
                    yield f"{sample.key}: {problem}"
        else:
            if rendition is not None:
                yield f"{sample.key}: a rendition of a broken image"
            if letters[sample.key] != 1:
                yield f"{sample.key}: {letters[sample.key]} dead letters instead of one"

    keys = {sample.key for sample in samples}
    reasons = {sample.key: sample.rejected for sample in samples}
    for key in sorted(seen.renditions.keys() - keys):
        yield f"{key}: in the destination without a source"
    for letter in seen.dead_letters:
        if letter.key not in keys:
            yield f"{letter.key or 'no key'}: a dead letter for no upload: {letter.attributes}"
        elif reasons[letter.key] not in (None, letter.reason):
            yield f"{letter.key}: rejected as {letter.reason!r} instead of {reasons[letter.key]!r}"
        if letter.attributes.get("bucket") != stack.source_bucket:
            yield f"{letter.key}: its dead letter names the bucket {letter.attributes.get('bucket')!r}"
        if not letter.attributes.get("detail"):
            yield f"{letter.key}: its dead letter gives no detail"


def _faults(sample: Sample, rendition: Rendition, etag: str) -> Iterator[str]:
    source, result = recognise(sample.body), recognise(rendition.body)
    if source is None:
        raise ValueError(f"{sample.file} is no whole picture")
    if result is None:
        yield "its rendition is no whole picture"
        return
    if result.media_type != source.media_type:
        yield f"its rendition is {result.media_type}, not {source.media_type}"
    if rendition.content_type != result.media_type:
        yield f"its rendition is served as {rendition.content_type}, but is {result.media_type}"
    if {result.width, result.height} != {source.width, source.height}:
        yield f"{source.width} x {source.height} became {result.width} x {result.height}"
    if len(rendition.body) > len(sample.body):
        yield f"its rendition is larger: {len(rendition.body)} bytes instead of {len(sample.body)}"
    for name in METADATA:
        if not rendition.metadata.get(name):
            yield f"its rendition lacks the metadata {name}"
    # Metadata are ASCII: the key stands there percent-encoded.
    if not unquote(rendition.metadata.get("sandpress-source", "")).endswith(sample.key):
        yield f"its rendition names the source {rendition.metadata.get('sandpress-source')!r}"
    if rendition.metadata.get("sandpress-source-etag", "").strip('"') != etag:
        yield f"its rendition is of the version {rendition.metadata.get('sandpress-source-etag')!r}, not {etag!r}"
