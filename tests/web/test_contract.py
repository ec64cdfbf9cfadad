"""What the OpenAPI document says, held against what is answered to requests that keep to it, and that do not."""

import json
import re
import subprocess
import sys
from pathlib import Path

from interface import IMAGES, PHOTO, Interface, uploaded

# For each operation; the seed, so that each run tries the same.
EXAMPLES = 20
SEED = 1
CONFIGURATION = """
[dictionaries]
all.values = {all}
ended.values = {ended}

# Uploads that are there: else nearly all that is asked for would be one that is not.
[parameters]
"path.id" = {{ dictionary = "all", probability = 0.7 }}

# Of the others there would be no end for a minute.
[[operations]]
include-path = "/api/uploads/{{id}}/events"
parameters = {{ "path.id" = {{ dictionary = "ended", probability = 1.0 }} }}
phases.stateful.enabled = false

[checks]
# The document does not say which sizes and types are within the limits of today. Other tests see that those are let in.
positive_data_acceptance.enabled = false
# Too large is too large, also where it is no number that the document allows.
negative_data_rejection.expected-statuses = [400, 404, 405, 413, 415]
# What is cancelled is what is under way: an upload that is whole stays.
use_after_free.enabled = false
"""


def test_the_api_keeps_to_its_document(interface: Interface, tmp_path: Path) -> None:
    """No answer is the server's failure, and none is another than the document says."""
    document = interface.get("api/openapi.json")
    operations = sum(len(methods) for methods in document.json()["paths"].values())
    configuration = tmp_path / "schemathesis.toml"
    ended, under_way = uploads(interface)
    values = {"all": json.dumps(ended + under_way), "ended": json.dumps(ended)}
    configuration.write_text(CONFIGURATION.format(**values), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={configuration}", "run"]
    options = ["--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-shrink", document.url]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    tested = re.search(r"Selected: (\d+)/(\d+)\n *Tested: (\d+)\n", done.stdout)
    assert tested and set(tested.groups()) == {str(operations)}, done.stdout


def uploads(interface: Interface) -> tuple[list[str], list[str]]:
    """Uploads of each kind: those that have ended, and those that have not, of which some in parts may be cancelled."""
    ended = [uploaded(interface, file.read_bytes()) for file in (PHOTO, IMAGES / "text.jpg")]
    assert [interface.ended(upload)["state"] for upload in ended] == ["done", "rejected"]
    return ended, [interface.begun(size)["id"] for size in (100, *[20_000_000] * 5)]
