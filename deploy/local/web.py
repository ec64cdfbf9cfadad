"""The web interface on this machine: the function of the package, as a program that listens at a loopback port."""

import json
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from types import TracebackType

from emulator import CREDENTIALS, REGION, STOP_SECONDS, Emulator, free_port
from stack import Stack, Web

START_SECONDS = 30.0
# The longest that STS gives; `up` may stay for a day's work.
SESSION_SECONDS = 43200


def address() -> str:
    """Where a server may listen. The stack must know before there is one: its buckets admit pages from there."""
    return f"127.0.0.1:{free_port()}"


def open_at(package: Path, listen: str) -> Web:
    """The web interface for everybody, with a server that listens there."""
    # All who upload here have the same address.
    return Web(package, {"Web": "public", "WebOrigin": f"http://{listen}", "WebUploadsPerMinute": "0"})


class Server:
    """Starts the program on entering a `with` block, and stops it on leaving.

    Its environment is that of the function as the template deploys it, and its credentials are of the function's role:
    what the role may not, neither the program nor a link that it signs may.
    """

    def __init__(self, emulator: Emulator, stack: Stack, package: Path, listen: str) -> None:
        self.url = f"http://{listen}/"
        self._folder = tempfile.TemporaryDirectory(prefix="sandpress-web-")
        self._program = _unpacked(package, Path(self._folder.name))
        self._settings = {
            **_function_environment(emulator, stack),
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }
        self._own = {**_role_credentials(emulator, stack), "SANDPRESS_UPLOAD_LISTEN": listen}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the program logs."""
        return Path(self._folder.name) / "upload.log"

    def environment(self) -> dict[str, str]:
        """What a program needs that tests this one, or that starts another with other settings."""
        if self._process is None:
            raise RuntimeError("the server does not run")
        return {
            **self._settings,
            **CREDENTIALS,
            "SANDPRESS_URL": self.url,
            "SANDPRESS_UPLOAD_PROGRAM": str(self._program),
            "SANDPRESS_UPLOAD_PROCESS": str(self._process.pid),
        }

    def __enter__(self) -> "Server":
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

    def _start(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._program],
                env={**self._settings, **self._own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only us.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not any('"message":"listening"' in line for line in self.lines()):
            told = "\n".join(self.lines())
            if self._process.poll() is not None:
                raise RuntimeError(f"the upload function ended with status {self._process.returncode}:\n{told}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"the upload function does not listen after {START_SECONDS:.0f} s:\n{told}")
            time.sleep(0.05)

    def lines(self) -> list[str]:
        """The lines of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def _stop(self) -> None:
        process, self._process = self._process, None
        try:
            if process is not None:
                process.terminate()
                process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Also after a second Ctrl-C.
            if process is not None:
                process.kill()
                process.wait()
            self._folder.cleanup()


def _unpacked(package: Path, folder: Path) -> Path:
    """Unpack the zip as Lambda does; the program. Its policy is beside it."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    program = folder / "bootstrap"
    program.chmod(0o755)
    return program


def _function_environment(emulator: Emulator, stack: Stack) -> dict[str, str]:
    """What the template sets for the function."""
    described = emulator.client("lambda").get_function_configuration(FunctionName=stack.outputs["UploadFunctionName"])
    return dict(described["Environment"]["Variables"])


def _role_credentials(emulator: Emulator, stack: Stack) -> dict[str, str]:
    """Credentials of the function's role, whose trust, and nothing else of it, is widened to this machine."""
    iam, arn = emulator.client("iam"), stack.outputs["UploadRoleArn"]
    name = arn.rsplit("/", 1)[-1]
    account = arn.split(":")[4]
    here = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"].append(here)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    iam.update_role(RoleName=name, MaxSessionDuration=SESSION_SECONDS)
    assumed = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="local", DurationSeconds=SESSION_SECONDS)
    session = assumed["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
