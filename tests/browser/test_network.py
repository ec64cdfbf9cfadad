"""Networks that come and go, and services that ask to be left alone for a moment."""

import re
from pathlib import Path

from playwright.sync_api import Request, Route, expect

import photos
from site_page import SitePage

PART = re.compile(r"[?&]partNumber=(\d+)")


def test_a_network_cut_in_the_middle_of_an_upload_is_waited_for_and_what_has_arrived_is_not_sent_again(
    site: SitePage, heavy_photo: Path
) -> None:
    site.expected_messages.append("net::ERR_INTERNET_DISCONNECTED")
    arrived: list[str] = []
    site.page.on("requestfinished", lambda request: arrived.extend(PART.findall(request.url)))
    # Two of four parts arrive; the other two are on their way when the network goes.
    on_their_way: list[Route] = []
    site.page.route(re.compile("partNumber=[34]"), lambda route: on_their_way.append(route), times=2)
    site.drop(heavy_photo)
    site.wait_until(lambda: len(on_their_way) == 2 and len(arrived) == 2)
    site.network(offline=True)
    for route in on_their_way:
        route.abort("internetdisconnected")
    expect(site.card().locator(".status")).to_have_text("No network. It goes on by itself when the network is back.")
    assert site.card().get_attribute("data-state") == "uploading"

    site.network()
    site.expect_states("done")
    [upload] = site.uploads()
    assert list(site.place.sources(upload).values()) == [heavy_photo.read_bytes()]
    sent = sorted(number for one in site.sent_to_store() for number in PART.findall(one.url))
    assert sent == ["1", "2", "3", "3", "4", "4"], "what had arrived was sent once, and what was cut again"


def test_parts_that_fail_are_sent_again_with_fresh_links(site: SitePage, heavy_photo: Path) -> None:
    site.expected_messages += ["net::ERR_CONNECTION_RESET", "status of 403"]
    fates = iter([403, None])

    def fail(route: Route) -> None:
        status = next(fates, 200)
        if route.request.method != "PUT" or status == 200:
            route.continue_()
        elif status is None:
            route.abort("connectionreset")
        else:
            route.fulfill(status=status, headers={"Access-Control-Allow-Origin": site.place.origin})

    site.page.route(re.compile("partNumber=1&|partNumber=1$"), fail)
    site.drop(heavy_photo)
    site.expect_states("done")
    [upload] = site.uploads()
    assert list(site.place.sources(upload).values()) == [heavy_photo.read_bytes()]
    asked = [one for one in site.requests if f"{upload}/parts" in one.url]
    assert len(asked) == 2, "each failure asks what is missing"


def test_what_the_store_refuses_is_tried_again_by_hand_and_goes_on_where_it_was(
    site: SitePage, heavy_photo: Path
) -> None:
    site.expected_messages += ["status of 400"]
    answer = {"Access-Control-Allow-Origin": site.place.origin}
    site.page.route(re.compile("partNumber=4"), lambda route: route.fulfill(status=400, headers=answer), times=1)
    site.drop(heavy_photo)
    site.expect_states("failed")
    status = site.card().locator(".status")
    expect(status).to_have_text("The store refused the upload (status 400). Try again.")

    site.card().get_by_role("button", name="Try again").click()
    site.expect_states("done")
    [upload] = site.uploads()
    assert list(site.place.sources(upload).values()) == [heavy_photo.read_bytes()]
    sent = [number for one in site.sent_to_store() for number in PART.findall(one.url)]
    assert sent.count("1") == sent.count("2") == 1
    assert sent.count("4") == 2


def test_what_has_arrived_is_not_sent_again_because_its_state_could_not_be_asked_for(
    site: SitePage, tmp_path: Path
) -> None:
    site.expected_messages += ["status of 404", "status of 400"]
    site.page.route("**/events", lambda route: route.fulfill(status=404, body="{}"))
    site.page.route(re.compile("/api/uploads/[^/]+$"), lambda route: route.fulfill(status=400, body="{}"), times=1)
    site.drop(photos.snapshot(tmp_path / "photo.jpg", 2))
    site.expect_states("failed")
    site.card().get_by_role("button", name="Try again").click()
    site.expect_states("done")
    assert len(site.uploads()) == 1
    assert len(site.sent_to_store()) == 1


def test_a_form_that_fails_is_sent_again(site: SitePage, tmp_path: Path) -> None:
    site.expected_messages += ["net::ERR_FAILED", "status of 403"]
    # The link has expired the second time, and so there is another upload.
    fates = iter([0, 403])

    def fail(route: Route) -> None:
        status = next(fates, None)
        if status is None:
            route.continue_()
        elif status == 0:
            route.abort()
        else:
            route.fulfill(status=status, headers={"Access-Control-Allow-Origin": site.place.origin})

    site.page.route(lambda url: url.startswith(site.place.store_origin), lambda route: _posts(route, fail))
    photo = photos.snapshot(tmp_path / "photo.jpg", 3)
    site.drop(photo)
    expect(site.card().locator(".status")).to_contain_text("The next try is in")
    site.expect_states("done")
    [first, second] = site.uploads()
    assert site.place.sources(first) == {}
    assert list(site.place.sources(second).values()) == [photo.read_bytes()]


def test_a_service_that_has_too_much_to_do_is_asked_again_when_it_says(site: SitePage, tmp_path: Path) -> None:
    site.expected_messages += ["status of 429"]
    times: list[float] = []

    def busy(route: Route, request: Request) -> None:
        times.append(site.page.evaluate("performance.now()"))
        if len(times) > 1:
            route.continue_()
            return
        problem = '{"title":"Too Many Requests","status":429,"code":"too-many","detail":"Slow down."}'
        route.fulfill(status=429, headers={"Retry-After": "2"}, content_type="application/problem+json", body=problem)

    site.page.route("**/api/uploads", busy)
    site.drop(photos.snapshot(tmp_path / "photo.jpg", 4))
    expect(site.card().locator(".status")).to_have_text("Many uploads at once: this one goes on in 2 seconds.")
    site.expect_states("done")
    assert times[1] - times[0] >= 2000


def test_what_the_service_refuses_is_said_in_its_words(site: SitePage, tmp_path: Path) -> None:
    site.expected_messages += ["status of 415"]
    problem = '{"title":"Unsupported","status":415,"code":"unsupported-type","detail":"Only these are read: JPEG."}'
    site.page.route(
        "**/api/uploads",
        lambda route: route.fulfill(status=415, content_type="application/problem+json", body=problem),
    )
    site.drop(photos.snapshot(tmp_path / "photo.jpg", 5))
    site.expect_states("failed")
    expect(site.card().locator(".status")).to_have_text("Only these are read: JPEG.")
    expect(site.card().get_by_role("button", name="Try again")).to_be_visible()


def test_states_are_asked_for_where_the_service_does_not_stream(site: SitePage, tmp_path: Path) -> None:
    site.expected_messages += ["status of 404"]
    site.page.route("**/events", lambda route: route.fulfill(status=404, body="{}"))
    site.drop(photos.snapshot(tmp_path / "photo.jpg", 6))
    site.expect_states("done")
    [upload] = site.uploads()
    assert [one for one in site.requests if one.url.endswith(f"/api/uploads/{upload}")]


def _posts(route: Route, fail) -> None:  # type: ignore[no-untyped-def]
    if route.request.method == "POST":
        fail(route)
    else:
        route.continue_()
