"""Run the whole of Sandpress on this machine, on a local AWS.

    python deploy/local demo --zip target/package/local.zip
    python deploy/local up --zip target/package/local.zip --web-zip target/package/local-upload.zip
    python deploy/local run --zip target/package/local.zip --web-zip target/package/local-upload.zip -- COMMAND…
    python deploy/local authorisers --zip target/package/local.zip --web-zip target/package/local-upload.zip
    python deploy/local paths --zip target/package/local.zip
    python deploy/local templates

Needs Linux, since the function's binary runs right here, Python 3.10 or later, and the packages of requirements.txt.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import manual
from authorisers import ACCESSES, mistaken
from emulator import CREDENTIALS, REGION, Emulator
from observation import observe
from paths import WAYS, Way
from promises import broken
from report import aligned, rows, table
from samples import SAMPLES
from stack import Stack, Web, api_url, deploy, function_log
from templates import faults, statements, templates
from trial import Trial, attempt
from web import Server, address, open_at

# What Lambda puts between the lines of a function.
LAMBDAS_OWN = ("START ", "END ", "REPORT ")

# Paths that are tried at a time: most of the time is waited for.
SIDE_BY_SIDE = 4


def main() -> int:
    """Run the command of the command line; its exit status."""
    arguments = _arguments()
    # So that `kill` cleans up like Ctrl-C, and Ctrl-C works even if a shell started us with it ignored.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        if arguments.command == "demo":
            return demo(arguments.zip, arguments.timeout, arguments.json)
        if arguments.command == "up":
            return up(arguments.zip, arguments.web_zip)
        if arguments.command == "run":
            return run(arguments.zip, arguments.web_zip, arguments.program)
        if arguments.command == "authorisers":
            return authorisers(arguments.zip, arguments.web_zip)
        if arguments.command == "paths":
            return paths(arguments.zip, arguments.timeout, arguments.path)
        return check_templates()
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except RuntimeError as error:
        say(f"error: {error}")
        return 1


def demo(package: Path, timeout: float, as_json: bool) -> int:
    """Upload the samples, show what became of them, and check the promises."""
    with Emulator() as emulator:
        stack = start(emulator, package)
        say(f"uploading {len(SAMPLES)} objects to {stack.source_bucket}, and waiting for the queue to be empty")
        seen = observe(emulator, stack, SAMPLES, timeout)
        problems = broken(stack, SAMPLES, seen)
        if problems:
            say("the function's log:")
            say("\n".join(f"  {line}" for line in function_log(emulator, stack)) or "  (empty)")
            say("the emulator's log:")
            say("\n".join(f"  {line}" for line in emulator.tail().splitlines()))

    if as_json:
        result = {"objects": rows(SAMPLES, seen), "seconds": round(seen.seconds, 3), "problems": problems}
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        print(table(SAMPLES, seen))
        print(f"\n{len(SAMPLES)} uploads in {seen.seconds:.1f} s")
    for problem in problems:
        say(f"broken promise: {problem}")
    return 1 if problems else 0


def up(package: Path, web_package: Path) -> int:
    """Start everything, say how to use it, and stay until Ctrl-C."""
    with with_web(package, web_package) as (emulator, stack, server):
        print(f"{server.url} is the page: drop images there. Or, on the command line:")
        environment = {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": emulator.endpoint}
        print("\n".join(f"export {name}={value}" for name, value in environment.items()))
        print(f"aws s3 cp tests/images/photo.jpg s3://{stack.source_bucket}/photo.jpg")
        print(f"aws s3 ls --recursive s3://{stack.destination_bucket}/")
        print(f"aws sqs receive-message --message-attribute-names All --queue-url {stack.dead_letter_queue_url}")
        print(f"aws logs tail --follow {stack.log_group}", flush=True)
        say("running; Ctrl-C stops and removes everything")
        try:
            while True:
                signal.pause()
        except KeyboardInterrupt:
            say("stopping")
    return 0


def run(package: Path, web_package: Path, program: list[str]) -> int:
    """Start everything, run a program that finds it in its environment, and end as it does."""
    with with_web(package, web_package) as (emulator, stack, server), TemporaryDirectory() as folder:
        environment = {
            # Not the caller's AWS.
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **manual.variables(stack.outputs),
            **server.environment(),
            # The API of the template, with the function that the emulator runs, where a listener is not enough.
            "SANDPRESS_API_URL": api_url(emulator, stack),
            "PATH": manual.path_with_aws(Path(folder)),
            "NO_PROXY": "127.0.0.1",
        }
        status = subprocess.run(program, env=environment).returncode
        if status:
            for function, lines in (("upload", server.lines()), ("compress", function_log(emulator, stack))):
                say(f"what the function `{function}` has to say:")
                told = [line for line in lines if '"level":"INFO"' not in line and not line.startswith(LAMBDAS_OWN)]
                say("\n".join(f"  {line}" for line in told) or "  (nothing)")
        return status


def paths(package: Path, timeout: float, wanted: list[str]) -> int:
    """Deploy each path and try it."""
    lines = [("path", "good", "poison", "duplicate", "what fails", "besides", "carried by")]
    broken_paths = 0
    ways = [way for way in WAYS if not wanted or way.events in wanted]

    def tried(way: Way) -> Trial:
        say(f"deploying the path {way.events}")
        return attempt(way, package, timeout)

    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        for way, trial in zip(ways, pool.map(tried, ways), strict=True):
            verdict = "NOT AS DOCUMENTED" if trial.problems else trial.besides
            lines.append((way.events, trial.good, trial.poison, trial.duplicate, trial.doomed, verdict, way.carrier))
            if trial.problems:
                broken_paths += 1
                say("\n".join(f"{way.events}: {problem}" for problem in trial.problems))
    finally:
        # Those that have begun stop what they have started.
        pool.shutdown(cancel_futures=True)
    print(aligned(lines))
    return 1 if broken_paths else 0


def authorisers(package: Path, web_package: Path) -> int:
    """Deploy the web interface for who has a token, and for who may call its API, and see who is let in."""
    found: list[str] = []
    for access in ACCESSES:
        with Emulator() as emulator:
            web = Web(web_package, access.parameters(emulator))
            say(f"deploying the web interface for {web.parameters['Web']}")
            callers = access.callers(emulator, deploy(emulator, package, web=web))
            print(aligned([("who", "page", "API"), *(caller.line() for caller in callers)]))
            found.extend(mistaken(callers))
    for mistake in found:
        say(mistake)
    return 1 if found else 0


def check_templates() -> int:
    """Look at every statement of every policy in the templates, and at what else they must keep."""
    found: list[str] = []
    for name, template in templates().items():
        print(f"{name}: {len(statements(template))} statements")
        found.extend(f"{name}: {fault}" for fault in faults(template))
    for fault in found:
        say(fault)
    return 1 if found else 0


def start(emulator: Emulator, package: Path, web: Web | None = None) -> Stack:
    """Deploy the template on a fresh emulator."""
    say(f"ministack listens at {emulator.endpoint}, deploying {package}")
    return deploy(emulator, package, web=web)


@contextmanager
def with_web(package: Path, web_package: Path) -> Iterator[tuple[Emulator, Stack, Server]]:
    """A fresh emulator with the stack and its web interface, which listens."""
    listen = address()
    with Emulator() as emulator:
        stack = start(emulator, package, open_at(web_package, listen))
        with Server(emulator, stack, web_package, listen) as server:
            yield emulator, stack, server


def say(message: str) -> None:
    """Progress goes to standard error, results to standard output."""
    print(message, file=sys.stderr, flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python deploy/local", description="Sandpress on a local AWS.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo_parser = commands.add_parser("demo", help="upload sample images, show what became of them, check the promises")
    demo_parser.add_argument(
        "--timeout", type=float, default=180, metavar="SECONDS", help="longest wait (default: 180)"
    )
    demo_parser.add_argument("--json", action="store_true", help="print the result as JSON")
    up_parser = commands.add_parser("up", help="start everything and stay until Ctrl-C")
    run_parser = commands.add_parser("run", help="start everything, and run a program against it")
    run_parser.add_argument("program", nargs="+", metavar="COMMAND", help="after `--`, the program and its arguments")
    authorisers_parser = commands.add_parser(
        "authorisers", help="see whom the web interface lets in, for each authoriser"
    )
    paths_parser = commands.add_parser("paths", help="try every path of events, on a local AWS of its own")
    paths_parser.add_argument(
        "--path", action="append", choices=[way.events for way in WAYS], help="only this one (default: all)"
    )
    paths_parser.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="longest wait for each step (default: 60)"
    )
    commands.add_parser("templates", help="check that the templates allow no more than they name, encrypt, and alarm")
    for command in (up_parser, run_parser, authorisers_parser):
        command.add_argument(
            "--web-zip",
            type=_file,
            required=True,
            metavar="FILE",
            help="the upload function's package, for this machine's processor",
        )
    for command in (demo_parser, up_parser, run_parser, authorisers_parser, paths_parser):
        command.add_argument(
            "--zip",
            type=_file,
            required=True,
            metavar="FILE",
            help="the function's package, for this machine's processor",
        )
    return parser.parse_args()


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is not a file; `make build` makes it")
    return path


if __name__ == "__main__":
    sys.exit(main())
