"""Before and after: the divider, to the pixel; zoom; moving about."""

import itertools
import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Locator, Page, expect

import photos
from place import IMAGES
from site_page import SitePage

STAGE = ".stage"


def test_the_divider_is_dragged_and_moved_by_keys(site: SitePage) -> None:
    site.drop(IMAGES / "photo.jpg")
    site.expect_states("done")
    dialog = site.compare()
    slider = dialog.get_by_role("slider", name="Divider between before and after")
    expect(slider).to_be_focused()
    assert _edges(site.page) == pytest.approx((0.5, 0.5), abs=0.01)

    site.page.keyboard.press("ArrowRight")
    assert _edges(site.page) == pytest.approx((0.51, 0.51), abs=0.002)
    site.page.keyboard.press("PageDown")
    site.page.keyboard.press("PageDown")
    assert _edges(site.page) == pytest.approx((0.31, 0.31), abs=0.002)
    expect(slider).to_have_attribute("aria-valuetext", "31% before, 69% after")
    site.page.keyboard.press("Home")
    assert _edges(site.page) == pytest.approx((0, 0), abs=0.002)

    box = _box(dialog.locator(STAGE))
    middle = box["y"] + box["height"] / 2
    site.page.mouse.move(box["x"] + 2, middle)
    site.page.mouse.down()
    site.page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=5)
    site.page.mouse.up()
    assert _edges(site.page) == pytest.approx((0.75, 0.75), abs=0.002)
    assert float(slider.input_value()) == pytest.approx(75, abs=0.2)
    # The range's thumb is where the divider is.
    expect(dialog.locator(".caption.before")).to_contain_text("Before · JPEG")
    expect(dialog.locator(".caption.after")).to_contain_text("smaller")


def test_both_sides_are_shown_to_the_pixel(site: SitePage) -> None:
    """At 800 % each pixel of a picture is a square of eight: on the left the source's, on the right the rendition's."""
    source = IMAGES / "rotated.jpg"
    site.drop(source)
    site.expect_states("done")
    [upload] = site.uploads()
    [rendition] = site.place.renditions(upload).values()
    before = ImageOps.exif_transpose(photos.opened(source.read_bytes()))
    after = photos.opened(rendition)
    dialog = site.compare()
    dialog.get_by_role("button", name="800%").click()

    stage = dialog.locator(STAGE)
    seen = photos.opened(stage.screenshot()).convert("RGB")
    placed = _place(stage)

    def difference(picture: Image.Image, share: float) -> int:
        """The worst of 40 x 15 pixels that begin at a share of the stage's width; each is looked at in two corners."""
        left, top = int((seen.width * share - placed["left"]) // 8), int((seen.height * 0.3 - placed["top"]) // 8)
        worst = 0
        for x, y, corner in itertools.product(range(left, left + 40), range(top, top + 15), (1, 6)):
            at = round(placed["left"] + 8 * x + corner), round(placed["top"] + 8 * y + corner)
            there, expected = photos.pixel(seen, *at), photos.pixel(picture, x, y)
            worst = max(worst, *(abs(one - two) for one, two in zip(there, expected, strict=True)))
        return worst

    # Decoders round differently, by a step or two.
    assert difference(before, 0.1) <= 3
    assert difference(after, 0.6) <= 3
    # And the two pictures are not the same.
    assert difference(after, 0.1) > 3
    assert difference(before, 0.6) > 3


def test_zoom_keeps_what_is_under_the_pointer_and_a_drag_moves_the_picture(site: SitePage) -> None:
    site.drop(IMAGES / "photo.jpg")
    site.expect_states("done")
    dialog = site.compare()
    stage = dialog.locator(STAGE)
    readout = dialog.locator("output")
    dialog.get_by_role("button", name="100%").click()
    expect(readout).to_have_text("100%")
    expect(dialog.get_by_role("button", name="100%")).to_have_attribute("aria-pressed", "true")
    assert _place(stage)["width"] == 3264

    box = _box(stage)
    point = (box["width"] * 0.3, box["height"] * 0.4)
    under = _under(stage, point)
    site.page.mouse.move(box["x"] + point[0], box["y"] + point[1])
    site.page.mouse.wheel(0, -120)
    expect(readout).to_have_text("125%")
    assert _under(stage, point) == pytest.approx(under, abs=1)

    placed = _place(stage)
    site.page.mouse.down()
    site.page.mouse.move(box["x"] + point[0] - 100, box["y"] + point[1] - 50, steps=4)
    site.page.mouse.up()
    assert _place(stage)["left"] == pytest.approx(placed["left"] - 100, abs=1)
    assert _place(stage)["top"] == pytest.approx(placed["top"] - 50, abs=1)
    # The divider stayed.
    assert _edges(site.page) == pytest.approx((0.5, 0.5), abs=0.01)

    stage.focus()
    site.page.keyboard.press("ArrowRight")
    assert _place(stage)["left"] == pytest.approx(placed["left"] - 160, abs=1)
    site.page.keyboard.press("0")
    assert _place(stage)["width"] <= box["width"]
    expect(dialog.get_by_role("button", name="Fit")).to_have_attribute("aria-pressed", "true")


def test_a_source_that_the_browser_cannot_show_says_so(site: SitePage) -> None:
    site.drop(IMAGES / "rotated.jpg")
    site.expect_states("done")
    # A TIFF is accepted only where the policy names another format. This one, whose type nobody knows, has become what
    # the photo has.
    state = site.page.request.get(f"{site.place.url}api/uploads/{site.uploads()[0]}").json()
    state["source"]["mediaType"] = "image/tiff"
    event = f"event: status\ndata: {json.dumps(state)}\n\n"
    site.page.route("**/events", lambda route: route.fulfill(content_type="text/event-stream", body=event))
    site.drop_made(("scan", (IMAGES / "formats" / "lzw.tif").read_bytes(), ""))
    site.expect_states("done", "done")
    expect(site.card(1).locator(".facts")).to_contain_text("TIFF → JPEG")
    dialog = site.compare(1)
    expect(dialog.locator(".before .note")).to_have_text("Your browser cannot show TIFF.")
    expect(dialog.locator(".after .note")).to_be_empty()


def test_the_next_image_is_compared_without_closing(site: SitePage, tmp_path: Path) -> None:
    site.choose(photos.snapshot(tmp_path / "one.jpg", 1), photos.snapshot(tmp_path / "two.jpg", 2))
    site.expect_states("done", "done")
    dialog = site.compare()
    expect(dialog.get_by_role("heading")).to_have_text("one.jpg")
    dialog.get_by_role("button", name="Next image").click()
    expect(dialog.get_by_role("heading")).to_have_text("two.jpg")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def _edges(page: Page) -> tuple[float, float]:
    """Where the before side ends and where the after side begins, as shares of the stage: as they are drawn."""
    return tuple(
        page.locator(STAGE).evaluate(
            """stage => {
              // inset(0px 50% 0px 0px): top, right, bottom, left.
              const edge = (pane, at) => {
                const clip = getComputedStyle(stage.querySelector(pane)).clipPath;
                const edges = clip.slice("inset(".length, -1).split(" ");
                return Number.parseFloat(edges[at] ?? edges[1]) / 100;
              };
              return [1 - edge(".pane.before", 1), edge(".pane.after", 3)];
            }"""
        )
    )


def _place(stage: Locator) -> dict[str, float]:
    """Where the picture is in the stage, and how wide."""
    return dict(
        stage.evaluate(
            """stage => {
          const outer = stage.getBoundingClientRect();
          const { left, top, width } = stage.querySelector(".pane.after img").getBoundingClientRect();
          return { left: left - outer.left, top: top - outer.top, width };
        }"""
        )
    )


def _under(stage: Locator, point: tuple[float, float]) -> tuple[float, float]:
    """The picture's pixel at a point of the stage."""
    placed = _place(stage)
    scale = placed["width"] / 3264
    return (point[0] - placed["left"]) / scale, (point[1] - placed["top"]) / scale


def _box(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
