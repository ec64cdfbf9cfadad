"""Gather files by other encoders and photos, and compare what is decoded of them with what other decoders make of them.

    python tests/corpus make     files and photos into target/corpus; what is there already is kept
    python tests/corpus check    one line for each kind of file; fails if a file is decoded wrongly, or refused and should not be
"""

import sys

import check
import files
import photos


def main() -> int:
    match sys.argv[1:]:
        case ["make"]:
            missing = files.make() + photos.fetch()
            for what in missing:
                print(f"missing: {what}", file=sys.stderr)
            return 0
        case ["check"]:
            return check.check()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
