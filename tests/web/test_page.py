"""The page and the API, as what they send protects who uses them."""

import re
import uuid
from html.parser import HTMLParser

import pytest
import requests

from interface import IMAGES, PHOTO, WAIT_SECONDS, Interface, another, uploaded

BODY = PHOTO.read_bytes()


def test_the_page_runs_nothing_but_its_own_and_in_no_frame(interface: Interface) -> None:
    answer = interface.get("")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert answer.headers["Content-Type"].startswith("text/html")
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy["style-src"])
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    Inline().feed(answer.text)


class Inline(HTMLParser):
    """Sees that nothing stands in the page that its policy would have to forbid, and all that it loads is its own."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        there = dict(attributes)
        assert "style" not in there, there
        assert tag != "script" or there.get("src"), there
        assert not [name for name in there if name.startswith("on")], there
        loads = [there[name] or "" for name in ("src", "href") if name in there]
        assert not [place for place in loads if ":" in place or place.startswith("/")], loads


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/plain"]
)
def test_what_a_browser_would_run_is_never_of_a_type_that_it_runs(interface: Interface, media_type: str) -> None:
    answer = interface.asked("photo.jpg", media_type, 100)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-type")


def test_a_file_without_a_type_is_one_that_a_browser_only_saves(interface: Interface) -> None:
    form = interface.begun(100, media_type="")["upload"]
    assert form["fields"]["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "name",
    [
        "../../index.html",
        "<img src=x onerror=alert(1)>.jpg",
        "a\r\nSet-Cookie: b=c.jpg",
        "…/é%2f..%2f.jpg",
        "a" * 255 + ".jpg",
        "..",
    ],
    ids=ascii,
)
def test_a_hostile_name_becomes_a_harmless_key(interface: Interface, name: str) -> None:
    begun = interface.begun(100, name=name)
    prefix = f"uploads/{begun['id']}/"
    last = begun["key"].removeprefix(prefix)
    assert begun["key"] == prefix + last and last and last not in (".", "..")
    assert not set(last) & set("/\\<>\"'&%\r\n") and len(last.encode()) <= 255, last


def test_ids_are_random(interface: Interface) -> None:
    """Whoever has the id of an upload has the upload."""
    ids = [uuid.UUID(interface.begun(100)["id"]) for _ in range(50)]
    # Of each version that may be here, the last 62 bits are chosen at random.
    # https://www.rfc-editor.org/rfc/rfc9562#section-5
    chosen = [identity.int & ((1 << 62) - 1) for identity in ids]
    assert all(identity.version in (4, 7) for identity in ids) and len(set(chosen)) == len(chosen)
    # Of each bit there are both values: a counter or a constant would not do that. One chance in 10^12 to be wrong.
    once, always = 0, (1 << 62) - 1
    for bits in chosen:
        once |= bits
        always &= bits
    assert (once, always) == ((1 << 62) - 1, 0)


def test_another_site_begins_no_upload_in_somebodys_browser(interface: Interface) -> None:
    """A form on another site can send no JSON, and a script there is not allowed to."""
    document = '{"name": "photo.jpg", "type": "image/jpeg", "size": 100}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = requests.post(
            f"{interface.url}api/uploads",
            data=document,
            headers={"Content-Type": kind, "Origin": "https://example.org"},
            timeout=WAIT_SECONDS,
        )
        assert answer.status_code == 415, answer.text
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = requests.options(f"{interface.url}api/uploads", headers=asked, timeout=WAIT_SECONDS)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in interface.asked("photo.jpg", "image/jpeg", 100).headers


def test_a_larger_file_than_is_allowed_is_never_signed(interface: Interface) -> None:
    most = interface.get("api/limits").json()["maxBytes"]
    interface.begun(most)
    answer = interface.asked("photo.jpg", "image/jpeg", most + 1)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_who_begins_too_many_uploads_waits() -> None:
    with another(SANDPRESS_UPLOAD_RATE="3") as slow:
        answers = [slow.asked("photo.jpg", "image/jpeg", 100) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[-1].json()["code"] == "too-many" and 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_what_becomes_of_uploads_is_kept_by_no_cache(interface: Interface) -> None:
    for path in (f"api/uploads/{uuid.uuid4()}", "api/uploads/none"):
        assert interface.get(path).headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize(("file", "reason"), [("text.jpg", "unsupported"), ("truncated.jpg", "malformed")])
def test_what_is_rejected_is_told_with_the_reason(interface: Interface, file: str, reason: str) -> None:
    told = interface.ended(uploaded(interface, (IMAGES / file).read_bytes(), name=file))
    assert (told["state"], told["reason"]) == ("rejected", reason) and told["message"], told
