"""Makes a zip that AWS Lambda runs: the program, the policy, and for `compress` the encoders' native code beside it.

The same input gives the same bytes: an unchanged function is not deployed again.
"""

import argparse
import json
import stat
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the binary `compress` or `upload`")
    parser.add_argument("--encoders", type=Path, help="folder with catalog.json and native code, for `compress`")
    parser.add_argument("--policy", type=Path, default=HERE / "sandpress.toml", help="default: %(default)s")
    parser.add_argument("--out", type=Path, required=True, help="the zip to write")
    arguments = parser.parse_args()

    entries = [("bootstrap", arguments.program), ("sandpress.toml", arguments.policy)]
    if arguments.encoders is not None:
        entries += [(f"encoders/{name}", arguments.encoders / name) for name in encoders(arguments.encoders)]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(arguments.out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, file in entries:
            # The earliest time that a zip can hold.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            mode = 0o755 if name == "bootstrap" else 0o644
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    print(f"{arguments.out.stat().st_size:>9} bytes  {arguments.out}")


def encoders(folder: Path) -> list[str]:
    """The catalog and the native code that it names: code of earlier releases may lie beside it."""
    catalog = json.loads((folder / "catalog.json").read_text(encoding="utf-8"))
    digests = {native["digest"] for release in catalog["releases"].values() for native in release["native"]}
    return ["catalog.json", *sorted(f"{digest}.cwasm" for digest in digests)]


if __name__ == "__main__":
    main()
