"""What one evaluation does, explained; with what it costs left out, which takes its time."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.problems.sources import calls
from bench.problems.sources.calls import Call
from bench.worker import profiling, unit_costs
from bench.worker.explaining import Explaining
from bench.worker.untimed import Counted

ARENA = SimpleNamespace(inputs={}, restore=lambda: None)
SPEC = SimpleNamespace(case=SimpleNamespace(dtype="float64"), folder=Path(__file__).parent, path=())


@pytest.fixture
def explained(monkeypatch):
    """Return a function that sees a part of a call which other code has led to."""
    monkeypatch.setattr(profiling, "ENOUGH_NS", 0)

    def explain(part, call, *, is_elsewhere=False):
        with calls.reached(call):
            return Explaining(
                step=call.bound,
                renew=lambda: None,
                arena=ARENA,
                spec=SPEC,
                prepare=None if is_elsewhere else lambda inputs: call.bound,
                ready_ns=0,
                fresh=None,
            ).part(part)

    return explain


def sums():
    return sum(range(100_000))


def test_what_a_call_is_given_that_other_code_leads_to_shows_what_it_does(explained):
    found = explained("calls", Call(function=np.add, arguments=(np.ones(5), 1.0)))
    assert [one.name for one in found.calls] == ["add"]
    assert found == Counted(calls=found.calls)


def test_what_a_closure_holds_cannot_be_seen(explained):
    held = np.ones(5)
    assert explained("calls", Call(function=lambda: held + 1)) == Counted()


def test_what_things_cost_is_told_of_the_largest_array(explained, monkeypatch):
    monkeypatch.setattr(unit_costs, "measured", lambda dtype, largest: largest)
    found = explained("costs", Call(function=np.dot, arguments=(np.ones(5), np.ones(5), 7)))
    assert (found.costs, found.smallest_ns) == (5, None)


def test_its_functions_and_lines_are_told_unless_another_program_computes(explained):
    found = explained("functions", Call(function=sums))
    assert [one.name.rpartition(".")[2] for one in found.functions] == ["sums"]
    assert explained("lines", Call(function=sums)).lines[0].text == "return sum(range(100_000))"
    for part in ("functions", "lines", "calls"):
        assert explained(part, Call(function=sums), is_elsewhere=True) == Counted()


def test_of_what_cannot_be_profiled_nothing_is_told(explained, monkeypatch):
    def fails(*_):
        raise ValueError("another profiling tool is already active")

    monkeypatch.setattr(profiling, "profiled", fails)
    assert explained("functions", Call(function=sums)) == Counted()
