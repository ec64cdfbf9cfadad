"""All in one file."""

import io
import zipfile
from pathlib import Path

import photos
from place import IMAGES
from site_page import SitePage


def test_the_zip_holds_every_rendition_once(site: SitePage, tmp_path: Path) -> None:
    photo = photos.snapshot(tmp_path / "photo.jpg", 8).read_bytes()
    site.drop_made(
        ("photo.jpg", photo, "image/jpeg"),
        ("photo.jpg", photos.snapshot(tmp_path / "other.jpg", 9).read_bytes(), "image/jpeg"),
        ("graphic.png", (IMAGES / "graphic.png").read_bytes(), "image/png"),
        ("text.jpg", (IMAGES / "text.jpg").read_bytes(), "image/jpeg"),
    )
    site.expect_states("done", "done", "done", "rejected")
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Download all").click()
    assert download.value.suggested_filename == "sandpress.zip"

    made = [data for upload in site.uploads() for data in site.place.renditions(upload).values()]
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["graphic.png", "photo (2).jpg", "photo.jpg"]
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        assert sorted(archive.read(name) for name in archive.namelist()) == sorted(made)


def test_a_folder_keeps_its_folders(site: SitePage, tmp_path: Path) -> None:
    folder = tmp_path / "Käse & Brötchen"
    (folder / "tief").mkdir(parents=True)
    photos.snapshot(folder / "tief" / "bild.jpg", 10)
    site.drop(folder)
    site.expect_states("done")
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Download all").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert archive.namelist() == ["Käse & Brötchen/tief/bild.jpg"]
