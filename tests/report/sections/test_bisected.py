"""What a search for a commit is told as."""

import pytest
from msgspec.structs import replace

from bench.report import json_bisection
from bench.report.sections.bisected import sections, step
from bench.stats.intervals import Estimate, Interval
from bench.versions.ancestry import Commit
from bench.versions.bisection import Bisection, State, Tried
from bench.versions.standing import Standing
from tests.versions.test_bisection import FOUND, MEASURED


def commit(subject, *parents):
    name = f"{subject:0<40}"
    return Commit(commit=name, parents=parents or ("parent",), author_date="2026-11-26T10:00:00+01:00", subject=subject)


def ratio(value, half_width=0.001):
    interval = Interval(low=value - half_width, high=value + half_width)
    return Estimate(value=value, interval=interval, rounds=12, reason=None)


def measured(state, value, reason=None):
    return Tried(state=state, reason=reason, compared=replace(MEASURED, log_ratio=ratio(value)))


SLOW, FINE = measured(State.SLOWER, 0.1), measured(State.NOT_SLOWER, 0.004)
BROKEN = Tried(state=State.NOT_COMPARABLE, reason="it cannot be built")


def found(*tried, merge=False):
    """Return a search among as many commits, called by letters, of which None was not compared."""
    path = [commit(letter) for letter in "abcdefgh"[: len(tried)]]
    if merge:
        path[1] = commit("b", "a", "side" + 36 * "0")
    slower = tried[-1].state == State.SLOWER
    whole = replace(FOUND, compared=(replace(MEASURED, standing=Standing.SLOWER),) if slower else ())
    return Bisection(
        good="v0 (0000)",
        bad="main (ffff)",
        case="rows[loop]",
        margin=0.03,
        path=tuple(path),
        tried={place: one for place, one in enumerate(tried) if one is not None},
        whole=whole,
        warnings=("something",),
        seconds=61.0,
    )


def told(*tried, **how):
    return [text for section in sections(found(*tried, **how)) for text in section.paragraphs]


def test_the_commit_that_is_slower_first_is_named_with_the_one_before_it():
    answer, *others = told(None, FINE, SLOW, SLOW)
    assert answer == (
        "`c000000000` is the first commit in which `rows[loop]` is slower than in GOOD (v0 (0000)): "
        "by 10.5 % [10.4 %, 10.6 %], against a margin of 3 %."
    )
    assert others == [
        "`c000000000`, by its author on 2026-11-26T10:00:00+01:00: c",
        "The commit before it, `b000000000`, is not slower: time COMMIT/GOOD 1.004x [1.003, 1.005].",
        "3 commits of 4 were measured, in 61 s.",
        "Warning: something",
    ]
    assert "The commit before it is GOOD." in told(SLOW, SLOW)


def test_of_a_merge_it_is_told_how_to_go_on():
    (how,) = [text for text in told(FINE, SLOW, SLOW, merge=True) if "merge" in text]
    assert how == "`b000000000` is a merge: with `side000000` as BAD, the commits that it brought in are searched."


def test_where_skipped_commits_stand_before_it_all_that_it_may_be_are_named():
    texts = told(FINE, BROKEN, measured(State.UNDECIDED, 0.03, "after 32 fresh rounds"), None, SLOW)
    assert texts[0] == (
        "Not decided: the first commit in which `rows[loop]` is slower than in GOOD (v0 (0000)) is one of 4: "
        "`b000000000`, `c000000000`, `d000000000`, `e000000000`."
    )
    assert "Skipped, not comparable (BASE is GOOD, HEAD the commit): `b000000000`, it cannot be built." in texts
    assert "Skipped, undecided (BASE is GOOD, HEAD the commit): `c000000000`, after 32 fresh rounds." in texts
    (left,) = [text for text in texts if text.startswith("Not compared")]
    assert "`d000000000`; a larger --budget" in left


@pytest.mark.parametrize(
    ("last", "beginning", "end"),
    [
        (FINE, "Nothing to find: `rows[loop]` is not slower by 3 % or more in BAD (main (ffff)) than", "1.005]."),
        (Tried(state=State.NOT_SLOWER), "Nothing to find", "the two are the same code."),
        (BROKEN, "Nothing was searched: whether `rows[loop]` is slower", "cannot be built; BASE is GOOD, HEAD is BAD."),
        (measured(State.UNDECIDED, 0.03, "x"), "Nothing was searched", "is undecided: x; BASE is GOOD, HEAD is BAD."),
    ],
)
def test_where_bad_is_not_known_to_be_slower_that_is_the_answer(last, beginning, end):
    first = told(None, None, last)[0]
    assert first.startswith(beginning)
    assert first.endswith(end)


def test_the_table_has_every_commit_that_was_compared_or_may_be_the_one_the_oldest_first():
    (table,) = sections(found(FINE, BROKEN, None, SLOW))[1].tables
    assert [(row[0].text[0], row[6].text) for row in table.rows] == [
        ("a", "not slower"),
        ("b", "not comparable"),
        ("c", "-"),
        ("d", "slower"),
    ]


def test_a_program_gets_the_commit_and_all_that_were_compared():
    said = json_bisection.of(found(FINE, SLOW, SLOW))
    assert said["first_slower"]["commit"] == f"{'b':0<40}"
    assert said["first_slower"]["ratio_commit_over_good"]["value"] == pytest.approx(1.105, abs=1e-3)
    assert [one["verdict"] for one in said["compared"]] == ["not slower", "slower", "slower"]
    assert len(said["candidates"]) == 1
    assert json_bisection.of(found(FINE, FINE))["first_slower"] is None


def test_each_step_is_told_when_it_is_done():
    assert step(commit("a"), SLOW, 3) == "a000000000 a: slower, by 10.5 % [10.4 %, 10.6 %] (3 commits left)"
    assert step(commit("a"), BROKEN, 3) == "a000000000 a: not comparable, it cannot be built (3 commits left)"
    assert step(commit("a"), FINE, 1) == "a000000000 a: not slower (1 commit left)"
    assert step(commit("a"), FINE, 0) == "a000000000 a: not slower"
