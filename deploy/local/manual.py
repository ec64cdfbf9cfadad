"""The commands of docs/event-paths.md, run as they stand there."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parent.parent.parent
PAGE = WORKSPACE / "docs" / "event-paths.md"
COMMAND_SECONDS = 60


def run(events: str, environment: dict[str, str]) -> Iterator[str]:
    """Run the commands of a path's section; what is wrong with them.

    Those that only AWS can run are in blocks of `shell`: of them the `aws` command checks the parameters.
    """
    with tempfile.TemporaryDirectory(prefix="sandpress-manual-") as folder:
        (Path(folder) / "target").symlink_to(WORKSPACE / "target")
        here = {**environment, "PATH": path_with_aws(Path(folder)), "HOME": folder}
        for command in _commands(events, "sh"):
            yield from _run(command, folder, here)
        for command in _commands(events, "shell"):
            if command.startswith("aws s3control create-job "):
                yield from _run(f"{command} --generate-cli-skeleton output", folder, here)


def path_with_aws(folder: Path) -> str:
    """A PATH that begins with this folder, in which there is an `aws` that asks the emulator, for whoever needs one."""
    aws = folder / "aws"
    # Its first version asks AWS for queues, whatever the environment says.
    aws.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m awscli --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n')
    aws.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def variables(outputs: dict[str, str]) -> dict[str, str]:
    """A stack's outputs as the page calls them: `QueueUrl` is `QUEUE_URL`."""
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper(): value for name, value in outputs.items()}


def _commands(events: str, language: str) -> list[str]:
    """The commands of the blocks in a language, in the section of a path."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(events)}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    if section is None:
        raise RuntimeError(f"{PAGE.name} has no section {events}")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", section[1], flags=re.MULTILINE | re.DOTALL)
    return [command for block in blocks for command in re.split(r"(?<!\\)\n(?! )", block) if command]


def _run(command: str, folder: str, environment: dict[str, str]) -> Iterator[str]:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        yield f"`{command}` ends with {done.returncode}: {done.stdout}{done.stderr}"
