"""Which lines of a source a page marks."""

import re

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.html import hot_lines, report_page
from bench.store.profile_records import Line
from tests.builders import Spec
from tests.explained import Does, make_explained

SOURCE = "def loop(x):\n    total = 0\n    for one in x:\n        total += one  # <b>\n    return total\n"

LINES = (
    Line(file="rows.py", number=4, text="total += one  # <b>", times=20_000, share=0.61),
    Line(file="rows.py", number=3, text="for one in x:", times=20_001, share=0.2),
    Line(file="rows.py", number=2, text="total = 0", times=1, share=0.01),
    Line(file="rows.py", number=5, text="another line stands there now", times=1, share=0.3),
    Line(file="other.py", number=1, text="def loop(x):", times=1, share=0.3),
)


def run(lines=LINES, watched=1.0):
    does = {"loop": Does(lines=lines, lines_watched=watched)}
    made = make_explained([Spec(name="loop", ms=90.0, baseline=True)], does)
    return replace(made, sources={"loop": {"rows.py": SOURCE}})


def test_lines_that_take_much_of_the_time_are_marked():
    found = hot_lines.shown(run(), {"loop": {"rows.py": SOURCE}})["loop"]["rows.py"]
    assert [one.text for one in found] == SOURCE.split("\n")
    assert [one.mark for one in found] == ["", "", "some", "much", "", ""]
    assert found[3].told == "about 61 % of the time, 20,000 times"


def test_of_a_beginning_the_marks_say_so():
    found = hot_lines.shown(run(watched=0.3), {"loop": {"rows.py": SOURCE}})["loop"]["rows.py"]
    assert found[3].told == "about 61 % of the first 30 %, 20,000 times"


def test_in_a_part_of_a_file_a_line_is_found_by_its_text():
    part = "def loop(x):\n    for one in x:\n        total += one  # <b>\n    return total\n"
    found = hot_lines.shown(run(), {"loop": {"rows.py": part}})["loop"]["rows.py"]
    assert [one.mark for one in found] == ["", "some", "much", "", ""]
    twice = hot_lines.shown(run(), {"loop": {"rows.py": part + part}})["loop"]["rows.py"]
    assert not any(one.mark for one in twice)


def test_the_page_has_the_source_as_it_is_and_the_marks():
    page = report_page(Analysis(run()), None)
    (code,) = re.findall(
        r'<pre role="region" aria-label="rows.py" tabindex="0"><code class="timed">(.*?)</code>', page, re.S
    )
    assert (
        '<mark class="much" title="about 61 % of the time, 20,000 times" data-share="61 %" data-times="20,000 times">'
        "        total += one  # &lt;b&gt;</mark>" in code
    )
    assert re.sub(r"</?mark[^>]*>", "", code).replace("&lt;", "<").replace("&gt;", ">") == SOURCE


def test_nothing_is_marked_where_nobody_looked():
    assert "<mark" not in report_page(Analysis(run(None)), None)
