"""The search for the commit that became slower, over commits whose truth is known."""

import random
from math import ceil, log1p, log2

import pytest
from msgspec.structs import replace

from bench.stats import gate
from bench.stats.gate import Decision
from bench.stats.intervals import Estimate
from bench.store.worker_records import Outcome
from bench.versions.benchmarks import SAME, Skipped
from bench.versions.bisection import Search, State, Tried, candidates, most_comparisons, said
from bench.versions.comparison import Compared, Comparison
from bench.versions.standing import Standing
from tests import noise

COMMITS = 16
MEASURED = Compared(
    name="rows[loop]",
    title="",
    standing=Standing.SLOWER,
    outcome=Outcome.OK,
    reason=None,
    log_ratio=Estimate(value=0.1, interval=None, rounds=8, reason=None),
    rounds=8,
    suspect=True,
    log_ratios=(0.1,) * 8,
    min_seconds_per_call=None,
    faults_per_call=None,
    counts=(),
    margin=0.03,
)
FOUND = Comparison(
    base="a", head="b", margin=0.03, compared=(), skipped=(), noise=None, resolved=0.01, warnings=(), seconds=1.0
)


def searched(commits, state):
    """Search with `state(place, times)`; return what the search knows in the end, and which places it compared."""
    search, places = Search(commits), []
    while (step := search.next()) is not None:
        places.append(step[0])
        one = state(*step)
        compared = None if one == State.NOT_COMPARABLE else MEASURED
        search.add(step[0], Tried(state=one, compared=compared))
    return search.tried, places


def truth(planted, **skipped):
    """Return the law of a step at a place, with some that end otherwise: ``undecided=(3,)``."""
    known = {place: State(name.replace("_", " ")) for name, places in skipped.items() for place in places}

    def state(place, times):
        return known.get(place, State.SLOWER if place >= planted else State.NOT_SLOWER)

    return state


@pytest.mark.parametrize("commits", [1, 2, 3, 16, 100])
def test_a_step_is_found_wherever_it_is_in_as_few_comparisons_as_halving_takes(commits):
    for planted in range(commits):
        tried, places = searched(commits, truth(planted))
        assert [*candidates(tried)] == [planted]
        assert len(places) <= ceil(log2(commits)) + 1
        assert len(places) == len(set(places))


def test_where_the_last_commit_is_not_slower_nothing_is_searched():
    for state in State:
        if state != State.SLOWER:
            _, places = searched(COMMITS, lambda place, times, always=state: always)
            assert set(places) == {COMMITS - 1}


@pytest.mark.parametrize("kind", ["not_comparable", "undecided"])
def test_a_commit_that_is_skipped_hides_the_step_only_where_it_stands_beside_it(kind):
    for planted in range(COMMITS):
        for skipped in range(COMMITS - 1):
            tried, places = searched(COMMITS, truth(planted, **{kind: (skipped,)}))
            expected = [planted]
            if skipped in tried and skipped == planted:
                expected = [planted, planted + 1]
            elif skipped in tried and skipped == planted - 1:
                expected = [planted - 1, planted]
            assert [*candidates(tried)] == expected
            assert places.count(skipped) == (skipped in tried) * (2 if kind == "undecided" else 1)


def test_however_many_cannot_be_compared_the_step_is_among_the_candidates_and_all_others_were_skipped():
    generator = random.Random(3)
    for _ in range(300):
        broken = tuple(place for place in range(COMMITS - 1) if generator.random() < 0.4)
        planted = generator.randrange(COMMITS)
        tried, _ = searched(COMMITS, truth(planted, not_comparable=broken))
        found = candidates(tried)
        assert planted in found
        assert set(found[:-1]) <= set(broken)


def test_a_long_stretch_that_cannot_be_compared_is_left_in_few_steps():
    broken = tuple(range(75, 126))
    for planted in (10, 60, 150, 190):
        tried, places = searched(200, truth(planted, not_comparable=broken))
        assert [*candidates(tried)] == [planted]
        assert len(places) <= 24


def test_a_commit_that_is_undecided_once_is_compared_again():
    first = truth(9)
    _, places = searched(COMMITS, lambda place, times: first(place, times) if times else State.UNDECIDED)
    assert places[:2] == [COMMITS - 1] * 2


def test_the_comparisons_that_may_decide_anything_by_chance_are_never_more_than_share_the_level():
    generator = random.Random(4)
    for _ in range(200):
        planted = generator.randrange(COMMITS)
        undecided = tuple(place for place in range(COMMITS - 1) if generator.random() < 0.7)
        tried, places = searched(COMMITS, truth(planted, undecided=undecided))
        assert len(places) <= most_comparisons(COMMITS)
        assert planted in candidates(tried)


def gated(generator, model, ratio, rule):
    """Return what a gate says of one commit, on simulated rounds."""

    def rounds(count):
        return [model.log_ratio(generator, ratio, 3) for _ in range(count)]

    first = rounds(rule.screen_rounds)
    if gate.cleared_by_screening(first, 0.03, rule.clearing_level):
        return State.NOT_SLOWER
    if gate.is_slower_early(first, 0.03, rule.comparisons):
        return State.SLOWER
    fresh = rounds(gate.LOOKS[-1])
    decisions = (gate.look(fresh[:count], 0.03, rule.comparisons) for count in gate.LOOKS)
    one = next((one for one in decisions if one != Decision.UNDECIDED), Decision.UNDECIDED)
    return {Decision.SLOWER: State.SLOWER, Decision.CLEARED: State.NOT_SLOWER}.get(one, State.UNDECIDED)


@pytest.mark.parametrize("model", noise.MODELS)
def test_ten_percent_in_one_of_16_commits_is_named_whatever_the_noise(model):
    generator, rule = random.Random(5), gate.rule_of_search(most_comparisons(COMMITS))
    named = 0
    for _ in range(10):
        planted = generator.randrange(COMMITS)

        def state(place, times, planted=planted):
            return gated(generator, noise.MODELS[model], log1p(0.1) if place >= planted else 0.0, rule)

        tried, _ = searched(COMMITS, state)
        if tried[COMMITS - 1].state == State.SLOWER:
            assert planted in candidates(tried)  # never another one
            named += len(candidates(tried)) == 1
    assert named >= (9 if model == "quiet" else 0)


def test_on_code_that_is_slower_by_exactly_the_margin_the_gates_of_a_search_say_nothing_in_19_of_20():
    generator, comparisons = random.Random(6), most_comparisons(COMMITS)
    rule = gate.rule_of_search(comparisons)
    for wrong in (State.SLOWER, State.NOT_SLOWER):
        searches = (
            [gated(generator, noise.QUIET, log1p(0.03), rule) == wrong for _ in range(comparisons)] for _ in range(40)
        )
        assert sum(map(any, searches)) <= 5  # of 40, of which two are expected at most


def of(standing, **how):
    reason = how.pop("reason", None)
    return replace(FOUND, compared=(replace(MEASURED, standing=standing, reason=reason),), **how)


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (of(Standing.SLOWER), State.SLOWER, None),
        (of(Standing.SLOWER, resolved=0.05), State.SLOWER, None),
        (of(Standing.FASTER), State.NOT_SLOWER, None),
        (of(Standing.NOT_SLOWER), State.NOT_SLOWER, None),
        (of(Standing.EQUIVALENT), State.NOT_SLOWER, None),
        (of(Standing.EQUIVALENT, resolved=0.05), State.UNDECIDED, "this machine was too noisy for the margin"),
        (of(Standing.EQUIVALENT, unbuilt="a.c was not built"), State.NOT_COMPARABLE, "a.c was not built"),
        (of(Standing.UNDECIDED, reason="after 32 fresh rounds"), State.UNDECIDED, "after 32 fresh rounds"),
        (of(Standing.WRONG, reason="HEAD is wrong"), State.NOT_COMPARABLE, "HEAD is wrong"),
        (of(Standing.NOT_COMPARABLE, reason="BASE is wrong"), State.NOT_COMPARABLE, "BASE is wrong"),
        (replace(FOUND, skipped=(Skipped(name="a", reason=SAME),)), State.NOT_SLOWER, "the same code as GOOD"),
        (replace(FOUND, skipped=(Skipped(name="a", reason="new"),)), State.NOT_COMPARABLE, "new"),
        (FOUND, State.NOT_COMPARABLE, "the problem is not there"),
    ],
)
def test_a_commit_is_what_the_gate_says_of_it_and_nothing_is_passed_that_was_not_compared(found, state, reason):
    tried = said(found)
    assert (tried.state, tried.reason) == (state, reason)
