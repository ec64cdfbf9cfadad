"""What is compared: the command of Sandpress, sharp in Node, and a score that is neither's."""

import json
import pathlib
import subprocess

WORKSPACE = pathlib.Path(__file__).parents[3]
SHARP = pathlib.Path(__file__).parent / "sharp"
RELEASE = WORKSPACE / "target/release"


def output(command, **more):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def sharp(script, *arguments):
    """The lines that a script of ours prints."""
    return output(["node", SHARP / f"{script}.js", *arguments]).splitlines()


def sandpress(files, folder, media, *arguments):
    """What the command says of each file that it has made, one after the other in one thread."""
    command = [RELEASE / "sandpress", "compress", *files, "--out-dir", folder, "--json", "--jobs", "1", "--format", media]
    return {one["file"]: one for one in json.loads(output([*command, *arguments]))["files"]}


def scores(pairs):
    """SSIMULACRA2 of pairs of a picture and what was made of it, of any formats that sharp reads."""
    decoded = {}
    for line in sharp("raw", *dict.fromkeys(str(picture) for pair in pairs for picture in pair)):
        one = json.loads(line)
        decoded[one["picture"]] = one
    lines = []
    for reference, made in pairs:
        one, other = decoded[str(reference)], decoded[str(made)]
        assert (one["width"], one["height"]) == (other["width"], other["height"]), f"{made} is not as large as {reference}"
        lines.append(f"{one['width']}\t{one['height']}\t{one['file']}\t{other['file']}")
    told = output([RELEASE / "sandpress-score"], input="\n".join(lines)).split()
    for one in decoded.values():
        pathlib.Path(one["file"]).unlink()
    return [float(score) for score in told]


def versions():
    """sharp's and Node's."""
    package = json.loads((SHARP / "node_modules/sharp/package.json").read_text())
    return package["version"], output(["node", "--version"]).strip()
