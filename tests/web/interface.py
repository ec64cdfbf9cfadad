"""The web interface as a client sees it, at the address that `deploy/local run` puts into the environment."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

WORKSPACE = Path(__file__).resolve().parent.parent.parent
IMAGES = WORKSPACE / "tests" / "images"
# Of a greyscale photo, small enough to be compressed in no time.
PHOTO = IMAGES / "greyscale.jpg"
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Interface:
    """The API and the page below one address, which ends with a slash."""

    url: str

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask for what is there."""
        return requests.get(self.url + path, timeout=WAIT_SECONDS, **options)

    def post(self, path: str, document: Any, **options: Any) -> requests.Response:
        """Send a document in JSON."""
        return requests.post(self.url + path, json=document, timeout=WAIT_SECONDS, **options)

    def asked(self, name: str, media_type: str, size: int) -> requests.Response:
        """Ask for an upload to begin."""
        return self.post("api/uploads", {"name": name, "type": media_type, "size": size})

    def begun(self, size: int, name: str = "photo.jpg", media_type: str = "image/jpeg") -> dict[str, Any]:
        """An upload that has begun."""
        answer = self.asked(name, media_type, size)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ended(self, upload: str) -> dict[str, Any]:
        """What an upload has come to, when it waits no more."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            answer = self.get(f"api/uploads/{upload}")
            assert answer.status_code == 200, answer.text
            told = dict(answer.json())
            if told["state"] != "waiting":
                return told
            assert time.monotonic() < deadline, told
            time.sleep(0.2)


def sent(form: dict[str, Any], body: bytes, url: str | None = None, **changes: str | None) -> requests.Response:
    """Send a file to the store as a browser does, with these fields changed, or left out where there is None."""
    fields = {name: value for name, value in {**form["fields"], **changes}.items() if value is not None}
    parts = [(name, (None, value)) for name, value in fields.items()]
    return requests.post(url or form["url"], files=[*parts, ("file", ("blob", body))], timeout=WAIT_SECONDS)


def uploaded(interface: Interface, body: bytes, **options: str) -> str:
    """The id of an upload whose file is in the store."""
    begun = interface.begun(len(body), **options)
    answer = sent(begun["upload"], body)
    assert answer.status_code in (201, 204), answer.text
    return str(begun["id"])


@contextmanager
def another(**settings: str) -> Iterator[Interface]:
    """Another server of the same program and the same buckets, with other settings."""
    environment = {**os.environ, **settings, "SANDPRESS_UPLOAD_LISTEN": "127.0.0.1:0"}
    process = subprocess.Popen(
        [os.environ["SANDPRESS_UPLOAD_PROGRAM"]], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Interface(f"http://{_listens_at(process.stdout)}/")
    finally:
        process.kill()
        process.communicate()


def _listens_at(log: Iterator[str]) -> str:
    for line in log:
        told = json.loads(line)
        if told.get("message") == "listening":
            return str(told["address"])
    raise RuntimeError("the server has ended")
