"""What the decoders of others make of a file: samples of red, green, blue and opacity, upright."""

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401: teaches Pillow the format
import tifffile
from PIL import Image, ImageOps

import debian
import jpeg

# Photos are large, and come from where we know.
Image.MAX_IMAGE_PIXELS = None


def samples_of_png(file: bytes) -> np.ndarray:
    """Of a PNG, as libpng reads it: in 16 bits where it has them."""
    if file[24] == 16:
        return four_channels(imagecodecs.png_decode(file))
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image.convert("RGBA"))


def references(path: Path, tolerance: str) -> list[np.ndarray]:
    """More than one where more than one is right."""
    if path.suffix == ".png":
        file = path.read_bytes()
        # Pillow has 8 bits of the 16, and compares grey of fewer bits with a transparent one that it has not scaled.
        by_libpng = file[24] == 16 or path.name.startswith(("grey-2", "grey-4"))
        return [four_channels(imagecodecs.png_decode(file)) if by_libpng else upright(path)]
    if path.suffix == ".tif" and (deep := sixteen_bits(path)) is not None:
        return [deep]
    if path.suffix == ".jxl" and path.name.startswith("sixteen"):
        return [four_channels(imagecodecs.jpegxl_decode(path.read_bytes()))]
    if path.suffix == ".avif" and "-bit" in path.name:
        decoded = imagecodecs.avif_decode(path.read_bytes())
        bits = int(path.name.split("-")[0])
        return [four_channels((decoded.astype(np.uint32) * 65535 // ((1 << bits) - 1)).astype(np.uint16))]
    if path.suffix == ".jpg" and debian.unpacked(jpeg.PACKAGE) and (tolerance == "subsampled jpeg" or "scans" in path.name):
        return [np.asarray(jpeg.decoded(path, *way).convert("RGBA")) for way in ([], ["-nosmooth"])]
    return [upright(path)]


def upright(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        image.load()
        # No browser turns a WebP, and of a JPEG XL the coded image says how it is turned (ISO/IEC 18181-2): their EXIF is not looked at.
        if path.suffix not in (".webp", ".jxl"):
            image = ImageOps.exif_transpose(image)
        samples = np.array(image.convert("RGBA"))
    if path.suffix == ".gif":
        # Colours that are not seen are anybody's.
        samples[samples[..., 3] == 0] = 0
    return samples


def over_black(samples: np.ndarray) -> np.ndarray:
    """Colours as they are seen over black, and the opacity."""
    most = np.iinfo(samples.dtype).max
    colours, opacity = samples[..., :3].astype(np.uint64), samples[..., 3:].astype(np.uint64)
    return np.concatenate([(colours * opacity + most // 2) // most, opacity], axis=2).astype(samples.dtype)


def sixteen_bits(path: Path) -> np.ndarray | None:
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        if page.dtype != np.uint16:
            return None
        samples = page.asarray()
    return four_channels(np.moveaxis(samples, 0, -1) if page.planarconfig == 2 else samples)


def four_channels(samples: np.ndarray) -> np.ndarray:
    if samples.ndim == 2:
        samples = samples[..., np.newaxis]
    full = np.full(samples.shape[:2] + (1,), np.iinfo(samples.dtype).max, samples.dtype)
    match samples.shape[2]:
        case 1:
            return np.concatenate([np.repeat(samples, 3, axis=2), full], axis=2)
        case 2:
            return np.concatenate([np.repeat(samples[..., :1], 3, axis=2), samples[..., 1:]], axis=2)
        case 3:
            return np.concatenate([samples, full], axis=2)
    return samples
