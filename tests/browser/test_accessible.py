"""For everybody, with whatever their browser is told to do without."""

from playwright.sync_api import Browser, expect

from place import Place


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
