"""Names are text, whatever is in them."""

import io
import zipfile

from playwright.sync_api import expect

from place import IMAGES
from site_page import SitePage

HOSTILE = [
    "<img src=x onerror=alert(1)>.jpg",
    "\"><script>alert(1)</script>'.jpg",
    "holiday\u202egpj.exe.jpg",
    "../../etc/passwd.jpg",
    "..\\..\\windows\\system.jpg",
    "${filename}&amp;%2e%2e%2f?#.jpg",
    "con\r\ntrol\x00s.jpg",
    "日本語 Käse 😀.jpg",
    f"{'long ' * 200}.jpg",
]


def test_hostile_names_are_shown_as_text_and_do_nothing(site: SitePage) -> None:
    photo = (IMAGES / "progressive.jpg").read_bytes()
    site.drop_made(*[(name, photo, "image/jpeg") for name in HOSTILE])
    site.expect_states(*["done"] * len(HOSTILE))

    page = site.page
    # Nothing became an element: what is in the list is what the page puts there.
    assert page.locator("#cards img, #cards script, #cards iframe, #cards svg").count() == 0
    shown = page.locator(".card h3").evaluate_all("headings => headings.map((heading) => heading.textContent)")
    assert "<img src=x onerror=alert(1)>.jpg" in shown
    assert not any("\u202e" in name or "\x00" in name or "\n" in name for name in shown)
    # A long one does not push anything out of the window.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(site.compare(0).get_by_role("heading")).to_have_text(HOSTILE[0])
    page.keyboard.press("Escape")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download all").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert len(set(names)) == len(HOSTILE)
    assert not any(
        name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or "<" in name for name in names
    )
    # Each key is below its own upload, whatever the name would like.
    for upload in site.uploads():
        [key] = site.place.sources(upload)
        assert key.count("/") == 2
