"""Make the images of this folder from their originals.

    python3 -m venv /tmp/make-images
    /tmp/make-images/bin/pip install pillow==13.0.0 scikit-image==0.26.0
    apt-get download lomiri-wallpapers-16.04 && dpkg-deb -x lomiri-wallpapers-16.04_*.deb /tmp/lomiri
    /tmp/make-images/bin/python tests/images/make.py --photo \
        /tmp/lomiri/usr/share/backgrounds/seeding_by_Clements_Engelhardt.jpg

The files are committed; nobody needs to run this to build or test. Other versions of Pillow may give other bytes.
"""

import argparse
from pathlib import Path

from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont
from skimage import data

FOLDER = Path(__file__).resolve().parent


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes, with a place in it that no rendition should give away."""
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = "Sandpress"
    tags[ExifTags.Base.Model] = "Test camera"
    tags[ExifTags.Base.Copyright] = "CC0-1.0"
    tags[ExifTags.Base.Orientation] = orientation
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (51.0, 28.0, 40.0),
            ExifTags.GPS.GPSLongitudeRef: "W",
            ExifTags.GPS.GPSLongitude: (0.0, 0.0, 5.0),
        }
    )
    return tags


def photo(original: Path, to: Path, size: tuple[int, int], quality: int) -> None:
    """A camera's JPEG: baseline, 4:2:0, the standard Huffman tables, generous quality."""
    with Image.open(original) as image:
        scale = max(size[0] / image.width, size[1] / image.height)
        width, height = size[0] / scale, size[1] / scale
        left, top = (image.width - width) / 2, (image.height - height) / 2
        box = (left, top, left + width, top + height)
        resized = image.resize(size, Image.Resampling.LANCZOS, box)
    resized.save(to, quality=quality, subsampling="4:2:0", optimize=False, exif=exif())


def rotated() -> None:
    """A phone held upright: the sensor's rows lie across, and EXIF says how to turn them."""
    upright = Image.fromarray(data.astronaut())
    sensor = upright.transpose(Image.Transpose.ROTATE_90)
    sensor.save(FOLDER / "rotated.jpg", quality=90, subsampling="4:2:2", exif=exif(orientation=6))


def greyscale() -> None:
    Image.fromarray(data.camera()).save(FOLDER / "greyscale.jpg", quality=90)


def cmyk() -> None:
    """For print: four inverted channels with an Adobe marker."""
    Image.fromarray(data.coffee()).convert("CMYK").save(FOLDER / "cmyk.jpg", quality=90)


def progressive() -> None:
    Image.fromarray(data.chelsea()).save(FOLDER / "progressive.jpg", quality=88, progressive=True, subsampling="4:4:4")


def graphic() -> None:
    """A window with a chart and a table: flat areas, a gradient, small text, soft edges in the alpha channel."""
    width, height, margin = 1280, 800, 40
    window = (margin, margin, width - margin, height - margin)

    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle(window, radius=18, fill=255)
    shadow = mask.filter(ImageFilter.GaussianBlur(16)).point(lambda alpha: alpha * 2 // 5)
    picture = Image.new("RGBA", (width, height), (20, 24, 40, 0))
    picture.putalpha(shadow)

    content = Image.new("RGBA", (width, height), (250, 250, 252, 255))
    draw = ImageDraw.Draw(content)
    for x in range(width):
        blend = x / width
        draw.line([(x, 0), (x, 104)], fill=(int(46 + 90 * blend), int(72 + 30 * blend), int(160 + 40 * blend), 255))
    title, text, small = (ImageFont.load_default(size) for size in (30, 18, 14))
    draw.text((72, 58), "Renditions of the last seven days", font=title, fill="white")

    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    sizes = (310, 265, 340, 220, 290, 150, 95)
    for index, (day, size) in enumerate(zip(days, sizes)):
        x = 90 + index * 92
        draw.rounded_rectangle((x, 560 - size, x + 56, 560), radius=6, fill=(70, 110, 210, 255))
        draw.rounded_rectangle((x, 560 - size * 2 // 5, x + 56, 560), radius=6, fill=(240, 150, 60, 255))
        draw.text((x + 12, 572), day, font=text, fill=(60, 64, 80, 255))
        draw.text((x + 14, 536 - size), f"{size} MB", font=small, fill=(110, 114, 130, 255))
    draw.line([(72, 560), (740, 560)], fill=(60, 64, 80, 255), width=2)

    for row in range(18):
        y = 132 + row * 33
        if row % 2 == 0:
            draw.rectangle((780, y - 5, 1208, y + 28), fill=(238, 240, 246, 255))
        before = 4000 - row * 187
        draw.text((792, y), f"upload-{1000 + row * 37}.jpg", font=text, fill=(40, 44, 60, 255))
        draw.text((1000, y), f"{before} kB", font=text, fill=(110, 114, 130, 255))
        draw.text((1110, y), f"{before * (30 + row) // 100} kB", font=text, fill=(30, 130, 80, 255))
    badge = Image.new("RGBA", (420, 90), (0, 0, 0, 0))
    ImageDraw.Draw(badge).ellipse((0, 0, 419, 89), fill=(70, 110, 210, 90))
    content.alpha_composite(badge, (180, 628))
    draw.text((250, 660), "61 % smaller, on average", font=text, fill=(40, 44, 60, 255))

    picture.paste(content, (0, 0), mask)
    # As an editor saves that does not look for the best filters.
    picture.save(FOLDER / "graphic.png", compress_level=2)


def truncated() -> None:
    """An upload that broke off: a valid header, and half of the rows."""
    whole = (FOLDER / "rotated.jpg").read_bytes()
    (FOLDER / "truncated.jpg").write_bytes(whole[: len(whole) // 2])


def text() -> None:
    (FOLDER / "text.jpg").write_text("This is not a picture, whatever its name says.\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the test images from their originals.")
    parser.add_argument("--photo", type=Path, required=True, metavar="FILE", help="the original of photo.jpg")
    original = parser.parse_args().photo

    photo(original, FOLDER / "photo.jpg", (3264, 1836), quality=93)
    for make in (rotated, greyscale, cmyk, progressive, graphic, truncated, text):
        make()


if __name__ == "__main__":
    main()
