"""Debian's packages, unpacked without being installed."""

import shutil
import subprocess
from pathlib import Path

from places import PACKAGES


def unpacked(name: str) -> Path | None:
    """The folder that a package is unpacked in; None where there is no such package to be had."""
    folder = PACKAGES / name
    if (folder / "usr").is_dir():
        return folder
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return None
    PACKAGES.mkdir(parents=True, exist_ok=True)
    print(f"  fetching Debian's package {name}", flush=True)
    for command in (["apt-get", "download", "-q", name], ["apt-get", "update", "-q"], ["apt-get", "download", "-q", name]):
        subprocess.run(command, cwd=PACKAGES, capture_output=True)
        found = sorted(PACKAGES.glob(f"{name}_*.deb"))
        if found:
            # What is half unpacked is not taken for whole.
            partial = PACKAGES / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            subprocess.run(["dpkg", "-x", found[-1], partial], check=True)
            partial.rename(folder)
            return folder
    return None


def version(name: str) -> str:
    found = sorted(PACKAGES.glob(f"{name}_*.deb"))
    return found[-1].name.split("_")[1].replace("%3a", ":") if found else ""
