"""Small, fast, and without a word in two places."""

import base64
import gzip
import hashlib
import math
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Response

from place import Place, origin
from site_page import SitePage

BUDGET_BYTES = 60_000
FIRST_PAINT_MILLISECONDS = 1000
# Lighthouse's slow 4G as it is applied to requests one by one: a round trip of 150 ms, of which each request takes 3.75,
# and 1.6 Mbit/s of which 90 % carry something.
LATENCY_MILLISECONDS = 150 * 3.75
BYTES_PER_SECOND = 1.6e6 * 0.9 / 8


def test_all_that_the_page_loads_is_within_its_budget(
    browser: Browser, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {one.url: one.body for one in _opened(browser, place) if "/api/" not in one.url}
    assert len(files) > 5
    packed = {url.rsplit("/", 1)[-1] or "index.html": len(gzip.compress(data, 9)) for url, data in files.items()}
    total = sum(packed.values())
    with capsys.disabled():
        print(f"\n{total} bytes by gzip -9 in {len(packed)} files: {packed}")
    assert total < BUDGET_BYTES


def test_the_first_paint_on_a_slow_network_is_within_a_second(
    browser: Browser, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    # The fastest of five: what else this machine does at the moment is not the page's.
    paints: list[float] = []
    while len(paints) < 5 and min(paints, default=math.inf) >= FIRST_PAINT_MILLISECONDS:
        paints.append(_first_paint(browser, place))
    with capsys.disabled():
        print(f"\nfirst contentful paint on slow 4G: {', '.join(f'{paint:.0f} ms' for paint in paints)}")
    assert min(paints) < FIRST_PAINT_MILLISECONDS


def test_nothing_is_parsed_as_html_and_nothing_is_inline_but_the_style(browser: Browser, place: Place) -> None:
    loaded = _opened(browser, place)
    scripts = [one.body.decode() for one in loaded if one.url.endswith(".js")]
    assert len(scripts) > 5
    for script in scripts:
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", script) == []
    page = next(one for one in loaded if one.url == place.url)
    html, policy = page.body.decode(), page.headers["content-security-policy"]
    assert re.findall(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []
    # But for the style, which the policy knows by its digest.
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_says_the_same_before_and_after_its_scripts_have_run(
    browser: Browser, place: Place, site: SitePage
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.url)
    said = {node.get_attribute("data-text"): node.inner_text() for node in page.locator("[data-text]").all()}
    context.close()
    texts = site.page.evaluate("import('./page/texts.js').then(({ texts }) => texts)")
    assert said
    assert {key: texts.get(key) for key in said} == said


def test_a_token_leaves_the_address_and_goes_with_each_request(browser: Browser, place: Place) -> None:
    context = browser.new_context()
    page = context.new_page()
    with page.expect_request("**/api/limits") as asked:
        page.goto(f"{place.url}#token=secret.of.someone")
    assert asked.value.headers["authorization"] == "Bearer secret.of.someone"
    assert page.evaluate("location.href") == place.url
    context.close()


@dataclass(frozen=True)
class Loaded:
    """What a server answered, unpacked."""

    url: str
    headers: dict[str, str]
    body: bytes


def _opened(browser: Browser, place: Place) -> list[Loaded]:
    """What was loaded from the page's own origin until nothing more came."""
    context = browser.new_context()
    page = context.new_page()
    responses: list[Response] = []
    page.on("response", lambda one: responses.append(one) if origin(one.url) == place.origin else None)
    page.goto(place.url, wait_until="networkidle")
    loaded = [Loaded(one.url, one.headers, one.body()) for one in responses]
    context.close()
    return loaded


def _first_paint(browser: Browser, place: Place) -> float:
    context = browser.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND / 2}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MILLISECONDS, **speed})
    page.goto(place.url)
    paints = page.evaluate("performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)")
    context.close()
    if not paints:
        pytest.fail("nothing was painted")
    return float(paints[0])
