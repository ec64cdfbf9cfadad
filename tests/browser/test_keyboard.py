"""By keyboard alone: from an empty page to the divider, and to the file."""

from pathlib import Path

from playwright.sync_api import Page, expect

import photos
from site_page import SitePage


def test_everything_is_reached_by_keys(site: SitePage, tmp_path: Path) -> None:
    page = site.page
    # From now on no chooser of the system opens: to say so takes the browser a moment.
    page.on("filechooser", lambda _: None)
    page.keyboard.press("Tab")
    expect(page.locator("#files")).to_be_focused()
    # Whoever tabs sees where they are.
    assert page.locator("label[for=files]").evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([photos.snapshot(tmp_path / "photo.jpg", 7)])
    site.expect_states("done")

    assert _tab_to(page, "Compare: photo.jpg")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[data-ready]")).to_be_visible()
    slider = page.get_by_role("slider")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "49% before, 51% after")
    assert _tab_to(page, "200%")
    page.keyboard.press("Space")
    expect(page.locator("dialog output")).to_have_text("200%")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Compare")).to_be_focused()

    assert _tab_to(page, "Download: photo.jpg")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    [upload] = site.uploads()
    assert [download.value.path().read_bytes()] == list(site.place.renditions(upload).values())


def _tab_to(page: Page, name: str) -> bool:
    """Press Tab until the focus is on something of this name; not forever."""
    for _ in range(20):
        page.keyboard.press("Tab")
        label = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
        if page.evaluate(label) == name:
            return True
    return False
