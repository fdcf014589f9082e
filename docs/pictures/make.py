"""Makes the pictures of the page, from the folder of a run that holds: `python docs/pictures/make.py DIR`.

The run is `pytest suites/ --site scenarios/demo --candidate-config old --report DIR`. Needs Debian's chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_HERE = Path(__file__).parent
_CALL = "desks/desk-to-desk"
_WIDTH = 1200


def main(folder: Path) -> int:
    """Write `hold.png` and `call.png` beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": _WIDTH, "height": 1040}, color_scheme="light")
        page.goto((folder / "index.html").resolve().as_uri())
        page.screenshot(path=_HERE / "hold.png")
        _show_call(page)
        page.screenshot(path=_HERE / "call.png")
        browser.close()
    return 0


def _show_call(page: Page) -> None:
    """Open a call, its ladder, and the line of the log that says what is wrong."""
    page.set_viewport_size({"width": _WIDTH, "height": 900})
    call = page.locator("#scenarios .one").filter(has=page.get_by_text(_CALL, exact=True))
    call.locator("summary").first.click()
    call.get_by_role("button", name="The call, side by side").click()
    step = call.locator(".row.differs", has_text="No application").first
    step.get_by_role("button").click()
    page.mouse.move(0, 0)
    call.locator(".tools").first.evaluate("element => element.scrollIntoView()")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
