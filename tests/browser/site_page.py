"""The page as a person sees it: what they can do, and where things are."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, Request, expect

from place import Place

# An encoder on a machine with two cores that does other things too.
RESULT_MILLISECONDS = 60_000
MADE_IN_THE_PAGE = """
async (files) => {
  const transfer = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
"""
PASTED = MADE_IN_THE_PAGE.replace(
    'new DragEvent("drop", { dataTransfer: transfer,', 'new ClipboardEvent("paste", { clipboardData: transfer,'
)


class SitePage:
    """The page in one tab."""

    def __init__(self, page: Page, place: Place) -> None:
        self.page = page
        self.place = place
        # Parts of messages that the browser logs for what a test does on purpose.
        self.expected_messages: list[str] = []
        self.requests: list[Request] = []
        page.on("request", lambda request: self.requests.append(request))
        self._devtools: CDPSession | None = None

    @property
    def devtools(self) -> CDPSession:
        """The browser's own interface, for what a person does outside the page."""
        if self._devtools is None:
            self._devtools = self.page.context.new_cdp_session(self.page)
            self._devtools.send("Network.enable")
        return self._devtools

    def open(self) -> None:
        self.page.goto(self.place.url)
        expect(self.page.locator("#accepted")).to_contain_text("JPEG")

    def drop(self, *paths: Path) -> None:
        """Drag files and folders of this machine over the page, and drop them."""
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 300, "data": data})

    def drop_made(self, *files: tuple[str, bytes, str]) -> None:
        """Drop files of any name, which no file system needs to allow: name, bytes and type of each."""
        self.page.evaluate(MADE_IN_THE_PAGE, [_made(*file) for file in files])

    def paste(self, *files: tuple[str, bytes, str]) -> None:
        """Paste files."""
        self.page.evaluate(PASTED, [_made(*file) for file in files])

    def choose(self, *paths: Path) -> None:
        """Choose files by the button."""
        self.page.locator("#files").set_input_files(list(paths))

    def card(self, index: int = 0) -> Locator:
        """An image of the list."""
        return self.page.locator(".card").nth(index)

    def expect_states(self, *states: str, timeout: float = RESULT_MILLISECONDS) -> None:
        """Wait until the images are in these states, in order."""
        cards = self.page.locator(".card")
        expect(cards).to_have_count(len(states))
        for index, state in enumerate(states):
            expect(cards.nth(index)).to_have_attribute("data-state", state, timeout=timeout)

    def uploads(self) -> list[str]:
        """The ids of uploads, in the order in which they were begun."""
        return [one["id"] for one in self._answers("POST", "/api/uploads")]

    def compare(self, index: int = 0) -> Locator:
        """Open before and after of an image; the dialog."""
        self.card(index).get_by_role("button", name="Compare").click()
        dialog = self.page.locator("dialog[data-ready]")
        expect(dialog).to_be_visible()
        return dialog

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for what the page's requests tell, while they go on."""
        deadline = time.monotonic() + 15
        while not happened():
            assert time.monotonic() < deadline, "it did not happen within 15 s"
            self.page.wait_for_timeout(50)

    def listen_as_a_screen_reader(self) -> None:
        """Keep what the page says to those who do not see it."""
        self.page.evaluate(
            """() => {
              const live = document.querySelector("[role=status]");
              window.told = [];
              new MutationObserver(() => window.told.push(live.textContent)).observe(live, { childList: true });
            }"""
        )

    def told_to_screen_reader(self) -> list[str]:
        """What it has said since."""
        return list(self.page.evaluate("window.told"))

    def network(self, *, offline: bool = False) -> None:
        """Cut the network, or mend it."""
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.devtools.send("Network.emulateNetworkConditions", conditions)

    def sent_to_store(self) -> list[Request]:
        """Requests that carry an upload's bytes."""
        return [
            one
            for one in self.requests
            if one.method in ("POST", "PUT") and one.url.startswith(self.place.store_origin)
        ]

    def _answers(self, method: str, path: str) -> list[Any]:
        asked = [one for one in self.requests if one.method == method and one.url.split("?")[0].endswith(path)]
        answers = [one.response() for one in asked]
        return [answer.json() for answer in answers if answer is not None and answer.ok]


def _made(name: str, data: bytes, media_type: str) -> dict[str, str]:
    return {"name": name, "type": media_type, "data": base64.b64encode(data).decode()}
