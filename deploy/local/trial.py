"""A path of events, deployed and tried: a good image, a poison one, a duplicate, and one that can only fail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import manual
from emulator import CREDENTIALS, REGION, Emulator
from observation import dead_letters, keys
from paths import ANSWERED, DOOMED, GOOD, POISON, Way, received, wait
from samples import Sample
from stack import Stack, deploy, function_log


@dataclass(frozen=True)
class Trial:
    """What became of each image on a path, and what is not as it should be."""

    good: str
    poison: str
    duplicate: str
    doomed: str
    besides: str
    problems: list[str]


def attempt(way: Way, package: Path, timeout: float) -> Trial:
    """Deploy a path on a local AWS of its own, and try it."""
    with Emulator() as emulator:
        trial = _Attempt(way, emulator, deploy(emulator, package, way.events), timeout).run()
        if trial.problems:
            trial.problems.extend(f"  {line}" for line in emulator.tail().splitlines())
        return trial


@dataclass
class _Attempt:
    way: Way
    emulator: Emulator
    stack: Stack
    timeout: float

    def run(self) -> Trial:
        outputs = {**self.stack.outputs, **(self.way.mend(self.emulator, self.stack) if self.way.mend else {})}
        problems = [*self._upload(GOOD), *self._upload(POISON)]
        self._wait_for(GOOD, 1)
        self._wait_for(POISON, 1)
        # Afterwards: two uploads at once might be one piece of work.
        problems += self._upload(GOOD)
        self._wait_for(GOOD, 2)

        made = keys(self.emulator.client("s3"), self.stack.destination_bucket)
        letters = dead_letters(self.emulator, self.stack)
        outcomes = self._outcomes(GOOD)
        good = "rendition" if made == [GOOD.key] and outcomes[:1] == ["made"] else f"{outcomes}, {made}"
        reasons = [letter.reason for letter in letters if letter.key == POISON.key]
        poison = ", ".join(f"dead letter: {reason}" for reason in reasons) or "no dead letter"
        duplicate = ", ".join(outcomes[1:]) or "not answered"
        if (good, poison, duplicate, len(letters)) != ("rendition", f"dead letter: {POISON.rejected}", "unchanged", 1):
            problems.append(f"good: {good}; poison: {poison}; duplicate: {duplicate}; dead letters: {letters}")

        problems += manual.run(self.way.events, self._environment(outputs))
        besides = list(self.way.check(self.emulator, self.stack, self.timeout)) if self.way.check else []
        doomed = "-"
        if self.way.given_up:
            doomed = self._given_up()
            if doomed != self.way.given_up:
                problems.append(f"doomed: {doomed}, and not {self.way.given_up}")
        if problems + besides:
            besides += [f"  {line}" for line in function_log(self.emulator, self.stack)]
        return Trial(good, poison, duplicate, doomed, self.way.besides, problems + besides)

    def _upload(self, sample: Sample) -> list[str]:
        """Upload it, and tell of it where the upload does not; what is wrong with the answer."""
        self.emulator.client("s3").put_object(
            Bucket=self.stack.source_bucket, Key=sample.key, Body=sample.body, ContentType=sample.content_type
        )
        return list(self.way.tell(self.emulator, self.stack, sample)) if self.way.tell else []

    def _given_up(self) -> str:
        """Take the destination away, upload once more, and see how often that is tried, and what is left."""
        s3, bucket = self.emulator.client("s3"), self.stack.destination_bucket
        for key in keys(s3, bucket):
            s3.delete_object(Bucket=bucket, Key=key)
        s3.delete_bucket(Bucket=bucket)
        if "QueueUrl" in self.stack.outputs:
            # As it is, a message comes back after minutes.
            self.emulator.client("sqs").set_queue_attributes(
                QueueUrl=self.stack.queue_url, Attributes={"VisibilityTimeout": "1"}
            )
        if wrong := self._upload(DOOMED):
            return ", ".join(wrong)
        if self.way.given_up == ANSWERED:
            return ANSWERED
        left: list[Any] = []

        def is_left() -> bool:
            told = received(self.emulator, self.stack.dead_letter_queue_url)
            left.extend(body for body in told if DOOMED.key in json.dumps(body))
            return bool(left)

        wait(self.timeout, is_left)
        letter = "nothing" if not left else "a record by Lambda" if "requestPayload" in left[0] else "its message"
        return f"tried {len(self._outcomes(DOOMED))} times, then {letter}"

    def _wait_for(self, sample: Sample, times: int) -> None:
        wait(self.timeout, lambda: len(self._outcomes(sample)) >= times)

    def _outcomes(self, sample: Sample) -> list[str]:
        """What the function has logged of the sample, in order."""
        return [line["outcome"] for line in self._lines() if line["key"] == sample.key]

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in function_log(self.emulator, self.stack):
            if line.startswith("{") and "outcome" in (told := json.loads(line)):
                yield told

    def _environment(self, outputs: dict[str, str]) -> dict[str, str]:
        """What the page's commands find in their environment."""
        described = self.emulator.client("lambda").get_function_configuration(FunctionName=self.stack.function_name)
        return {
            **manual.variables(outputs),
            **CREDENTIALS,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.emulator.endpoint,
            # For the commands of the path `batch`, which are not sent.
            "ACCOUNT": described["FunctionArn"].split(":")[4],
            "ETAG": "d41d8cd98f00b204e9800998ecf8427e",
            "JOB_ID": "00000000-0000-0000-0000-000000000000",
        }
