"""What the gate says, on simulated rounds whose truth is known."""

import random
from math import log

import pytest

from bench import gate
from bench.gate import Decision

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


def test_too_few_rounds_decide_nothing():
    assert not gate.cleared_by_screening([0.0] * 5, MARGIN)
    assert gate.look([1.0] * 5, MARGIN, 1) == Decision.UNDECIDED


def test_more_suspects_need_more_evidence():
    generator = random.Random(7)
    fresh = rounds(generator, 0.04, 12)
    one, many = gate.confirmation(fresh, 1).interval, gate.confirmation(fresh, 20).interval
    assert many.low < one.low
    assert one.high < many.high
