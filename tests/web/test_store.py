"""What the store refuses, of what the API has allowed to be uploaded and read.

Each time, what was allowed is seen to be let through as well: else a test could pass for another reason.
"""

import base64
import json
import os
import time
import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from interface import PHOTO, WAIT_SECONDS, Interface, another, sent, uploaded

BODY = PHOTO.read_bytes()
# More than goes by a form.
LARGE = 17 << 20


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    """How the store refuses: the status, the error's code and its message."""
    error = xml.etree.ElementTree.fromstring(answer.text)
    return answer.status_code, error.findtext("Code", ""), error.findtext("Message", "")


def assert_refused(answer: requests.Response, status: int, code: str, message: str = "") -> None:
    """The answer is this refusal, whose message has this in it."""
    assert refusal(answer)[:2] == (status, code) and message in refusal(answer)[2], answer.text


def tampered(policy: str, change: Callable[[dict[str, Any]], None]) -> str:
    """The policy with a change to what it says."""
    document = json.loads(base64.b64decode(policy))
    change(document)
    return base64.b64encode(json.dumps(document).encode()).decode()


@pytest.fixture
def form(interface: Interface) -> Iterator[dict[str, Any]]:
    """A form for the photo. When the test has seen what is refused, the form as it was is still accepted."""
    begun = interface.begun(len(BODY))
    yield begun["upload"]
    answer = sent(begun["upload"], BODY)
    assert answer.status_code in (201, 204), answer.text
    assert interface.ended(begun["id"])["state"] == "done"


def allow_a_gigabyte(policy: dict[str, Any]) -> None:
    """Raise the size that a policy allows."""
    ranges = [condition for condition in policy["conditions"] if "content-length-range" in condition]
    assert ranges == [["content-length-range", len(BODY), len(BODY)]], "the size is pinned"
    ranges[0][2] = 1 << 30


def test_a_policy_that_was_tampered_with(form: dict[str, Any]) -> None:
    policy = tampered(form["fields"]["policy"], allow_a_gigabyte)
    assert_refused(sent(form, BODY, policy=policy), 403, "SignatureDoesNotMatch")


def test_a_policy_whose_time_was_extended(form: dict[str, Any]) -> None:
    policy = tampered(form["fields"]["policy"], lambda document: document.update(expiration="2099-01-01T00:00:00Z"))
    assert_refused(sent(form, BODY, policy=policy), 403, "SignatureDoesNotMatch")


def test_no_policy(form: dict[str, Any]) -> None:
    unsigned = {name: None for name in form["fields"] if name.lower() not in ("key", "content-type")}
    assert_refused(sent(form, BODY, **unsigned), 403, "AccessDenied")


def test_a_larger_body(form: dict[str, Any]) -> None:
    assert_refused(sent(form, BODY + b"!"), 400, "EntityTooLarge")


def test_a_smaller_body(form: dict[str, Any]) -> None:
    assert_refused(sent(form, BODY[:-1]), 400, "EntityTooSmall")


def test_another_key(form: dict[str, Any]) -> None:
    key = form["fields"]["key"]
    for other in (f"{key}.jpg", "photo.jpg", key.replace("uploads/", "uploads/../"), "${filename}"):
        assert_refused(sent(form, BODY, key=other), 403, "AccessDenied", "$key")


def test_the_key_of_somebody_elses_upload(interface: Interface, form: dict[str, Any]) -> None:
    theirs = interface.begun(len(BODY))
    assert sent(theirs["upload"], BODY).ok
    assert_refused(sent(form, BODY, key=theirs["upload"]["fields"]["key"]), 403, "AccessDenied", "$key")


def test_another_content_type(form: dict[str, Any]) -> None:
    changed = {"Content-Type": "text/html"}
    assert_refused(sent(form, BODY, **changed), 403, "AccessDenied", "Content-Type")


def test_no_content_type(form: dict[str, Any]) -> None:
    """Then the type of the file's own part would count."""
    changed = {"Content-Type": None}
    assert_refused(sent(form, BODY, **changed), 403, "AccessDenied", "Content-Type")


def test_another_bucket(form: dict[str, Any]) -> None:
    source, destination = os.environ["SANDPRESS_SOURCE_BUCKET"], os.environ["SANDPRESS_DESTINATION_BUCKET"]
    assert source in form["url"]
    answer = sent(form, BODY, url=form["url"].replace(source, destination))
    assert_refused(answer, 403, "AccessDenied", "bucket")


@pytest.mark.parametrize(
    "field",
    [
        {"acl": "public-read"},
        {"success_action_redirect": "https://example.org/"},
        {"Cache-Control": "public"},
        {"Content-Disposition": "inline"},
        {"x-amz-meta-sandpress": "1"},
        {"x-amz-website-redirect-location": "https://example.org/"},
    ],
    ids=lambda field: next(iter(field)),
)
def test_a_field_that_the_policy_does_not_name(form: dict[str, Any], field: dict[str, str]) -> None:
    assert_refused(sent(form, BODY, **field), 403, "AccessDenied", "Extra input fields")


def test_what_has_expired() -> None:
    """A form, a part and a picture of a server whose links live for a second."""
    with another(SANDPRESS_UPLOAD_SECONDS="1") as brief:
        kept = uploaded(brief, BODY)
        form = brief.begun(len(BODY))["upload"]
        part = brief.begun(LARGE)["upload"]["parts"][-1]
        brief.ended(kept)
        picture = brief.ended(kept)["source"]["url"]
        assert requests.get(picture, timeout=WAIT_SECONDS).content == BODY
        time.sleep(2)
        assert_refused(sent(form, BODY), 403, "AccessDenied", "Policy expired")
        assert_refused(put(part["url"], bytes(part["size"])), 403, "AccessDenied", "expired")
        assert_refused(requests.get(picture, timeout=WAIT_SECONDS), 403, "AccessDenied", "expired")


def put(url: str, body: bytes) -> requests.Response:
    """Send a part."""
    return requests.put(url, data=body, timeout=WAIT_SECONDS)


def changed(url: str, path: Callable[[str], str] = str, **parameters: str | None) -> str:
    """The link with another path, or with other parameters, or without those that are None."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **parameters}
    left = {name: value for name, value in query.items() if value is not None}
    return parts._replace(path=path(parts.path), query=urlencode(left)).geturl()


@pytest.fixture
def large(interface: Interface) -> Iterator[dict[str, Any]]:
    """An upload in parts, of which none has arrived. When the test has seen what is refused, all are still accepted."""
    begun = interface.begun(LARGE)
    upload = f"api/uploads/{begun['id']}"
    yield begun
    for part in begun["upload"]["parts"]:
        assert put(part["url"], bytes(part["size"])).status_code == 200
    answer = interface.post(f"{upload}/complete", {"size": LARGE})
    assert answer.status_code == 204, answer.text
    assert interface.get(upload).json()["source"]["bytes"] == LARGE


def test_a_part_of_another_length(large: dict[str, Any]) -> None:
    part = large["upload"]["parts"][-1]
    for size in (part["size"] - 1, part["size"] + 1, 0):
        assert_refused(put(part["url"], bytes(size)), 403, "SignatureDoesNotMatch")


def test_a_part_by_the_link_of_another_one(large: dict[str, Any]) -> None:
    part = large["upload"]["parts"][0]
    for number in ("2", "4", "10000"):
        assert_refused(put(changed(part["url"], partNumber=number), bytes(part["size"])), 403, "SignatureDoesNotMatch")


def test_a_part_of_another_upload(interface: Interface, large: dict[str, Any]) -> None:
    theirs = interface.begun(LARGE)
    identity = dict(parse_qsl(urlsplit(theirs["upload"]["parts"][0]["url"]).query))["uploadId"]
    part = large["upload"]["parts"][0]
    assert_refused(put(changed(part["url"], uploadId=identity), bytes(part["size"])), 403, "SignatureDoesNotMatch")
    other = changed(part["url"], lambda path: path.replace(large["id"], theirs["id"]))
    assert_refused(put(other, bytes(part["size"])), 403, "SignatureDoesNotMatch")
    assert requests.delete(f"{interface.url}api/uploads/{theirs['id']}", timeout=WAIT_SECONDS).status_code == 204


def test_a_whole_file_by_the_link_of_a_part(large: dict[str, Any]) -> None:
    part = large["upload"]["parts"][0]
    whole = changed(part["url"], uploadId=None, partNumber=None)
    assert_refused(put(whole, bytes(part["size"])), 403, "SignatureDoesNotMatch")


def test_what_the_link_of_a_picture_is_not_for(interface: Interface) -> None:
    """Another object, another type, and a method that writes."""
    mine, theirs = uploaded(interface, BODY), uploaded(interface, BODY, name="theirs.jpg")
    done = interface.ended(mine)
    for link in (done["source"]["url"], done["renditions"][0]["url"], done["renditions"][0]["downloadUrl"]):
        assert requests.get(link, timeout=WAIT_SECONDS).status_code == 200
        other = changed(link, lambda path: path.replace(mine, theirs).replace("photo.jpg", "theirs.jpg"))
        typed = changed(link, str, **{"response-content-type": "text/html"})
        for answer in (requests.get(other, timeout=WAIT_SECONDS), requests.get(typed, timeout=WAIT_SECONDS)):
            assert_refused(answer, 403, "SignatureDoesNotMatch")
        # Here the local store looks first whether the function's role may do such a thing at all.
        for answer in (put(link, BODY), requests.delete(link, timeout=WAIT_SECONDS)):
            assert answer.status_code == 403 and refusal(answer)[1] in ("SignatureDoesNotMatch", "AccessDenied")


def test_whoever_has_no_link(interface: Interface) -> None:
    """The buckets are not public."""
    done = interface.ended(uploaded(interface, BODY))
    for link in (done["source"]["url"], done["renditions"][0]["url"]):
        assert_refused(requests.get(link.split("?")[0], timeout=WAIT_SECONDS), 403, "AccessDenied")


def test_a_page_of_another_origin(interface: Interface) -> None:
    """The buckets admit the page, and no other."""
    upload = interface.begun(LARGE)
    writes, reads = upload["upload"]["parts"][0]["url"], interface.ended(uploaded(interface, BODY))
    here = interface.url.rstrip("/")
    for link, method in ((writes, "PUT"), (reads["source"]["url"], "GET"), (reads["renditions"][0]["url"], "GET")):
        allowed = {origin: preflight(link, origin, method) for origin in (here, "https://example.org", "null")}
        assert allowed == {here: here, "https://example.org": None, "null": None}, link
    assert preflight(reads["renditions"][0]["url"], here, "PUT") is None, "nobody writes to the destination"


def preflight(link: str, origin: str, method: str) -> str | None:
    """Which origin may send such a request, as a browser asks before it does."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return requests.options(link, headers=headers, timeout=WAIT_SECONDS).headers.get("Access-Control-Allow-Origin")
