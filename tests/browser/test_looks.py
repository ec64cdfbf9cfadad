"""Light, dark, and on a phone: pictures for a person to look at, and axe-core finds nothing."""

import importlib.resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from place import IMAGES, SCREENSHOTS
from site_page import SitePage

LOOKS: dict[str, dict[str, object]] = {
    "desktop": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 780},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def options(look: str) -> dict[str, object]:
    return LOOKS[look]


def test_the_page_can_be_looked_at_and_axe_finds_nothing(site: SitePage, look: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = site.page

    def look_at(name: str, *, all_of_it: bool = False) -> None:
        page.screenshot(path=SCREENSHOTS / f"{look}-{name}.png", full_page=all_of_it, animations="disabled")
        assert _violations(page) == []
        # Nothing is wider than the window.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    look_at("empty")
    site.choose(
        IMAGES / "photo.jpg", IMAGES / "graphic.png", IMAGES / "rotated.jpg", IMAGES / "text.jpg", IMAGES / "README.md"
    )
    site.expect_states("done", "done", "done", "rejected", "refused")
    expect(page.locator(".card.drawn")).to_have_count(3)
    look_at("results", all_of_it=True)
    dialog = site.compare()
    look_at("compare")
    dialog.get_by_role("button", name="400%").click()
    look_at("pixels")


def _violations(page: Page) -> list[Any]:
    axe = importlib.resources.files("axe_playwright_python") / "axe.min.js"
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        {"rule": one["id"], "what": one["help"], "where": [node["target"] for node in one["nodes"]]}
        for one in found["violations"]
    ]
