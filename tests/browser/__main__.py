"""The web page in a real browser, against a server that runs already.

    python tests/browser [NAME…]     all tests, or those whose names contain one of these

SANDPRESS_URL is the page; SANDPRESS_SOURCE_BUCKET and SANDPRESS_DESTINATION_BUCKET are looked into with what AWS's
programs read of the environment, AWS_ENDPOINT_URL among it. CHROMIUM is the browser (default: Debian's). Screenshots go
to target/screenshots.
"""

import sys
from pathlib import Path

import pytest

from place import Place


class Tally:
    """Counts, for one line at the end that says no more than that."""

    def __init__(self) -> None:
        self.ran: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails while it is set up, or in what is looked at after it, has failed."""
        self.ran.add(report.nodeid)
        if report.failed:
            self.failed.add(report.nodeid)


def main() -> int:
    try:
        Place.from_environment()
    except KeyError as missing:
        print(f"{missing} is not in the environment\n{__doc__}", file=sys.stderr)
        return 2
    folder = Path(__file__).resolve().parent
    tally = Tally()
    options = [
        "--quiet",
        "--tb=short",
        "--durations=0",
        "--durations-min=1",
        "-p",
        "no:cacheprovider",
        f"--rootdir={folder}",
    ]
    names = ["-k", " or ".join(sys.argv[1:])] if sys.argv[1:] else []
    status = pytest.main([*options, *names, str(folder)], plugins=[tally])
    print(f"{len(tally.ran - tally.failed)} passed, {len(tally.failed)} failed")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
