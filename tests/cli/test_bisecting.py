"""A search as it asks for comparisons, which are made up here."""

from types import SimpleNamespace

import pytest

from bench.cli import bisecting
from bench.cli.bisecting import Bisector
from bench.errors import Exit
from bench.measure.selection import Selection
from bench.store.records import Settings
from bench.versions.bisection import State
from bench.versions.environments.building import BuildFailed
from bench.versions.sides import Asked
from bench.versions.standing import Standing
from tests.report.sections.test_bisected import commit
from tests.versions.test_bisection import of

PATH = [commit(letter) for letter in "abcdefgh"]
SETTINGS = Settings(seed=7, margin=0.03, rounds=None, budget_s=None, timeout_s=8.0, command=())


@pytest.fixture
def searched(monkeypatch):
    """Return a function that searches where that is said of each commit, and gives what was asked for besides."""

    def searched(standings):
        asked_for = []

        def prepared(asked, wanted, settings, *, place):
            subject = asked.head[0]
            asked_for.append((subject, settings.seed, settings.budget_s))
            if standings[subject] is None:
                raise BuildFailed(f"{subject}: cannot be built")
            return SimpleNamespace(chosen=(), subject=subject)

        def measured(ready, settings, *rule, **others):
            return of(standings[ready.subject])

        monkeypatch.setattr(bisecting, "comparing", SimpleNamespace(prepared=prepared, measured=measured))
        asked = Asked(base="0", head=PATH[-1].commit, problems=("rows",))
        found = Bisector(asked, Selection(implementations=("loop",)), SETTINGS, path=PATH).search("v0", "main")
        return found, asked_for

    return searched


def law(planted, **others):
    """Return what is said of each commit: slower from one on, but for others."""
    return {letter: Standing.SLOWER if letter >= planted else Standing.EQUIVALENT for letter in "abcdefgh"} | others


def test_a_commit_that_cannot_be_built_is_skipped_with_the_reason(searched):
    found, _ = searched(law("e", d=None))
    assert (found.tried[3].state, found.tried[3].reason) == (State.NOT_COMPARABLE, "d: cannot be built")
    assert [PATH[place].subject for place in found.candidates] == ["d", "e"]
    assert searched(law("g", d=None))[0].first == 6


def test_that_bad_cannot_be_built_ends_the_search_as_it_ends_a_comparison(searched):
    with pytest.raises(BuildFailed, match="h: cannot be built") as raised:
        searched(law("e", h=None))
    assert raised.value.exit_code == Exit.WRONG


def test_an_undecided_commit_is_compared_again_in_another_order_for_twice_the_time(searched):
    found, asked_for = searched(law("e", d=Standing.UNDECIDED))
    assert [one for one in asked_for if one[0] == "d"] == [("d", 7, None), ("d", 6, 150.0)]
    assert found.tried[3].state == State.UNDECIDED
    assert found.case == "rows/loop"
