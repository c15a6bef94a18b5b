"""One browser for the tests of a file, and the pages that they open. Where there is none they are skipped.

IMPLBENCH_BROWSER=required (tox run -e browser) makes that an error. IMPLBENCH_SCREENSHOTS names a folder in which the
pictures of the pages are kept.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

#: Opens and shows everything; tells whether every chart has its picture.
UNFOLD = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  for (const one of document.querySelectorAll('.group')) one.hidden = false;
}"""
DRAWN = "() => [...document.querySelectorAll('figure[data-chart]')].every((one) => one.querySelector('.canvas svg'))"


@dataclass
class Opened:
    """A page, and what happened since it was opened."""

    page: Any
    troubles: list[str] = field(default_factory=list)
    """Errors and warnings on the console, and exceptions that nobody caught."""
    requests: list[str] = field(default_factory=list)

    def unfold(self) -> None:
        """Open all that has to be opened, show every condition, and wait until all charts are drawn."""
        self.ask(UNFOLD)
        self.page.wait_for_function(DRAWN)

    def ask(self, script: str, *arguments: Any) -> Any:
        """Return what a function of JavaScript returns in the page."""
        return self.page.evaluate(script, *arguments)

    def until(self, script: str) -> None:
        """Wait until a function of JavaScript returns what is true: what a click leads to may come after the click."""
        self.page.wait_for_function(script)


@pytest.fixture(scope="module")  # not of the session: it is a process, and other files count those
def chromium() -> Iterator[Any]:
    """Return a browser, which is gone when the tests are."""
    from tests.browser.chromium import CHROMIUM, FLAGS, missing

    lacking = missing()
    if lacking is not None:
        (pytest.fail if os.environ.get("IMPLBENCH_BROWSER") == "required" else pytest.skip)(lacking)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _opened(chromium: Any, path: Path, *, width: int = 1600, unfolded: bool = False, **options: Any) -> Opened:
    """Return a file opened in a window without a network, in a profile of its own; `unfolded`: with all of it seen."""
    context = chromium.new_context(offline=True, viewport={"width": width, "height": 900}, **options)
    found = Opened(context.new_page())
    found.page.set_default_timeout(10_000)
    found.page.on("console", lambda told: found.troubles.append(told.text) if told.type != "log" else None)
    found.page.on("pageerror", lambda error: found.troubles.append(str(error)))
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.goto(path.as_uri())
    if unfolded:
        found.unfold()
    return found


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Return what opens a file for one test alone, which may do to it what it likes: `visit(path, width=400)`."""
    found: list[Opened] = []

    def visited(path: Path, **options: Any) -> Opened:
        found.append(_opened(chromium, path, **options))
        return found[-1]

    yield visited
    for one in found:
        one.page.context.close()


@pytest.fixture(scope="module")
def read(chromium: Any, pages: Callable[[str], Path]) -> Callable[[str], Opened]:
    """Return what opens all of a page of `made.PAGES` once, for all tests that leave it as they found it."""
    found: dict[str, Opened] = {}

    def opened(name: str) -> Opened:
        if name not in found:
            found[name] = _opened(chromium, pages(name), unfolded=True)
        return found[name]

    return opened


@pytest.fixture(scope="module")
def pages(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what makes a page of `made.PAGES`, once."""
    from tests.browser.made import PAGES

    folder = tmp_path_factory.mktemp("pages")

    def page(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.is_file():
            path.write_text(PAGES[name](), encoding="utf-8")
        return path

    return page


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a static site of 30 runs, one of whose cases changed."""
    from bench.html import publishing
    from tests.histories import write

    folder = tmp_path_factory.mktemp("published")
    write(folder / "results", 30)
    publishing.publish(folder / "results", folder / "site", tell=lambda _note: None, commits=lambda _found: {})
    return folder / "site"
