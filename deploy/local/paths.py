"""Every path of events: what of it the local AWS carries, and what it leaves to us."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_plus

from emulator import REGION, Emulator
from observation import keys
from samples import Sample
from stack import Stack

# The key has what an encoding could spoil.
GOOD = Sample("Käse & Brot+50%.jpg", "rotated.jpg", "image/jpeg")
POISON = Sample("broken/a text.jpg", "text.jpg", "image/jpeg", rejected="unsupported")
# Uploaded when there is nowhere to put its rendition.
DOOMED = Sample("doomed.jpg", "greyscale.jpg", "image/jpeg")
POLL_SECONDS = 0.25

# Tells of an object, where uploading it does not; what is wrong with the answer.
Tell = Callable[[Emulator, Stack, Sample], Iterable[str]]
# What a path needs and ministack's CloudFormation lacks; outputs of the template that are others then.
Mend = Callable[[Emulator, Stack], dict[str, str]]
# What else a path promises; what is broken of it.
Check = Callable[[Emulator, Stack, float], Iterator[str]]


@dataclass(frozen=True)
class Way:
    """A path, as far as ministack 1.5.33 goes."""

    events: str
    # By whom events are delivered to the function.
    carrier: str = "ministack"
    tell: Tell | None = None
    mend: Mend | None = None
    # What is looked at besides, and whether it is so.
    besides: str = ""
    check: Check | None = None
    # How what fails ends. Empty where ministack carries no failure.
    given_up: str = ""


def wait(timeout: float, is_so: Callable[[], object]) -> None:
    """Wait until it is so, or until the time is over: whoever waits then looks what it has come to."""
    deadline = time.monotonic() + timeout
    while not is_so() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def received(emulator: Emulator, queue_url: str) -> list[dict[str, Any]]:
    """The bodies of some messages of a queue, if there are any."""
    messages = emulator.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def _heard(emulator: Emulator, queue_url: str, timeout: float) -> list[dict[str, Any]]:
    """The same, as soon as there are any."""
    bodies: list[dict[str, Any]] = []

    def receive() -> bool:
        bodies.extend(received(emulator, queue_url))
        return bool(bodies)

    wait(timeout, receive)
    return bodies


def _unfilter(emulator: Emulator, stack: Stack) -> dict[str, str]:
    """Drop the subscription's filter, which ministack 1.5.33 lets nothing through: it does not look into lists."""
    sns = emulator.client("sns")
    for subscription in sns.list_subscriptions()["Subscriptions"]:
        sns.set_subscription_attributes(
            SubscriptionArn=subscription["SubscriptionArn"], AttributeName="FilterPolicy", AttributeValue="{}"
        )
    return {}


def _audited(emulator: Emulator, stack: Stack, timeout: float) -> Iterator[str]:
    told = _heard(emulator, stack.outputs["AuditQueueUrl"], timeout)
    heard = [unquote_plus(record["s3"]["object"]["key"]) for message in told for record in message.get("Records", [])]
    if not set(heard) <= {GOOD.key, POISON.key} or not heard:
        yield f"the audit queue heard of {heard}"


def _archive(emulator: Emulator, stack: Stack) -> dict[str, str]:
    """Make the archive that the template has, for the commands of the manual."""
    bus = f"{stack.outputs['RuleArn'].split(':rule/')[0]}:event-bus/default"
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [stack.source_bucket]}}}
    made = emulator.client("events").create_archive(
        ArchiveName="sandpress", EventSourceArn=bus, EventPattern=json.dumps(pattern), RetentionDays=30
    )
    return {"ArchiveArn": made["ArchiveArn"]}


def _second(emulator: Emulator, stack: Stack, timeout: float) -> Iterator[str]:
    heard = {told["detail"]["object"]["key"] for told in _heard(emulator, stack.outputs["SecondQueueUrl"], timeout)}
    if heard != {GOOD.key, POISON.key}:
        yield f"the second queue heard of {heard}"


def _undelivered(emulator: Emulator, stack: Stack, _timeout: float) -> Iterator[str]:
    url = stack.outputs["UndeliveredQueueUrl"]
    if left := emulator.client("sqs").receive_message(QueueUrl=url).get("Messages", []):
        yield f"EventBridge could not deliver {left}"


def _kept(emulator: Emulator, stack: Stack, timeout: float) -> Iterator[str]:
    s3, bucket = emulator.client("s3"), stack.outputs["RequestsBucket"]
    wait(timeout, lambda: keys(s3, bucket))
    kept = keys(s3, bucket)
    if not kept or not all(key.startswith("requests/") for key in kept):
        yield f"Firehose keeps requests as {kept}"


def _call(emulator: Emulator, stack: Stack, sample: Sample) -> Iterable[str]:
    """The event of CloudTrail, as the rule puts it into the queue."""
    detail = {
        "eventVersion": "1.11",
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutObject",
        "awsRegion": REGION,
        "requestParameters": {"bucketName": stack.source_bucket, "key": sample.key},
        "eventCategory": "Data",
        "readOnly": False,
    }
    event = {"version": "0", "source": "aws.s3", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
    emulator.client("sqs").send_message(QueueUrl=stack.queue_url, MessageBody=json.dumps(event))
    return ()


def _post(emulator: Emulator, stack: Stack, sample: Sample) -> Iterable[str]:
    """The job, as the API puts it into the stream."""
    job = json.dumps({"bucket": stack.source_bucket, "key": sample.key}).encode()
    emulator.client("kinesis").put_record(StreamName=stack.outputs["StreamName"], Data=job, PartitionKey="1")
    return ()


def _batch(emulator: Emulator, stack: Stack, sample: Sample) -> Iterable[str]:
    """The invocation by a job of S3 Batch Operations."""
    task = {"taskId": "1", "s3Bucket": stack.source_bucket, "s3Key": quote(sample.key), "s3VersionId": None}
    event = {"invocationSchemaVersion": "2.0", "invocationId": "1", "job": {"id": "1"}, "tasks": [task]}
    answer = emulator.client("lambda").invoke(FunctionName=stack.function_name, Payload=json.dumps(event))
    results = (json.load(answer["Payload"]) or {}).get("results")
    expected = {POISON: "PermanentFailure", DOOMED: "TemporaryFailure"}.get(sample, "Succeeded")
    if [result["resultCode"] for result in results or []] != [expected]:
        yield f"{sample.key}: {expected} is to be answered, and was {results}"


RECEIVED = "tried 5 times, then its message"
INVOKED = "tried 3 times, then a record by Lambda"
ANSWERED = "TemporaryFailure"

WAYS = (
    Way("sqs", given_up=RECEIVED),
    Way("fifo", besides="nothing undelivered", check=_undelivered, given_up=RECEIVED),
    Way("sns", "ministack, which invokes once"),
    Way(
        "fan-out",
        "ministack, which does not look into lists and so has no filter",
        mend=_unfilter,
        besides="the audit queue hears as well",
        check=_audited,
        given_up=RECEIVED,
    ),
    Way("s3", given_up=INVOKED),
    Way(
        "eventbridge",
        "ministack, which archives no events of S3 and so replays none",
        mend=_archive,
        besides="a second queue hears as well",
        check=_second,
        given_up=RECEIVED,
    ),
    Way("cloudtrail", "ministack from the queue on: it logs no calls", _call, given_up=RECEIVED),
    Way(
        "kinesis",
        "ministack from the stream on: its API Gateway knows no Kinesis, and its stream gives nothing up",
        _post,
        besides="Firehose keeps the jobs",
        check=_kept,
    ),
    Way(
        "batch",
        "this program: ministack has no Batch Operations",
        _batch,
        besides="the results' codes",
        given_up=ANSWERED,
    ),
)
