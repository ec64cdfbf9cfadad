"""Files in every way to write a format, by encoders that are none of ours."""

import hashlib
import json
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import bmp
import debian
import gif
import jpeg
import modern
import png
import tiff
import webp
from places import CORPUS, FILES
from recipe import Recipe

KINDS: dict[str, Callable[[], Iterator[Recipe]]] = {
    "jpeg": jpeg.recipes,
    "png": png.recipes,
    "webp": webp.recipes,
    "gif": gif.recipes,
    "tiff": tiff.recipes,
    "bmp": bmp.recipes,
    "avif": modern.avif,
    "jxl": modern.jxl,
}

LIST = CORPUS / "files.json"


def make() -> list[str]:
    """Makes every file that is not there yet, as these scripts and the encoders of these versions make it. Returns what cannot be made."""
    missing = []
    if debian.unpacked(jpeg.PACKAGE) is None:
        missing.append(f"JPEGs by cjpeg: no package {jpeg.PACKAGE} of Debian to be had")
    recipe_of_all = recipe()
    is_same = (FILES / "made-by").is_file() and (FILES / "made-by").read_text() == recipe_of_all
    entries = []
    for kind, recipes in KINDS.items():
        (FILES / kind).mkdir(parents=True, exist_ok=True)
        together = hashlib.sha256()
        count = 0
        for one in recipes():
            path = FILES / kind / one.name
            if not (is_same and path.is_file()):
                try:
                    path.write_bytes(one.make())
                except Exception as error:
                    path.unlink(missing_ok=True)
                    missing.append(f"{kind}/{one.name}: {error}")
                    continue
            together.update(path.read_bytes())
            entries.append({"file": f"{kind}/{one.name}", "kind": kind, "tolerance": one.tolerance, "refused": one.refused})
            count += 1
        print(f"  {together.hexdigest()[:16]}  {count:4} files  {kind}", flush=True)
    (FILES / "made-by").write_text(recipe_of_all)
    LIST.write_text(json.dumps(entries, indent=1))
    return missing


def recipe() -> str:
    """What the files depend on."""
    scripts = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        scripts.update(path.read_bytes())
    packages = ("imagecodecs", "numpy", "pillow", "pillow-jxl-plugin", "tifffile")
    versions = [f"{package} {metadata.version(package)}" for package in packages]
    return "\n".join([scripts.hexdigest(), *versions, f"cjpeg {debian.version(jpeg.PACKAGE)}"])
