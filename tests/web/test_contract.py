"""What the OpenAPI document says, held against what is answered, to requests that keep to it and to those that do not."""

import re
import subprocess
import sys
from pathlib import Path

from interface import Interface

# For each operation; what is found does not depend on the clock, nor on chance.
EXAMPLES = 20
SEED = 1


def test_the_api_keeps_to_its_document(interface: Interface, tmp_path: Path) -> None:
    """No answer is the server's failure, and none is another than the document says."""
    document = interface.get("api/openapi.json")
    operations = sum(len(methods) for methods in document.json()["paths"].values())
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{interface.url}api/openapi.json"]
    options = ["--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-shrink", "--workers", "1"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    tested = re.search(r"Operations:\s+(\d+) selected / (\d+) total", done.stdout)
    assert tested and tested[1] == tested[2] == str(operations), done.stdout
