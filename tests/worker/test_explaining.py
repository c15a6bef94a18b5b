"""What one evaluation does, explained; with what it costs left out, which takes its time."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.problems.sources import calls
from bench.problems.sources.calls import Call
from bench.worker import explaining, profiling, unit_costs

ARENA = SimpleNamespace(inputs={}, restore=lambda: None)
SPEC = SimpleNamespace(case=SimpleNamespace(dtype="float64"), folder=Path(__file__).parent, path=())


@pytest.fixture
def explained(monkeypatch):
    """Return a function that explains a call which other code has led to."""
    monkeypatch.setattr(unit_costs, "measured", lambda dtype, largest: None)
    monkeypatch.setattr(explaining, "counted", lambda step, renew: None)
    monkeypatch.setattr(profiling, "ENOUGH_NS", 0)

    def explain(call, *, is_elsewhere=False):
        with calls.reached(call):
            return explaining.explained(
                call.bound,
                lambda: None,
                arena=ARENA,
                spec=SPEC,
                prepare=None if is_elsewhere else lambda inputs: call.bound,
                ready_ns=0,
                fresh=None,
            )

    return explain


def test_what_a_call_is_given_that_other_code_leads_to_shows_what_it_does(explained):
    found = explained(Call(function=np.add, arguments=(np.ones(5), 1.0)))
    assert [one.name for one in found.calls] == ["add"]
    assert found.smallest_ns is None


def test_what_a_closure_holds_cannot_be_seen(explained):
    held = np.ones(5)
    assert explained(Call(function=lambda: held + 1)).calls is None


def test_its_functions_are_told_unless_another_program_computes(explained):
    def sums():
        return sum(range(100))

    found = explained(Call(function=sums))
    assert [one.name.rpartition(".")[2] for one in found.functions] == ["sums"]
    assert explained(Call(function=sums), is_elsewhere=True).functions is None


def test_what_cannot_be_profiled_is_counted_all_the_same(explained, monkeypatch):
    def fails(*_):
        raise ValueError("another profiling tool is already active")

    monkeypatch.setattr(profiling, "profiled", fails)
    found = explained(Call(function=np.add, arguments=(np.ones(5), 1.0)))
    assert (found.functions, [one.name for one in found.calls]) == (None, ["add"])
