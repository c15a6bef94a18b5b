"""How long the page of a run of 1,000,000 samples takes in a browser, beside its size. A benchmark, not a test.

From the navigation to the frame after all charts are drawn; of the committed runs too. ``--times N`` opens each page so
often. Needs playwright and chromium, as the tests in tests/browser do.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import html
from bench.analyse.analysis import Analysis
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.made import RUNS

#: Milliseconds from the navigation to the second frame from now, when everything drawn so far was painted.
PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""

MARKS = "() => document.querySelectorAll('.canvas .mark').length"


def opened(browser: Browser, path: Path) -> tuple[float, int]:
    """Return the milliseconds until a page is painted, and its number of marks."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.goto(path.as_uri())
    took, marks = float(page.evaluate(PAINTED)), int(page.evaluate(MARKS))
    page.close()
    return took, marks


def main(times: int) -> None:
    """Make the pages, open them, and print a line for each."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in ("large", "backprop", "matmul"):
            run = RUNS[name]()
            started = time.perf_counter()
            text = html.report_page(Analysis(run))
            made = time.perf_counter() - started
            path = Path(folder) / f"{name}.html"
            path.write_text(text, encoding="utf-8")
            samples = sum(len(b.sample_ns) for one in run.rounds for worker in one.workers for b in worker.bursts)
            found = [opened(browser, path) for _time in range(times)]
            took = [each for each, _marks in found]
            print(
                f"{name}: {samples} samples, {path.stat().st_size / 1e3:.0f} kB, {found[0][1]} elements of marks; "
                f"made in {made:.1f} s; painted {statistics.median(took):.0f} ms after the navigation "
                f"(median of {times}, longest {max(took):.0f} ms)"
            )
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    main(parser.parse_args().times)
