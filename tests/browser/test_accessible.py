"""For everybody: axe-core finds nothing, without JavaScript there is a word, and the rest is in the open."""

import importlib.resources
from typing import Any

import pytest
from place import IMAGES, Place
from playwright.sync_api import Browser, Page, expect
from site_page import SitePage

LOOKS: list[dict[str, object]] = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
]


class TestInEveryLook:
    """Light, dark, on a phone."""

    @pytest.fixture(params=LOOKS, ids=["light", "dark", "phone"])
    def options(self, request: pytest.FixtureRequest) -> dict[str, object]:
        return dict(request.param)

    def test_axe_finds_nothing(self, site: SitePage) -> None:
        assert _violations(site.page) == []
        site.drop_made(
            ("photo.jpg", (IMAGES / "rotated.jpg").read_bytes(), "image/jpeg"),
            ("text.jpg", (IMAGES / "text.jpg").read_bytes(), "image/jpeg"),
            ("notes.txt", b"to do", "text/plain"),
            ("cancelled.png", (IMAGES / "graphic.png").read_bytes(), "image/png"),
        )
        site.expect_states("done", "rejected", "refused", "done")
        assert _violations(site.page) == []
        site.compare()
        assert _violations(site.page) == []


def test_without_javascript_the_page_says_what_is_missing(browser: Browser, place: Place) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Drop images, see what they become")
    # Looked for by its place, since a search for texts leaves out <noscript>.
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("noscript p")).to_contain_text("This page needs JavaScript")
    expect(page.get_by_text("Choose images")).to_be_hidden()
    context.close()


def test_motion_is_left_out_where_it_is_not_wanted(browser: Browser, place: Place) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(place.url)
    button = page.locator("label[for=files]")
    assert button.evaluate("label => getComputedStyle(label).transitionDuration") in ("0s", "")
    context.close()


def _violations(page: Page) -> list[Any]:
    axe = importlib.resources.files("axe_playwright_python") / "axe.min.js"
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        {"rule": one["id"], "what": one["help"], "where": [node["target"] for node in one["nodes"]]}
        for one in found["violations"]
    ]
