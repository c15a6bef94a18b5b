"""The child process's work, done in this process."""

import gc
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bench import implementation, worker
from bench.worker import Bench, Session, Unfit, write_inputs

FAKES = Path(__file__).parent / "fakes" / "product"

CASE = {"problem": "product", "size": {"m": 200}, "dtype": "float64", "data": "uniform", "layout": "C", "threads": 1}


@pytest.fixture
def order(tmp_path):
    made = {"folder": str(FAKES), "inputs": str(tmp_path / "inputs"), "case": CASE, "seed": 1, "other_data": "uniform"}
    made["reply"] = write_inputs(made)
    return made | {
        "layout": {"x": "C", "y": "F"},
        "dtype": "float64",
        "threads": 1,
        "outputs": ("product",),
        "implementation": "honest",
        "copies_inputs": False,
    }


@dataclass
class Module:
    """Stands for an implementation."""

    prepare: object


@pytest.fixture
def implemented(monkeypatch):
    """Have the given prepare() loaded as the implementation."""
    return lambda prepare: monkeypatch.setattr(implementation, "load", lambda folder, name: Module(prepare))


def test_making_inputs_tells_the_matrices_and_the_work(order):
    assert order["reply"]["matrices"] == ["x", "y"]
    assert order["reply"]["work"] == {"flops": 12000.0, "bytes": 17600.0}
    assert order["reply"]["numeric_stack"]


def test_a_bench_prepares_measures_and_verifies(order):
    bench = Bench(order)
    ready = bench.start()
    assert ready["layout"] == {"x": "C", "y": "F"}
    assert ready["warmup_calls"] >= 1
    assert ready["number"] & (ready["number"] - 1) == 0
    found = bench.burst(ready["number"], 6)
    assert len(found["sample_ns"]) == 6
    (error,) = bench.finish()["verification"]
    assert error["output"] == "product"
    assert 0 < error["error_over_tolerance"] < 1


def test_the_collector_is_off_within_a_sample_and_on_again_behind_it(order, implemented):
    seen = set()

    def prepare(inputs):
        def step():
            seen.add(gc.isenabled())
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = Bench(order)
    number = bench.start()["number"]
    bench.burst(number, 5)
    bench.finish()
    assert seen == {False}
    assert gc.isenabled()


def test_a_burst_makes_as_many_calls_as_it_says(order, implemented):
    calls = []

    def prepare(inputs):
        def step():
            calls.append(None)
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = Bench(order)
    ready = bench.start()
    before = len(calls)
    bench.burst(64 * ready["number"], 3)
    assert len(calls) - before == 3 * 64 * ready["number"]


def test_samples_of_a_few_clock_steps_are_refused(order, monkeypatch):
    bench = Bench(order)
    bench.start()
    monkeypatch.setattr(bench, "_resolution_ns", 10**9)
    with pytest.raises(Unfit, match="less than 1000 steps of the clock"):
        bench.burst(1, 2)


def test_a_call_of_a_few_clock_steps_cannot_be_timed_alone_with_cold_caches(order, monkeypatch, tmp_path):
    (tmp_path / "filler").write_bytes(bytes(1000))
    monkeypatch.setattr(worker, "clock_resolution_ns", lambda: 10**7)
    with pytest.raises(Unfit, match="too short to be timed alone as cold caches need it") as caught:
        Bench(order | {"filler": str(tmp_path / "filler")}).start()
    assert caught.value.outcome == "unsupported"


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda inputs: None, "returned a NoneType, expected a function"),
        (lambda inputs: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda inputs: inputs["x"].__setitem__((0, 0), 1), "read-only"),
        (lambda inputs: exit(3), "SystemExit: 3"),  # noqa: PLR1722
        (lambda inputs: lambda: inputs["x"], "has shape (200, 6), expected (6, 5)"),
    ],
)
def test_whatever_an_implementation_does_is_an_answer_with_a_reason(order, implemented, prepare, told):
    implemented(prepare)
    session = Session()
    reply = session.answer({**order, "do": "start", "nonce": 5})
    assert reply["nonce"] == 5
    assert reply["outcome"] in ("failed", "wrong")
    assert told in reply["reason"]


def test_an_order_out_of_turn_is_a_mistake_of_the_harness():
    with pytest.raises(ValueError, match="cannot do 'burst' now"):
        Session().answer({"do": "burst", "nonce": 1})


@pytest.mark.parametrize("step_ns", [1, 100, 1000, 15_000_000])
def test_the_step_of_the_clock_is_found_whatever_it_is(monkeypatch, step_ns):
    readings = (ns // step_ns * step_ns for ns in itertools.count(10**12, max(1, step_ns // 7)))
    monkeypatch.setattr(worker.time, "perf_counter_ns", lambda: next(readings))
    assert worker.clock_resolution_ns() == step_ns


def test_what_an_evaluation_does_is_counted_and_explained_behind_the_last_burst(order):
    bench = Bench(order)
    bench.start()
    bench.finish()
    assert bench.count()["counts"]["allocations"] == 1
    found = bench.explain()
    assert found["counts"]["allocated_bytes"] == 6 * 5 * 8
    (dot,) = found["calls"]
    assert (dot["name"], dot["times"], dot["operands"]) == ("dot", 1, ("(6, 200) F", "(200, 5) F"))
    assert found["costs"]["call_ns"]["product"] > 0


def test_an_implementation_that_takes_plain_arrays_only_is_counted_and_not_seen(order, implemented):
    def prepare(inputs):
        if type(inputs["x"]) is not np.ndarray:
            raise TypeError("plain arrays only")
        return lambda: inputs["x"].T @ inputs["y"]

    implemented(prepare)
    bench = Bench(order)
    bench.start()
    found = bench.explain()
    assert found["calls"] is None
    assert found["counts"]["allocations"] == 1
