"""What a person gives to the page, and what they get."""

import datetime
import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

import photos
from place import IMAGES
from site_page import SitePage


def test_a_photo_of_12_megapixels_that_is_dropped_becomes_smaller(site: SitePage, camera_photo: Path) -> None:
    site.drop(camera_photo)
    site.expect_states("done")

    [upload] = site.uploads()
    [source] = site.place.sources(upload).values()
    [rendition] = site.place.renditions(upload).values()
    assert source == camera_photo.read_bytes()
    assert len(rendition) < len(source)
    assert photos.opened(rendition).size == photos.CAMERA

    card = site.card()
    expect(card.locator(".badge")).to_have_text(f"{_percent(1 - len(rendition) / len(source))} smaller")
    facts = card.locator(".facts")
    expect(facts).to_contain_text("4000 × 3000")
    expect(facts).to_contain_text("JPEG")
    expect(facts).to_contain_text(re.compile(r"Ready after[\d.]+ s"))
    expect(facts).to_contain_text(re.compile(r"Encoder\S+ \d+\.\d+\.\d+"))
    expect(site.page.locator("#saved")).to_contain_text("MB saved")
    # The thumbnail is drawn.
    expect(card).to_have_class(re.compile("drawn"))

    with site.page.expect_download() as download:
        card.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == rendition
    assert download.value.suggested_filename == "holiday.jpg"


def test_twenty_files_at_once_are_sent_a_few_at_a_time(site: SitePage, tmp_path: Path) -> None:
    files = [photos.snapshot(tmp_path / f"{number:02}.jpg", number) for number in range(20)]
    under_way: set[object] = set()
    most = 0

    def begins(request: object) -> None:
        nonlocal most
        if request in site.sent_to_store():
            under_way.add(request)
            most = max(most, len(under_way))

    site.page.on("request", begins)
    for event in ("requestfinished", "requestfailed"):
        site.page.on(event, lambda request: under_way.discard(request))
    site.listen_as_a_screen_reader()
    site.choose(*files)
    site.expect_states(*["done"] * 20)

    assert len(set(site.uploads())) == 20
    assert 1 < most <= 3
    sources = [next(iter(site.place.sources(upload).values())) for upload in site.uploads()]
    renditions = [next(iter(site.place.renditions(upload).values())) for upload in site.uploads()]
    assert sorted(sources) == sorted(path.read_bytes() for path in files)
    share = 1 - sum(map(len, renditions)) / sum(map(len, sources))
    expect(site.page.locator("#saved")).to_contain_text(f"({_percent(share)})")
    expect(site.page.locator("#progress")).to_have_text("20 of 20 images done")
    # A screen reader is told of a few by name, and of more in one sentence.
    expect(site.page.locator("#live")).to_contain_text("done")
    told = site.told_to_screen_reader()
    assert told
    assert all(text.count("smaller") <= 3 for text in told)


def test_a_text_named_jpg_is_rejected_in_words(site: SitePage) -> None:
    site.choose(IMAGES / "text.jpg", IMAGES / "truncated.jpg")
    site.expect_states("rejected", "rejected")

    expect(site.card(0).locator(".status")).to_contain_text(
        "This is not an image of a kind that is read here, whatever its name says."
    )
    expect(site.card(1).locator(".status")).to_contain_text("The image is damaged")
    for index, upload in enumerate(site.uploads()):
        assert site.place.renditions(upload) == {}
        expect(site.card(index).get_by_role("button", name="Remove")).to_be_visible()
        expect(site.card(index).get_by_role("link", name="Download")).to_have_count(0)
    expect(site.page.locator("#progress")).to_have_text("0 of 2 images done, 2 need your attention")
    expect(site.page.locator("#live")).to_contain_text("truncated.jpg")


def test_200_megabytes_are_refused_before_a_byte_is_sent(site: SitePage, tmp_path: Path) -> None:
    large = tmp_path / "panorama.jpg"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    site.drop(large)
    site.expect_states("refused")

    expect(site.card().locator(".status")).to_contain_text("Too large: it has 200 MB")
    expect(site.card().locator(".status")).to_contain_text("Nothing was sent.")
    assert [one.url for one in site.requests if one.method not in ("GET", "HEAD")] == []


def test_what_is_clearly_no_image_is_refused_before_a_byte_is_sent(site: SitePage) -> None:
    site.drop_made(("notes.txt", b"to do", "text/plain"), ("nothing.png", b"", "image/png"))
    site.expect_states("refused", "refused")

    expect(site.card(0).locator(".status")).to_contain_text("Not an image of a kind that is read here.")
    expect(site.card(1).locator(".status")).to_contain_text("The file is empty.")
    assert [one.url for one in site.requests if one.method not in ("GET", "HEAD")] == []


@pytest.mark.parametrize("way", ["dropped", "chosen"])
def test_a_folder_is_gone_through_and_what_is_no_image_in_it_is_left_out(
    site: SitePage, tmp_path: Path, way: str
) -> None:
    folder = tmp_path / "holidays"
    (folder / "beach" / "day 2").mkdir(parents=True)
    photos.snapshot(folder / "first.jpg", 1)
    photos.snapshot(folder / "beach" / "day 2" / "second.jpg", 2)
    (folder / "notes.txt").write_text("to do")
    (folder / ".hidden.jpg").write_text("of a system")
    if way == "dropped":
        site.drop(folder)
    else:
        site.page.locator("#folder").set_input_files(folder)
    site.expect_states("done", "done")

    assert sorted(site.page.locator(".card h3").all_inner_texts()) == ["first.jpg", "second.jpg"]
    expect(site.page.locator("#notice")).to_have_text("2 files in the folder cannot be compressed, and were left out.")


def test_an_image_can_be_pasted(site: SitePage) -> None:
    site.paste(("image.png", (IMAGES / "graphic.png").read_bytes(), "image/png"))
    site.expect_states("done")
    [upload] = site.uploads()
    assert [data[:8] for data in site.place.renditions(upload).values()] == [b"\x89PNG\r\n\x1a\n"]


def test_an_upload_is_cancelled_and_then_tried_again(site: SitePage, heavy_photo: Path) -> None:
    # Two of four parts have arrived.
    on_their_way: list[Route] = []
    site.page.route(re.compile("partNumber=[34]"), lambda route: on_their_way.append(route), times=2)
    site.drop(heavy_photo)
    site.wait_until(lambda: len(on_their_way) == 2)
    with site.page.expect_response(lambda response: response.request.method == "DELETE") as removed:
        site.card().get_by_role("button", name="Cancel").click()
    assert removed.value.status == 204
    site.expect_states("cancelled")
    [first] = site.uploads()
    assert site.place.sources(first) == {}
    assert site.place.parts_under_way(first) == []
    # Focus did not fall out of the list with the button.
    expect(site.card().get_by_role("button", name="Try again")).to_be_focused()

    site.card().get_by_role("button", name="Try again").click()
    site.expect_states("done")
    [_, second] = site.uploads()
    assert list(site.place.sources(second).values()) == [heavy_photo.read_bytes()]


def test_links_that_have_grown_old_are_fetched_anew(site: SitePage, tmp_path: Path) -> None:
    site.drop(photos.snapshot(tmp_path / "photo.jpg", 1))
    site.expect_states("done")
    [upload] = site.uploads()
    site.page.clock.set_fixed_time(datetime.datetime.now() + datetime.timedelta(hours=1))
    with site.page.expect_request(f"**/api/uploads/{upload}"), site.page.expect_download() as download:
        site.card().get_by_role("link", name="Download").click()
    assert [download.value.path().read_bytes()] == list(site.place.renditions(upload).values())


def test_an_image_is_removed_from_the_list(site: SitePage, tmp_path: Path) -> None:
    site.choose(photos.snapshot(tmp_path / "one.jpg", 1), photos.snapshot(tmp_path / "two.jpg", 2))
    site.expect_states("done", "done")
    site.card(0).get_by_role("button", name="Remove").click()
    site.expect_states("done")
    expect(site.page.locator(".card h3")).to_be_focused()
    expect(site.page.locator("#progress")).to_have_text("1 of 1 image done")
    site.page.get_by_role("button", name="Clear list").click()
    expect(site.page.locator("#results")).to_be_hidden()


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
