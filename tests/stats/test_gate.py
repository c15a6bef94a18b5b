"""What the gate says, on simulated rounds whose truth is known."""

import random
from math import log

import pytest

from bench.stats import gate, intervals
from bench.stats.gate import Decision

MARGIN = 0.03


def rounds(generator, slowdown, count, sd=0.008):
    return [log(1 + slowdown) + generator.gauss(0, sd) for _ in range(count)]


def decided(generator, slowdown, suspects):
    """Return the decision on one suspect at its looks, and the rounds that took."""
    fresh = rounds(generator, slowdown, gate.LOOKS[-1])
    for count in gate.LOOKS:
        decision = gate.look(fresh[:count], MARGIN, suspects)
        if decision != Decision.UNDECIDED:
            return decision, count
    return Decision.UNDECIDED, gate.LOOKS[-1]


def test_identical_code_is_nearly_always_cleared_by_the_screening():
    generator = random.Random(1)
    cleared = sum(gate.cleared_by_screening(rounds(generator, 0.0, 8), MARGIN) for _ in range(400))
    assert cleared >= 396


def test_a_slowdown_beyond_the_margin_is_seldom_cleared_by_the_screening():
    generator = random.Random(2)
    cleared = sum(gate.cleared_by_screening(rounds(generator, 0.05, 8), MARGIN) for _ in range(400))
    assert cleared == 0


def test_a_slowdown_at_the_margin_is_called_slower_in_at_most_the_family_level():
    generator = random.Random(3)
    called = sum(decided(generator, MARGIN, 4)[0] == Decision.SLOWER for _ in range(2000))
    assert called / 2000 <= gate.FAMILY_LEVEL / 4 * 1.5


@pytest.mark.parametrize(("slowdown", "least"), [(0.05, 0.95), (0.10, 1.0)])
def test_slowdowns_of_5_and_10_percent_are_found(slowdown, least):
    generator = random.Random(4)
    found = [decided(generator, slowdown, 2) for _ in range(300)]
    assert sum(decision == Decision.SLOWER for decision, _ in found) / 300 >= least


def test_a_suspect_that_was_chance_is_cleared_on_fresh_rounds():
    generator = random.Random(5)
    found = [decided(generator, 0.0, 3)[0] for _ in range(300)]
    assert Decision.SLOWER not in found
    assert found.count(Decision.CLEARED) >= 297


def test_a_family_of_20_identical_cases_raises_a_false_alarm_in_at_most_5_percent():
    generator = random.Random(6)
    alarms = 0
    for _ in range(200):
        screened = [gate.cleared_by_screening(rounds(generator, 0.0, 8, sd=0.03), MARGIN) for _ in range(20)]
        suspects = screened.count(False)
        fresh = [rounds(generator, 0.0, gate.LOOKS[-1], sd=0.03) for _ in range(suspects)]
        alarms += any(gate.look(one[:n], MARGIN, suspects) == Decision.SLOWER for one in fresh for n in gate.LOOKS)
    assert alarms / 200 <= gate.FAMILY_LEVEL


def heavy_tailed(generator, slowdown, count):
    """Draw rounds of which every tenth is far off."""
    return [log(1 + slowdown) + generator.gauss(0, 0.05 if generator.random() < 0.1 else 0.008) for _ in range(count)]


def bimodal(generator, slowdown, count):
    """Draw rounds that lie at one of two places, as page faults have them do."""
    return [log(1 + slowdown) + generator.choice((-0.04, 0.04)) + generator.gauss(0, 0.004) for _ in range(count)]


def whole_gate(generator, drawn, slowdowns):
    """Return how often each case of a family is called slower, and the rounds that it took: [(called, rounds)]."""
    cases = len(slowdowns)
    screened = [drawn(generator, one, gate.SCREEN_ROUNDS) for one in slowdowns]
    suspects = [place for place, one in enumerate(screened) if not gate.cleared_by_screening(one, MARGIN)]
    found = [(False, gate.SCREEN_ROUNDS)] * cases
    for place in suspects:
        fresh = drawn(generator, slowdowns[place], gate.LOOKS[-1])
        first = [*screened[place], *fresh][: gate.early_rounds(cases)]
        if gate.is_slower_early(first, MARGIN, cases):
            found[place] = True, len(first)
            continue
        for count in gate.LOOKS:
            decision = gate.look(fresh[:count], MARGIN, len(suspects))
            if decision != Decision.UNDECIDED:
                break
        found[place] = decision == Decision.SLOWER, gate.SCREEN_ROUNDS + count
    return found


@pytest.mark.parametrize("cases", [1, 4, 20])
@pytest.mark.parametrize("drawn", [rounds, heavy_tailed, bimodal], ids=["normal", "heavy-tailed", "bimodal"])
def test_a_family_that_is_slower_by_exactly_the_margin_raises_an_alarm_in_at_most_5_percent(drawn, cases):
    generator = random.Random(20)
    gates = 1200 // cases
    alarms = sum(any(called for called, _ in whole_gate(generator, drawn, [MARGIN] * cases)) for _ in range(gates))
    chance = 2 * (gates * gate.FAMILY_LEVEL * (1 - gate.FAMILY_LEVEL)) ** 0.5
    assert alarms <= gates * gate.FAMILY_LEVEL + chance


@pytest.mark.parametrize("drawn", [rounds, heavy_tailed, bimodal], ids=["normal", "heavy-tailed", "bimodal"])
def test_identical_code_is_called_slower_far_more_seldom(drawn):
    generator = random.Random(21)
    alarms = sum(any(called for called, _ in whole_gate(generator, drawn, [0.0] * 10)) for _ in range(150))
    assert alarms <= 2


@pytest.mark.parametrize(("cases", "most"), [(1, 8), (5, 8), (20, 10), (100, 13)])
def test_what_is_slower_by_far_takes_few_rounds(cases, most):
    generator = random.Random(22)
    slowdowns = [0.3, *[0.0] * (cases - 1)]
    found = [whole_gate(generator, rounds, slowdowns) for _ in range(max(2, 100 // cases))]
    assert all(one[0] == (True, most) for one in found)
    assert not any(called for one in found for called, _ in one[1:])


def test_too_few_rounds_decide_nothing():
    assert not gate.cleared_by_screening([0.0] * 5, MARGIN)
    assert not gate.is_slower_early([1.0] * 5, MARGIN, 1)
    assert not gate.is_slower_early([1.0] * 8, MARGIN, 20)
    assert gate.look([1.0] * 5, MARGIN, 1) == Decision.UNDECIDED


@pytest.mark.parametrize("cases", [1, 12, 13, 25, 26, 100])
def test_who_judges_all_on_the_screening_has_the_rounds_for_it_and_no_more_than_the_early_look(cases):
    assert gate.ALONE.rounds(cases) == gate.SCREEN_ROUNDS
    count = gate.Rule(judges_all=True).rounds(cases)
    assert intervals.hodges_lehmann([1.0] * count, gate.FAMILY_LEVEL / cases).interval is not None
    assert gate.SCREEN_ROUNDS <= count <= gate.early_rounds(cases)


def test_more_suspects_need_more_evidence():
    generator = random.Random(7)
    fresh = rounds(generator, 0.04, 12)
    one, many = gate.confirmation(fresh, 1).interval, gate.confirmation(fresh, 20).interval
    assert many.low < one.low
    assert one.high < many.high
