"""One browser for all tests, and for each a page of its own, which is watched.

Whatever it logs, asks for or violates is looked at in the end.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

import photos
from place import Place, origin
from site_page import SitePage

# What a page must never do is told to its console, as errors are.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="session")
def place() -> Place:
    return Place.from_environment()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Root, which CI is, has no sandbox of the browser's own.
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), chromium_sandbox=os.getuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def camera_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos.camera(tmp_path_factory.mktemp("photos") / "holiday.jpg")


@pytest.fixture(scope="session")
def heavy_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos.heavy(tmp_path_factory.mktemp("photos") / "heavy.jpg")


@pytest.fixture
def options() -> dict[str, object]:
    """Of the browser's context; a test may have others."""
    return {"viewport": {"width": 1280, "height": 860}}


@pytest.fixture
def context(browser: Browser, options: dict[str, object]) -> Iterator[BrowserContext]:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def site(context: BrowserContext, place: Place) -> Iterator[SitePage]:
    """The page, opened, with an empty list."""
    page = context.new_page()
    page.add_init_script(TELL_VIOLATIONS)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: messages.append(f"uncaught: {error}"))
    page.on("dialog", lambda dialog: messages.append(f"dialog: {dialog.message}"))
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))

    site = SitePage(page, place)
    site.open()
    yield site
    unexpected = [text for text in messages if not any(expected in text for expected in site.expected_messages)]
    assert not unexpected, "the console has errors"
    elsewhere = {url for url in asked if not url.startswith(("blob:", "data:"))} - {
        url for url in asked if origin(url) in (place.origin, place.store_origin)
    }
    assert not elsewhere, "something else than the page's and the store's origin was asked"
