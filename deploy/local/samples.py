"""What the demonstration uploads, and what it expects of each upload."""

from dataclasses import dataclass
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent.parent / "tests" / "images"


@dataclass(frozen=True)
class Sample:
    """One upload."""

    key: str
    file: str
    content_type: str
    # Why the function should reject it; None if it should get a rendition.
    rejected: str | None = None

    @property
    def body(self) -> bytes:
        """The bytes to upload."""
        return (IMAGES / self.file).read_bytes()


SAMPLES: tuple[Sample, ...] = (
    Sample("photo.jpg", "photo.jpg", "image/jpeg"),
    Sample("graphics/week 47.png", "graphic.png", "image/png"),
    Sample("graphics/sticker.webp", "formats/lossless-alpha.webp", "image/webp"),
    # Everything that a notification's encoding, or a second decoding, could spoil.
    Sample("Ferien 2024/50% + mehr/Käse & Brötchen+50%25.jpg", "rotated.jpg", "image/jpeg"),
    Sample("scans/日本語/grey.jpeg", "greyscale.jpg", "image/jpeg"),
    # The wrong type, as many clients send it, and no extension: only the bytes count.
    Sample("progressive", "progressive.jpg", "application/octet-stream"),
    # Inks for print, which become colours of a screen.
    Sample("print/cmyk.jpg", "cmyk.jpg", "image/jpeg"),
    Sample("broken/truncated.jpg", "truncated.jpg", "image/jpeg", rejected="malformed"),
    Sample("broken/a text.jpg", "text.jpg", "image/jpeg", rejected="unsupported"),
)
