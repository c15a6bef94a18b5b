"""What memray's pages are called, and what is said of them."""

from pathlib import Path

from msgspec.structs import replace

from bench.measure.memory_pages import MemoryPage
from bench.report import memory_pages
from bench.worker.untimed import Holder
from tests.builders import USUAL, make_run

CASE = next(arm.case for arm in make_run(USUAL).arms)
DRAWN = MemoryPage(
    case=CASE,
    name="whole",
    file=Path("pages/whole.html"),
    peak_bytes=46_081_906,
    holder=Holder(file=Path("/home/somebody/rows.py"), line=8, function="whole", bytes=23_040_000),
)


def told(page):
    (line,) = memory_pages.section([page]).paragraphs
    return line


def test_a_page_is_called_as_its_implementation_and_as_the_case_where_that_has_several():
    other, wide = replace(CASE, implementation="other"), replace(CASE, layout="x=F,y=C")
    assert memory_pages.names([CASE, CASE, other]) == {CASE.id: CASE.implementation, other.id: "other"}
    assert memory_pages.names([CASE, wide]) == {CASE.id: CASE.name, wide.id: wide.name.replace(",", "-")}


def test_a_line_names_the_file_the_peak_and_the_users_own_line_that_held_most():
    assert told(DRAWN) == (
        "`whole`: `pages/whole.html`; 46.1 MB at the peak, 23.0 MB of that from `rows.py`, line 8 (`whole`)"
    )
    assert told(replace(DRAWN, holder=None)) == (
        "`whole`: `pages/whole.html`; 46.1 MB at the peak, none of it held by a line of your own"
    )
    assert told(replace(DRAWN, peak_bytes=None)) == "`whole`: `pages/whole.html`"


def test_where_there_is_no_page_the_reason_is_told():
    none = MemoryPage(case=CASE, name="octave", reason="it computes in another program")
    assert told(none) == "`octave`: no page, it computes in another program"
    assert memory_pages.of(none)["file"] is None


def test_a_program_gets_the_same_in_numbers():
    assert memory_pages.of(DRAWN) == {
        "id": CASE.id,
        "file": "pages/whole.html",
        "reason": None,
        "peak_bytes": 46_081_906,
        "most_held_by": {"file": "/home/somebody/rows.py", "line": 8, "function": "whole", "bytes": 23_040_000},
    }
