"""Many who upload at once: how long each waits, and what it takes of the function's memory.

    python deploy/local run … -- python tests/web/crowd.py 1000 [--json]

Each begins an upload, sends a picture of its own to the store, and asks until it is compressed, as often as the page
does. Nothing may go wrong, and the process that serves them may not grow with what it has done: when all are done, it
has at most a little more than when the first tenth was.
"""

import argparse
import asyncio
import json
import os
import random
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

# 32 × 32 pixels, so that it is the uploads that take the time.
PICTURE = Path(__file__).resolve().parent.parent / "images" / "jpeg" / "420-one-by-one.jpg"
# As host/web/page/api.js asks: soon, and then less and less often.
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS, POLL_GROWTH = 0.5, 8.0, 1.4
# The longest that one of them waits.
PATIENCE_SECONDS = 600.0
# What the process may have more in the end than after a tenth: buffers of connections that are open at once.
GROWTH_MEBIBYTES = 16.0
# The function has 256 MiB, and each invocation is for one of them; here all are served at once.
MOST_MEBIBYTES = 160.0


@dataclass
class Crowd:
    """What became of all."""

    uploads: int
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    # For each stage the seconds that each of them took.
    stages: dict[str, list[float]] = field(default_factory=lambda: {"begin": [], "send": [], "compress": []})
    # MiB that are resident.
    at_start: float = 0.0
    after_a_tenth: float = 0.0
    at_end: float = 0.0
    peak: float = 0.0

    def faults(self) -> list[str]:
        """What is not as it must be."""
        found = [f"{count} times {error}" for error, count in self.errors.items()]
        if self.at_end > self.after_a_tenth + GROWTH_MEBIBYTES:
            found.append(f"the process has grown from {self.after_a_tenth:.1f} to {self.at_end:.1f} MiB")
        if self.peak > MOST_MEBIBYTES:
            found.append(f"the process had {self.peak:.1f} MiB")
        return found


def gather(uploads: int) -> Crowd:
    """Let so many upload at once; what became of them."""
    return asyncio.run(_gather(os.environ["SANDPRESS_URL"], uploads, int(os.environ["SANDPRESS_UPLOAD_PROCESS"])))


async def _gather(url: str, uploads: int, process: int) -> Crowd:
    crowd = Crowd(uploads, at_start=_resident(process, "VmRSS"))
    started = time.monotonic()
    # No limit: all are there at once.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS)) as session:

        async def one(number: int) -> None:
            try:
                await _upload(session, url, _picture(number), number, crowd)
            except (aiohttp.ClientError, TimeoutError, RuntimeError) as error:
                crowd.errors[f"{type(error).__name__}: {error}"] += 1
            if len(crowd.stages["compress"]) == max(1, uploads // 10) and not crowd.after_a_tenth:
                crowd.after_a_tenth = _resident(process, "VmRSS")

        await asyncio.gather(*(one(number) for number in range(uploads)))
    crowd.seconds = time.monotonic() - started
    crowd.at_end, crowd.peak = _resident(process, "VmRSS"), _resident(process, "VmHWM")
    return crowd


async def _upload(session: aiohttp.ClientSession, url: str, body: bytes, number: int, crowd: Crowd) -> None:
    clock = time.monotonic()

    def took(stage: str) -> None:
        nonlocal clock
        now = time.monotonic()
        crowd.stages[stage].append(now - clock)
        clock = now

    wanted = {"name": f"{number}.jpg", "type": "image/jpeg", "size": len(body)}
    async with session.post(f"{url}api/uploads", json=wanted) as answer:
        begun = await _told(answer, 201)
    took("begin")

    form = aiohttp.FormData()
    for name, value in begun["upload"]["fields"].items():
        form.add_field(name, value)
    form.add_field("file", body, filename="blob")
    async with session.post(begun["upload"]["url"], data=form) as answer:
        if answer.status not in (201, 204):
            raise RuntimeError(f"the store answers {answer.status}: {await answer.text()}")
    took("send")

    pause, deadline = FIRST_POLL_SECONDS, clock + PATIENCE_SECONDS
    while True:
        # Not all at the same moment.
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))
        async with session.get(f"{url}api/uploads/{begun['id']}") as answer:
            told = await _told(answer, 200)
        if told["state"] == "done":
            break
        if told["state"] != "waiting" or time.monotonic() > deadline:
            raise RuntimeError(f"an upload ends as {told['state']}")
        pause = min(pause * POLL_GROWTH, LONGEST_POLL_SECONDS)
    if told["source"]["name"] != f"{number}.jpg" or told["source"]["bytes"] != len(body):
        raise RuntimeError(f"upload {number} is told of {told['source']}")
    took("compress")


async def _told(answer: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    if answer.status != status:
        raise RuntimeError(f"{answer.method} is answered with {answer.status}: {await answer.text()}")
    return dict(await answer.json())


def _picture(number: int) -> bytes:
    """The picture with a comment, so that no two are the same."""
    data = PICTURE.read_bytes()
    comment = str(number).encode()
    # Behind the marker that begins the file. ITU-T T.81, B.2.4.5.
    return data[:2] + b"\xff\xfe" + (2 + len(comment)).to_bytes(2, "big") + comment + data[2:]


def _resident(process: int, name: str) -> float:
    """Resident memory of a process in MiB: now (VmRSS), or the most that it ever had (VmHWM)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, flags=re.MULTILINE)
    if found is None:
        raise RuntimeError(f"process {process} has no {name}")
    return int(found[1]) / 1024


def _line(stage: str, seconds: list[float]) -> str:
    if len(seconds) < 2:
        return f"{stage:<10} {len(seconds)} times"
    return f"{stage:<10} {median(seconds):7.2f} {quantiles(seconds, n=20)[-1]:7.2f} {max(seconds):7.2f}"


def main() -> int:
    """Run a crowd of the size that the command line says; its exit status."""
    parser = argparse.ArgumentParser(description="Many who upload at once.")
    parser.add_argument("uploads", type=int, nargs="?", default=1000, help="how many (default: 1000)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    arguments = parser.parse_args()
    crowd = gather(arguments.uploads)
    faults = crowd.faults()
    if arguments.json:
        print(json.dumps({**asdict(crowd), "faults": faults}, indent=2))
    else:
        print(f"{crowd.uploads} uploads at once in {crowd.seconds:.1f} s, {sum(crowd.errors.values())} errors\n")
        print("seconds     median     95 %     most")
        print("\n".join(_line(stage, seconds) for stage, seconds in crowd.stages.items()))
        print(
            f"\nmemory of the process: {crowd.at_start:.1f} MiB at the start, {crowd.after_a_tenth:.1f} after a tenth,"
            f" {crowd.at_end:.1f} at the end, {crowd.peak:.1f} at most"
        )
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
