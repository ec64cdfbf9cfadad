"""What a million images cost on each path of events, computed from list prices.

    python3 deploy/costs.py
    python3 deploy/costs.py --images 5000000 --batch 5 --bytes 2048

What every path pays alike is left out: the function's time and invocations, and its requests to S3.
"""

import argparse
import math
from dataclasses import dataclass

GIB = 2**30
HOURS_OF_A_MONTH = 730
# Lambda asks an idle queue with five requests at a time, of twenty seconds each.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
IDLE_RECEIVES_OF_A_MONTH = 5 * 3600 / 20 * HOURS_OF_A_MONTH


@dataclass(frozen=True)
class Price:
    """A list price of US East (N. Virginia), in dollars. An input: AWS changes prices, and the page has today's."""

    dollars: float
    page: str
    # When the price was last looked up; empty if it was written down unchecked.
    date: str = ""


MILLION = 1e6
PRICES = {
    "SQS, a million requests": Price(0.40, "https://aws.amazon.com/sqs/pricing/", "2026-03-14"),
    "SQS FIFO, a million requests": Price(0.50, "https://aws.amazon.com/sqs/pricing/", "2026-03-14"),
    "SNS, a million messages": Price(0.50, "https://aws.amazon.com/sns/pricing/"),
    "SNS, a GB looked at by a filter of bodies": Price(0.09, "https://aws.amazon.com/sns/pricing/"),
    "EventBridge, a million events of S3": Price(1.00, "https://aws.amazon.com/eventbridge/pricing/"),
    "EventBridge, a GB into an archive": Price(0.10, "https://aws.amazon.com/eventbridge/pricing/"),
    "CloudTrail, a hundred thousand data events": Price(0.10, "https://aws.amazon.com/cloudtrail/pricing/"),
    "API Gateway REST, a million requests": Price(3.50, "https://aws.amazon.com/api-gateway/pricing/"),
    "Kinesis, a million records of 25 KB": Price(0.014, "https://aws.amazon.com/kinesis/data-streams/pricing/"),
    "Kinesis, a shard for an hour": Price(0.015, "https://aws.amazon.com/kinesis/data-streams/pricing/"),
    "Kinesis, a shard that keeps more than a day, for an hour": Price(
        0.02, "https://aws.amazon.com/kinesis/data-streams/pricing/"
    ),
    "Firehose, a GB": Price(0.029, "https://aws.amazon.com/firehose/pricing/"),
    "S3 Batch Operations, a job": Price(0.25, "https://aws.amazon.com/s3/pricing/"),
    "S3 Batch Operations, a million objects": Price(1.00, "https://aws.amazon.com/s3/pricing/"),
}


@dataclass(frozen=True)
class Cost:
    """Dollars for the images, and for a month in which there is none."""

    events: str
    images: float
    idle: float


def costs(images: int, batch: int, size: int) -> list[Cost]:
    """What each path costs, with messages of this many bytes, of which the function gets so many at a time."""

    def millions(what: str, count: float) -> float:
        return PRICES[what].dollars * count / MILLION

    # Sent one by one, received and deleted in batches.
    through_queue = images * (1 + 2 / batch)
    gigabytes = images * size / GIB
    queue = millions("SQS, a million requests", through_queue)
    idle_queue = millions("SQS, a million requests", IDLE_RECEIVES_OF_A_MONTH)
    topic = millions("SNS, a million messages", images)
    rule = millions("EventBridge, a million events of S3", images)
    shard = (
        PRICES["Kinesis, a shard for an hour"].dollars
        + PRICES["Kinesis, a shard that keeps more than a day, for an hour"].dollars
    )
    return [
        Cost("sqs", queue, idle_queue),
        Cost(
            "fifo",
            rule + millions("SQS FIFO, a million requests", through_queue),
            millions("SQS FIFO, a million requests", IDLE_RECEIVES_OF_A_MONTH),
        ),
        Cost("sns", topic, 0),
        # The second subscriber costs its filter; what passes it are deletions.
        Cost(
            "fan-out",
            topic + queue + PRICES["SNS, a GB looked at by a filter of bodies"].dollars * gigabytes,
            idle_queue,
        ),
        Cost("s3", 0, 0),
        Cost(
            "eventbridge",
            # The second target is a queue that nothing empties.
            rule
            + queue
            + millions("SQS, a million requests", images)
            + PRICES["EventBridge, a GB into an archive"].dollars * gigabytes,
            idle_queue,
        ),
        # Events of calls cost EventBridge's users nothing.
        Cost(
            "cloudtrail",
            queue + PRICES["CloudTrail, a hundred thousand data events"].dollars * images / 1e5,
            idle_queue,
        ),
        Cost(
            "kinesis",
            millions("API Gateway REST, a million requests", images)
            + millions("Kinesis, a million records of 25 KB", images * math.ceil(size / 25_600))
            # A record counts for a multiple of five kilobytes.
            + PRICES["Firehose, a GB"].dollars * images * math.ceil(size / 5120) * 5120 / GIB,
            shard * HOURS_OF_A_MONTH,
        ),
        Cost(
            "batch",
            millions("S3 Batch Operations, a million objects", images) + PRICES["S3 Batch Operations, a job"].dollars,
            0,
        ),
    ]


def main() -> None:
    """Print the costs and the prices as tables of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=1, help="messages that an invocation gets (default: %(default)s)")
    parser.add_argument("--bytes", type=int, default=1024, help="size of an event (default: %(default)s)")
    arguments = parser.parse_args()
    print(f"| path | {arguments.images:,} images | an idle month |\n| --- | ---: | ---: |")
    for cost in costs(arguments.images, arguments.batch, arguments.bytes):
        print(f"| `{cost.events}` | ${cost.images:.2f} | ${cost.idle:.2f} |")
    print("\n| list price, US East (N. Virginia) | $ | looked up |\n| --- | ---: | --- |")
    for what, price in PRICES.items():
        print(f"| [{what}]({price.page}) | {price.dollars:g} | {price.date or 'no'} |")


if __name__ == "__main__":
    main()
