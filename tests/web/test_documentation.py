"""What docs/web.md and docs/security.md say works and is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from interface import WORKSPACE, Interface

PAGE = (WORKSPACE / "docs" / "web.md").read_text(encoding="utf-8")
SECURITY = (WORKSPACE / "docs" / "security.md").read_text(encoding="utf-8")
BLOCK_SECONDS = 60


def blocks(language: str) -> list[tuple[str, str]]:
    """The page's blocks in a language: the file's name, if it is one, and the content."""
    found = re.findall(rf"^```{language}(?: (\S+))?\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return [(name, content) for name, content in found]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands run: with the files that the page shows, and the project's."""
    place = tmp_path_factory.mktemp("page")
    for name in ("tests", "deploy", "host", "docs", "Makefile"):
        (place / name).symlink_to(WORKSPACE / name)
    for name, content in (*blocks("python"), *blocks("json")):
        (place / name).write_text(content, encoding="utf-8")
    # The interpreter that has what the example imports.
    (place / "python3").symlink_to(sys.executable)
    return place


@pytest.mark.parametrize("block", [content for _, content in blocks("sh")], ids=lambda block: block.split("\n")[0][:60])
def test_every_command_of_the_page_succeeds(interface: Interface, folder: Path, block: str) -> None:
    # What a verb of make does takes minutes, or an account.
    script = re.sub(r"^make ", "make --dry-run ", block, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-euc", f'PATH="{folder}:$PATH"; WEB_URL={interface.url}\n{script}'],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=BLOCK_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    assert done.stdout, "it prints what it did"


def test_the_page_tells_the_templates_parameters() -> None:
    template = (WORKSPACE / "deploy" / "template.yaml").read_text(encoding="utf-8")
    there = set(re.findall(r"^  (Web\w*):$", template.split("\nRules:")[0], flags=re.MULTILINE))
    told = re.findall(r"^\| (`Web[^|]*) \|([^|]*)\|", PAGE.split("## Who may upload")[0], flags=re.MULTILINE)
    names = {name for line, _ in told for name in re.findall(r"`(\w+)`", line)}
    assert names == there
    for line, defaults in told:
        of_parameters = zip(re.findall(r"`(\w+)`", line), re.findall(r"[\w.]+", defaults))
        for name, default in of_parameters:
            declared = re.search(rf"^  {name}:\n(?:    .*\n)*?    Default: \"?(\w+)", template, flags=re.MULTILINE)
            assert declared and declared[1] == default, name


def test_what_the_page_on_security_names_as_a_test_is_one() -> None:
    sources = "\n".join(
        file.read_text(encoding="utf-8")
        for top in ("tests", "host", "deploy/local")
        for kind in ("*.rs", "*.py")
        for file in sorted((WORKSPACE / top).rglob(kind))
    )
    there = set(re.findall(r"\b(?:fn|def) (\w+)\(", sources))
    rows = [line.split("|")[3] for line in SECURITY.splitlines() if line.startswith("| ") and line.count("|") == 4]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(named) > 50
    assert not [name for name in named if name not in there]
    verbs = {verb for row in rows for verb in re.findall(r"`make ([a-z-]+)", row)}
    makefile = (WORKSPACE / "Makefile").read_text(encoding="utf-8")
    assert verbs and all(re.search(rf"^{verb}:", makefile, flags=re.MULTILINE) for verb in verbs), verbs
    # Where nothing tests it, the table says so.
    assert not [row for row in rows[1:] if not row.strip()]
