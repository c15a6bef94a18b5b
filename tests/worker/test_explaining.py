"""What one evaluation does, explained; with what it costs left out, which takes its time."""

from types import SimpleNamespace

import numpy as np
import pytest

from bench.problems.sources import calls
from bench.problems.sources.calls import Call
from bench.worker import explaining, unit_costs

ARENA = SimpleNamespace(inputs={}, restore=lambda: None)
SPEC = SimpleNamespace(case=SimpleNamespace(dtype="float64"))


@pytest.fixture
def explained(monkeypatch):
    """Return a function that explains a call which other code has led to."""
    monkeypatch.setattr(unit_costs, "measured", lambda dtype, largest: None)
    monkeypatch.setattr(explaining, "counted", lambda step, renew: None)

    def explain(call):
        with calls.reached(call):
            return explaining.explained(
                call.bound,
                lambda: None,
                arena=ARENA,
                spec=SPEC,
                prepare=lambda inputs: call.bound,
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
