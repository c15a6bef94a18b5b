"""What changed, as somebody whose code became slower reads it."""

import re

import pytest
from msgspec.structs import replace

from bench.report.json_comparison import of_comparison
from bench.report.markdown import titled_page
from bench.report.sections.comparison import sections
from bench.report.terminal import rendered
from bench.report.terminal.screen import Screen
from bench.stats.intervals import Estimate, Interval
from bench.versions.changes import changes
from bench.versions.comparison import compared
from bench.versions.standing import Standing
from tests.differing import LOOP, SHAPE, TWICE, call, function, worker
from tests.versions.test_comparison import MARGIN, SAME, SLOW, UNDECIDED, comparison

COMMAND = ("implbench", "compare", "main", "--problem", "my rows.py")


def told(*workers, one=SLOW, name="rows/loop"):
    """Return the comparison of a benchmark that was explained."""
    seen = changes(workers, seconds=None, faults=None) if workers else None
    judged = replace(compared(one, MARGIN, 0.01), name=name, changes=seen)
    return replace(comparison(one), compared=(judged,), is_explained=True, command=COMMAND)


def section(found):
    return next(one for one in sections(found) if one.title == "What changed")


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        (
            TWICE,
            ("`rows/loop`: `np.add` on (64, 64) C x (64, 64) C is called 200 times instead of 100; `pairs` (rows.py) "
            "takes 90 % longer itself, called 200 times instead of 100."),
        ),
        (
            SHAPE,
            ("`rows/loop`: `np.exp` on (1000, 10) C is called once (not seen in BASE); `np.exp` on (100, 10) C is no "
            "longer seen (once in BASE)."),
        ),
        (
            LOOP,
            ("`rows/loop`: `np.matmul` on (64, 64) C x (64,) C is called 64 times (not seen in BASE); `np.matmul` on "
            "(64, 64) C x (64, 64) C is no longer seen (once in BASE); `gram` (rows.py) takes 3.0 times as long "
            "itself."),
        ),
        (
            (worker(), worker(calls=tuple(call("add", (size,)) for size in range(2, 30)))),
            "`rows/loop`: NumPy calls: 28 instead of 0.",
        ),
        (
            (worker(), worker(functions=(function("new"),))),
            "`rows/loop`: `new` (rows.py) takes 100 us itself (not seen in BASE).",
        ),
        (
            (TWICE[1], TWICE[0]),
            "`rows/loop`: nothing that was seen goes with its time; what compiled code does within itself is not seen.",
        ),
        (
            (TWICE[0], replace(TWICE[0], functions=None)),
            ("`rows/loop`: nothing that was seen has changed; what compiled code does within itself is not seen. "
            "Not seen: Python functions."),
        ),
        (
            (),
            ("`rows/loop` could not be explained: looking at what it does took too long (`--timeout`), or ended a "
            "worker."),
        ),
    ],
)  # fmt: skip
def test_a_sentence_says_what_goes_with_the_slowdown(workers, said):
    assert section(told(*workers)).paragraphs[0] == said


def test_of_what_is_faster_it_says_what_there_is_less_of():
    log_ratio = Estimate(value=-0.5, interval=Interval(low=-0.6, high=-0.4), rounds=8, reason=None)
    found = told(TWICE[1], TWICE[0])
    one = replace(found.compared[0], standing=Standing.FASTER, log_ratio=log_ratio)
    said = section(replace(found, compared=(one,))).paragraphs[0]
    assert said.endswith("`pairs` (rows.py) takes 47 % less itself, called 100 times instead of 200.")


def test_where_the_direction_is_unknown_counts_alone_are_told():
    (said, *_) = section(told(*TWICE, one=SAME)).paragraphs
    assert said.endswith("is called 200 times instead of 100; `pairs` (rows.py) is called 200 times instead of 100.")


def test_the_table_has_both_sides_and_the_factor_the_largest_first():
    (table,) = section(told(*LOOP)).tables
    rows = [[cell.text for cell in row] for row in table.for_people().rows]
    assert rows[:2] == [
        ["own time of gram (rows.py)", "30.0 us", "90.0 us", "3.00x"],
        ["np.matmul on (64, 64) C x (64,) C", "0", "64", "-"],
    ]
    gone = (worker(functions=(function("old"), function("kept"))), worker(functions=(function("kept"),)))
    (table,) = section(told(*gone)).tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["own time of old (rows.py)", "100 us", "-", "gone"],
        ["calls of old (rows.py)", "1", "0", "gone"],
    ]


def test_people_see_ten_rows_and_programs_all():
    many = told(worker(), worker(functions=tuple(function(f"f{index}", own_us=10 * index + 10) for index in range(8))))
    (table,) = section(many).tables
    assert (len(table.rows), table.title) == (10, "rows/loop, the largest 10 of 16 changes")
    (one,) = of_comparison(many)["benchmarks"]
    assert len(one["changes"]) == 16
    assert one["changes"][0] == {
        "what": "own time of f7 (rows.py)",
        "sort": "own time of a function",
        "name": "f7",
        "where": "rows.py",
        "unit": "seconds",
        "base": 0.0,
        "head": pytest.approx(80e-6),
        "head_over_base": None,
    }
    assert one["not_seen"] == []


def test_a_terminal_shows_the_table_within_its_width_above_the_answer():
    shown = rendered(sections(told(*LOOP)), Screen(width=80, colour=False))
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.index("own time of gram") < shown.index("Slower: ")


def test_a_pull_request_shows_the_sentence_and_folds_the_table():
    page = titled_page("compare", sections(told(*TWICE)), files=False)
    before, _, folded = page.partition("<details>\n<summary>rows/loop</summary>\n\nCounts are of one call")
    assert "takes 90 % longer itself" in before
    assert "| own time of pairs (rows.py) | 100\xa0us | 190\xa0us | 1.90x |" in folded
    assert folded.index("</details>") < folded.index("## What threatens")


def test_names_of_functions_are_text_in_a_pull_request():
    hostile = function("<script>`|\x1b[31m](javascript:)", file="[a](b).py", own_us=900)
    page = titled_page("compare", sections(told(worker(), worker(functions=(hostile,)))), files=False)
    beside_code = re.sub("`[^`]*`", "", page)
    assert "<script" not in beside_code
    assert "\x1b" not in page
    assert not re.search(r"(?<!\\)\]\(", beside_code)


def test_nothing_is_said_where_nobody_asked_and_the_next_step_is_told_in_the_users_own_words():
    found = replace(comparison(SLOW), command=COMMAND)
    assert "What changed" not in [one.title for one in sections(found)]
    hint = "Why: `implbench compare main --problem 'my rows.py' --explain`"
    assert hint in sections(found)[0].paragraphs
    assert hint in sections(replace(comparison(UNDECIDED), command=COMMAND))[0].paragraphs
    for quiet in (told(*TWICE), replace(comparison(SAME), command=COMMAND), comparison(SLOW)):
        assert not any(one.startswith("Why: ") for one in sections(quiet)[0].paragraphs)


def test_of_many_only_what_changed_its_time_is_explained():
    found = told(*TWICE)
    (slow,) = found.compared
    same = replace(slow, name="rows/same", standing=Standing.EQUIVALENT)
    many = section(replace(found, compared=(slow, same, same, same)))
    assert [one.partition(":")[0] for one in many.paragraphs[:-1]] == ["`rows/loop`"]
    few = section(replace(found, compared=(slow, same)))
    assert [one.title for one in few.tables] == ["rows/loop", "rows/same"]
