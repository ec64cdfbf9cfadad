"""What the template deploys, as the emulator has it."""

import requests

from interface import PHOTO, WAIT_SECONDS, Interface, uploaded


def test_the_page_the_api_and_an_upload_as_the_template_deploys_them(deployed: Interface) -> None:
    """Through the API of the template, its routes, and the function in the emulator."""
    assert "Content-Security-Policy" in deployed.get("").headers
    assert deployed.get("page/main.js").headers["Content-Type"].startswith("text/javascript")
    assert deployed.get("api/limits").json()["events"] is False
    done = deployed.ended(uploaded(deployed, PHOTO.read_bytes()))
    assert done["state"] == "done" and requests.get(done["renditions"][0]["url"], timeout=WAIT_SECONDS).ok
    for nothing in ("other", "api", "page"):
        assert deployed.get(nothing).status_code == 404, nothing
