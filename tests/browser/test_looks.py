"""Pictures of the page, for a person to look at; nothing is compared, but nothing may be missing either."""

from pathlib import Path

import pytest
from place import IMAGES, SCREENSHOTS
from playwright.sync_api import expect
from site_page import SitePage

LOOKS: dict[str, dict[str, object]] = {
    "desktop": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options(look: str) -> dict[str, object]:
    return LOOKS[look]


def test_the_page_can_be_looked_at(site: SitePage, look: str, camera_photo: Path) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = site.page

    def picture(name: str, *, all_of_it: bool = False) -> None:
        page.screenshot(path=SCREENSHOTS / f"{look}-{name}.png", full_page=all_of_it, animations="disabled")

    picture("empty")
    site.choose(camera_photo, IMAGES / "graphic.png", IMAGES / "text.jpg", IMAGES / "formats" / "lzw.tif")
    site.expect_states("done", "done", "rejected", "done")
    expect(page.locator(".card.drawn")).to_have_count(3)
    picture("results", all_of_it=True)
    dialog = site.compare()
    picture("compare")
    dialog.get_by_role("button", name="400%").click()
    picture("pixels")
    # Nothing is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
