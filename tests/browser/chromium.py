"""The browser that opens the pages: Debian's chromium, driven by playwright."""

from importlib.util import find_spec
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")

#: A machine without a screen and without a network, and nothing done behind the page's back.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def missing() -> str | None:
    """Return what there is to be installed first; None where nothing is missing."""
    if find_spec("playwright") is None:
        return "needs playwright (tox run -e browser)"
    return None if CHROMIUM.is_file() else f"needs {CHROMIUM} (apt-get install chromium)"
