"""An AWS on this machine: one ministack process on a loopback port, and clients for it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
# ministack's own root user; nothing outside this machine knows it.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Emulator:
    """Starts ministack on entering a `with` block, and stops it, and all it started, on leaving.

    All its files, the function's code and its log among them, are in a temporary folder that goes with it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sandpress-local-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        # An IP address, not a name: AWS's SDKs then put the bucket into the path instead of the host name.
        self.endpoint = f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What ministack itself logs."""
        return Path(self._folder.name) / "ministack.log"

    def __enter__(self) -> "Emulator":
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def client(self, service: str) -> Any:
        """A boto3 client of `service` that talks to this emulator as the account's root user."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            # Neither a proxy of this machine's user nor a profile of theirs has a say.
            config=Config(proxies={}, retries={"mode": "standard", "max_attempts": 3}),
        )

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's but PATH: the function inherits ministack's environment."""
        return {
            **CREDENTIALS,
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self._folder.name,
            "TMPDIR": self._folder.name,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            # Handed to the function, whose SDK then finds its way back.
            "AWS_ENDPOINT_URL": self.endpoint,
            # Policies count: the function runs under the role of the template, and the queue admits the bucket or not.
            "AUTH": "true",
            # These listeners would bind every interface.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }

    def _start(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=self._environment(),
                cwd=self._folder.name,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A process group of its own: Ctrl-C reaches only us, and stopping reaches the function's processes too.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"ministack ended with status {self._process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"ministack was not ready after {START_SECONDS:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def _ready(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.endpoint}/_ministack/ready", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def tail(self, lines: int = 40) -> str:
        """The last lines of ministack's log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _stop(self) -> None:
        process, self._process = self._process, None
        try:
            if process is not None:
                # The leader's id is the group's.
                _signal_group(process.pid, signal.SIGTERM)
                process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Also after a second Ctrl-C. The function's processes may have outlived their leader.
            if process is not None:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
            self._folder.cleanup()


def _signal_group(group: int, sign: signal.Signals) -> None:
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        pass


def free_port() -> int:
    """A loopback port that nobody listens at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
