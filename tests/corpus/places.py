"""Where things are."""

from pathlib import Path

WORKSPACE = Path(__file__).resolve().parents[2]
TARGET = WORKSPACE / "target"
CORPUS = TARGET / "corpus"
FILES = CORPUS / "files"
PHOTOS = CORPUS / "photos"
PACKAGES = CORPUS / "packages"
