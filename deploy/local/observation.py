"""What became of the uploads: the renditions, the dead letters, and what still waits."""

import time
from dataclasses import dataclass
from typing import Any

from emulator import Emulator
from samples import Sample
from stack import Stack

POLL_SECONDS = 0.25
# How long the queue must be empty before an upload that left no trace counts as lost: notifications take a moment.
QUIET_SECONDS = 5.0
QUEUE_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class Rendition:
    """One object of the destination bucket."""

    key: str
    body: bytes
    content_type: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class DeadLetter:
    """One message of the dead-letter queue: its string attributes, all of them."""

    attributes: dict[str, str]

    @property
    def key(self) -> str:
        """The key of the upload, as the function named it."""
        return self.attributes.get("key", "")

    @property
    def reason(self) -> str:
        """Why the function rejected it."""
        return self.attributes.get("reason", "")


@dataclass(frozen=True)
class Observation:
    """The state after the queue has come to rest, or has failed to."""

    etags: dict[str, str]
    renditions: dict[str, Rendition]
    dead_letters: list[DeadLetter]
    # Messages left in the main queue.
    waiting: int
    seconds: float


def observe(emulator: Emulator, stack: Stack, samples: tuple[Sample, ...], timeout: float) -> Observation:
    """Upload the samples, wait until the queue is empty, and look at everything."""
    s3 = emulator.client("s3")
    started = time.monotonic()
    etags: dict[str, str] = {}
    for sample in samples:
        answer = s3.put_object(
            Bucket=stack.source_bucket, Key=sample.key, Body=sample.body, ContentType=sample.content_type
        )
        etags[sample.key] = answer["ETag"].strip('"')
    waiting = _wait(emulator, stack, len(samples), timeout)
    return Observation(
        etags=etags,
        renditions=_renditions(s3, stack.destination_bucket),
        dead_letters=dead_letters(emulator, stack),
        waiting=waiting,
        seconds=time.monotonic() - started,
    )


def _wait(emulator: Emulator, stack: Stack, uploads: int, timeout: float) -> int:
    """Wait until nothing waits and each upload left a trace; the number of messages that still wait."""
    s3, sqs = emulator.client("s3"), emulator.client("sqs")
    deadline = time.monotonic() + timeout
    quiet_since = time.monotonic()
    while True:
        waiting = _count(sqs, stack.queue_url)
        now = time.monotonic()
        if waiting:
            quiet_since = now
        else:
            traces = len(keys(s3, stack.destination_bucket)) + _count(sqs, stack.dead_letter_queue_url)
            if traces >= uploads or now - quiet_since > QUIET_SECONDS:
                return 0
        if now > deadline:
            return waiting
        time.sleep(POLL_SECONDS)


def _count(sqs: Any, queue_url: str) -> int:
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(QUEUE_COUNTS))["Attributes"]
    return sum(int(attributes[name]) for name in QUEUE_COUNTS)


def keys(s3: Any, bucket: str) -> list[str]:
    """All keys of a bucket."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def _renditions(s3: Any, bucket: str) -> dict[str, Rendition]:
    found: dict[str, Rendition] = {}
    for key in keys(s3, bucket):
        answer = s3.get_object(Bucket=bucket, Key=key)
        found[key] = Rendition(key, answer["Body"].read(), answer["ContentType"], answer["Metadata"])
    return found


def dead_letters(emulator: Emulator, stack: Stack) -> list[DeadLetter]:
    """All messages of the dead-letter queue."""
    sqs = emulator.client("sqs")
    letters: list[DeadLetter] = []
    while True:
        messages = sqs.receive_message(
            QueueUrl=stack.dead_letter_queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", [])
        if not messages:
            return letters
        for message in messages:
            attributes = message.get("MessageAttributes", {})
            letters.append(
                DeadLetter({name: value["StringValue"] for name, value in attributes.items() if "StringValue" in value})
            )
