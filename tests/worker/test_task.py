"""The child process's work, done in this process."""

import contextlib
import functools
import gc
import itertools
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from bench.machine import usage
from bench.problems import implementation
from bench.problems.case import Case, Size
from bench.worker import sampling, task
from bench.worker.outcome import Unfit
from bench.worker.protocol import CaseSpec, Failure, Start, TimeBurst, WriteInputs
from bench.worker.session import Session
from tests.verified import ANSWERS, VerifiedBench, write_inputs

FAKES = Path(__file__).parent.parent / "fakes" / "product"

CASE = Case(
    problem="product",
    implementation="honest",
    size=Size(name="S", values={"m": 200}),
    dtype="float64",
    layout="C",
    threads=1,
    allocator="default",
    data="uniform",
)


@pytest.fixture(autouse=True)
def _soon_warm(monkeypatch):
    """Nothing that is asserted here depends on how long the warm-up is."""
    monkeypatch.setattr(task, "WARMUP_NS", 1_000_000)


def spec_of(folder, inputs, outputs, case=CASE, inout=()):
    return CaseSpec(case=case, folder=folder, importable=folder, inputs=inputs, outputs=outputs, inout=inout)


def written(spec):
    return write_inputs(WriteInputs(spec=spec, seed=1, other_data="uniform"))


def burst_of(number, samples):
    return TimeBurst(pass_index=0, position=0, number=number, samples=samples)


@pytest.fixture
def spec(tmp_path):
    return spec_of(FAKES, tmp_path / "inputs", ("product",))


@pytest.fixture
def order(spec):
    written(spec)
    return Start(spec=spec, implementation="honest", layout={"x": "C", "y": "F"})


@dataclass
class Module:
    """Stands for an implementation."""

    prepare: object


@pytest.fixture
def implemented(monkeypatch):
    """Have the given prepare() loaded as the implementation."""
    return lambda prepare, module=None: monkeypatch.setattr(
        implementation, "load", lambda folder, name: module or Module(prepare)
    )


def counting():
    """Return a list that grows with each call, and a prepare() for it."""
    calls = []

    def prepare(inputs):
        def step():
            calls.append(None)
            return inputs["x"].T @ inputs["y"]

        return step

    return calls, prepare


def test_the_cache_of_a_step_is_cleared_before_each_call_and_that_is_told(order, implemented):
    kept = []

    def prepare(inputs):
        kept.append(functools.cache(lambda: np.dot(inputs["x"].T, inputs["y"])))
        return kept[-1]

    implemented(prepare)
    bench = VerifiedBench(order)
    assert bench.start().consumed == "its cache is cleared before each call"
    bench.burst(burst_of(3, 2))
    assert kept[-1].cache_info() == (0, 1, None, 1)
    bench.finish()


def test_making_inputs_tells_the_matrices_and_the_work(spec):
    reply = written(spec)
    assert reply.matrices == ("x", "y")
    assert reply.work == {"flops": 12000.0, "bytes": 17600.0}
    assert reply.numeric_stack


def test_a_bench_prepares_measures_and_verifies(order):
    bench = VerifiedBench(order)
    ready = bench.start()
    assert ready.layout == {"x": "C", "y": "F"}
    assert ready.warmup_calls >= 1
    assert ready.number & (ready.number - 1) == 0
    found = bench.burst(burst_of(ready.number, 6))
    assert len(found.burst.sample_ns) == 6
    (error,) = bench.finish().verification
    assert error.output == "product"
    assert 0 < error.error_over_tolerance < 1


def test_the_collector_is_off_within_a_sample_and_on_again_behind_it(order, implemented):
    seen = set()

    def prepare(inputs):
        def step():
            seen.add(gc.isenabled())
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    number = bench.start().number
    bench.burst(burst_of(number, 5))
    bench.finish()
    assert seen == {False}
    assert gc.isenabled()


def test_a_burst_makes_as_many_calls_as_it_says(order, implemented):
    calls, prepare = counting()
    implemented(prepare)
    bench = VerifiedBench(order)
    ready = bench.start()
    before = len(calls)
    bench.burst(burst_of(64 * ready.number, 3))
    assert len(calls) - before == 3 * 64 * ready.number


def test_samples_of_a_few_clock_steps_are_to_be_timed_again_with_more_calls(order, monkeypatch):
    bench = VerifiedBench(order)
    number = bench.start().number
    assert bench.burst(burst_of(4 * number, 2)).longer is None
    monkeypatch.setattr(bench._prepared.sampler, "_resolution_ns", 10**9)
    assert bench.burst(burst_of(1, 2)).longer > 1


def test_a_burst_that_contradicts_the_threads_is_timed_again_and_kept_apart(order, monkeypatch):
    bench = VerifiedBench(order)
    bench.start()
    said = iter(["used 2.00 CPUs", None])
    monkeypatch.setattr(bench._guard, "contradiction", lambda used: next(said))
    found = bench.burst(burst_of(1, 2))
    (discarded,) = found.discarded
    assert discarded.reason == "used 2.00 CPUs"
    assert len(discarded.burst.sample_ns) == len(found.burst.sample_ns) == 2


def test_only_bursts_that_contradict_the_threads_in_a_row_are_the_implementations_fault(order, monkeypatch):
    bench = VerifiedBench(order)
    bench.start()
    monkeypatch.setattr(bench._guard, "contradiction", lambda used: "used 2.00 CPUs")
    with pytest.raises(Unfit, match=r"used 2.00 CPUs \(and in 2 more before it\)"):
        bench.burst(burst_of(1, 2))


def test_time_that_is_hidden_is_seen_by_what_was_computed_however_long_others_had_the_cpu(order, monkeypatch):
    bench = VerifiedBench(order)
    bench.start()
    sampler, waited = bench._prepared.sampler, itertools.count(0, 10**9)

    def hiding(number, count, *_):
        until = time.thread_time() + 0.03
        while time.thread_time() < until:
            pass
        return [sampling.SHORTEST_SAMPLE_NS] * count

    monkeypatch.setattr(sampler, "samples", hiding)
    monkeypatch.setattr(usage, "waiting", lambda: contextlib.nullcontext(lambda: next(waited)))
    with pytest.raises(Unfit, match=r"its samples hold 0\.20 ms of the"):
        bench.burst(burst_of(1, 2))


def test_an_input_that_changes_in_the_bursts_is_seen_with_the_remedy(order, implemented):
    wanted = []

    def prepare(inputs):
        def step():
            if wanted:
                inputs["y"][0, 0] += 1
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    bench.burst(burst_of(1, 2))
    wanted.append(True)
    with pytest.raises(Unfit, match=r'changed its input y; .*INOUT = \("y",\)') as caught:
        bench.burst(burst_of(1, 2))
    assert caught.value.outcome == "wrong"


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda inputs: None, "returned a NoneType, expected a function"),
        (lambda inputs: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda inputs: lambda: (inputs["x"].T @ inputs["y"], inputs["x"].fill(0))[0], "changed its input x"),
        (lambda inputs: exit(3), "SystemExit: 3"),  # noqa: PLR1722
        (lambda inputs: lambda: inputs["x"], "product shares memory with its input x"),
    ],
)
def test_whatever_an_implementation_does_is_an_answer_with_a_reason(order, implemented, prepare, told):
    implemented(prepare)
    reply = Session().answer(order)
    assert isinstance(reply, Failure)
    assert reply.outcome in ("failed", "wrong")
    assert told in reply.reason


def test_what_an_evaluation_does_is_counted_and_explained_behind_the_last_burst(order):
    bench = VerifiedBench(order)
    bench.start()
    bench.finish()
    assert bench.count().counts.allocations == 1
    assert bench.count().counts.allocated_bytes == 6 * 5 * 8
    assert all(one.own_ns > 0 for one in bench.explain("functions").functions)
    (dot,) = bench.explain("calls").calls
    assert (dot.name, dot.times, dot.operands) == ("dot", 1, ("(6, 200) F", "(200, 5) F"))
    assert bench.explain("costs").costs.call_ns["product"] > 0


def test_an_implementation_that_takes_plain_arrays_only_is_counted_and_not_seen(order, implemented):
    def prepare(inputs):
        if type(inputs["x"]) is not np.ndarray:
            raise TypeError("plain arrays only")
        return lambda: inputs["x"].T @ inputs["y"]

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    assert bench.explain("calls").calls is None
    assert bench.count().counts.allocations == 1


def test_a_call_takes_what_it_takes_whatever_its_own_clock_shows_of_it(order, implemented, monkeypatch):
    now = [0]

    def prepare(inputs):
        def step():
            now[0] += 2_000_000
            return inputs["x"].T @ inputs["y"]

        step.clock_ns = lambda: now[0] // 2
        return step

    implemented(prepare)
    monkeypatch.setattr("time.perf_counter_ns", lambda: now[0])
    ready = VerifiedBench(order).start()
    assert (ready.own_clock, ready.call_ns) == (True, 2_000_000)


def last_calls(order, implemented, monkeypatch, *, keyed):
    """Return the times of the last calls, where 2 ms are computed and 1 ms is remembered if that is by contents."""
    now, known = [0], {}

    def prepare(inputs):
        def step():
            key = inputs["x"].tobytes() if keyed else object()
            now[0] += 1_000_000 if key in known else 2_000_000
            known.setdefault(key, inputs["x"].T @ inputs["y"])
            return known[key].copy()

        step.clock_ns = lambda: now[0]
        return step

    implemented(prepare)
    monkeypatch.setattr("time.process_time_ns", lambda: now[0])
    monkeypatch.setattr("time.thread_time_ns", lambda: now[0])
    bench = VerifiedBench(order)
    bench.start()
    found = bench.finish()
    return found.met_ns, found.unmet_ns


@pytest.mark.parametrize(("keyed", "times"), [(True, (1_000_000, 2_000_000)), (False, (2_000_000, 2_000_000))])
def test_what_a_call_takes_on_contents_that_were_met_and_on_new_ones_is_told(
    order, implemented, monkeypatch, keyed, times
):
    assert last_calls(order, implemented, monkeypatch, keyed=keyed) == times


@pytest.mark.parametrize("copies", [True, False])
def test_what_it_takes_to_prepare_on_new_contents_is_told_of_who_says_that_it_copies(
    order, implemented, monkeypatch, copies
):
    now = [0]

    def prepare(inputs):
        now[0] += 3_000_000

        def step():
            now[0] += 2_000_000
            return inputs["x"].T @ inputs["y"]

        step.clock_ns = lambda: now[0]
        return step

    implemented(prepare)
    for clock in ("perf_counter_ns", "process_time_ns", "thread_time_ns"):
        monkeypatch.setattr(f"time.{clock}", lambda: now[0])
    bench = VerifiedBench(replace(order, copies_inputs=copies))
    bench.start()
    assert bench.finish().anew_ns == (5_000_000 if copies else None)


def test_contents_are_exchanged_between_two_calls_of_the_loop_that_times_bursts(order, implemented):
    calls = []

    def prepare(inputs):
        def step():
            calls.append((sys._getframe(1).f_code.co_name, float(inputs["x"][0, 0])))
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    _, before = calls[-1]
    bench.finish()
    (met, old), (unmet, new) = calls[-2:]
    assert met == unmet == sampling._together.__name__
    assert old == before != new


def test_a_view_of_an_input_is_wrong_where_calls_are_timed_too(order, implemented):
    def prepare(inputs):
        def step():
            return inputs["x"] if sys._getframe(1).f_code.co_name == "_together" else inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    with pytest.raises(Unfit, match="product shares memory with its input x"):
        bench.burst(burst_of(1, 3))


def test_so_is_what_changes_with_an_input_whatever_its_address(order):
    bench = VerifiedBench(order)
    bench.start()
    x = bench._arena.inputs["x"]
    before = x.copy()
    with pytest.raises(Unfit, match="product changes with the inputs: it lies in their memory"):
        bench._checker.require_apart({"product": x[3:5]}, {"product": before[3:5]})
    assert np.array_equal(x, before)


def test_a_collector_that_a_call_sets_on_sees_no_contents_before_the_clock_starts(order, implemented):
    seen = set()

    def prepare(inputs):
        def step():
            gc.enable()
            return inputs["x"].T @ inputs["y"]

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    bench._prepared.computing([lambda: seen.add(gc.isenabled())] * 3)
    assert seen == {False}


def test_it_is_not_where_the_new_contents_are_prepared_anew_or_a_call_is_long(order, implemented, monkeypatch):
    assert last_calls(replace(order, copies_inputs=True), implemented, monkeypatch, keyed=False) == (None, None)
    monkeypatch.setattr("bench.worker.task.LONGEST_MET_NS", 2_000_000)
    assert last_calls(order, implemented, monkeypatch, keyed=False)[0] is None


SCAN = Path(__file__).parent.parent / "fakes" / "scan"


@pytest.fixture
def scan(tmp_path):
    """An order of a problem whose input is overwritten, and that has a test of its own."""
    case = replace(CASE, problem="scan", size=Size(name="S", values={"n": 50}))
    spec = spec_of(SCAN, tmp_path / "inputs", ("scan",), case, ("a",))
    assert written(spec).doubt is None
    return Start(spec=spec, implementation="same", layout={})


def finished(order):
    bench = VerifiedBench(order)
    ready = bench.start()
    assert ready.accepted
    found = bench.burst(burst_of(ready.number, 3))
    assert len(found.burst.sample_ns) == 3
    return bench.finish().verification


@pytest.mark.parametrize("name", ["same", "new"])
def test_an_input_that_may_be_overwritten_is_put_back_before_each_call(scan, name):
    (error,) = finished(replace(scan, implementation=name))
    assert error.error_over_tolerance <= 1


def test_what_is_done_to_an_input_between_the_calls_is_neither_timed_nor_counted(scan):
    bench = VerifiedBench(scan)
    bench.start()
    bench.burst(burst_of(4, 2))
    bench.finish()
    assert bench.count().counts.allocations == 0
    assert [call.name for call in bench.explain("calls").calls] == ["cumsum"]


def test_overwriting_an_input_without_saying_so_is_wrong(scan):
    with pytest.raises(Unfit, match=r'changed its input a; .*INOUT = \("a",\) in the problem, or say'):
        VerifiedBench(replace(scan, spec=replace(scan.spec, inout=()))).start()


class Judging:
    """Functions of a problem that takes nothing for right."""

    same = None

    def accept(self, inputs, outputs):
        return f"{outputs['scan'].size} numbers from {inputs['a'].size}"


def test_a_wrong_answer_is_found_by_the_problems_own_test(scan, implemented, monkeypatch):
    monkeypatch.setattr(ANSWERS[scan.spec.inputs]._maker, "problem", Judging())
    implemented(lambda inputs: lambda: np.cumsum(inputs["a"]))
    with pytest.raises(Unfit, match=r"not accepted by the problem's accept\(\): 50 numbers from 50") as caught:
        VerifiedBench(scan).start()
    assert caught.value.outcome == "wrong"


@pytest.fixture
def scaled(tmp_path):
    """Return a function that makes an order of a problem with a number among its inputs, and the doubt it leaves."""

    def made(scale, prepare):
        folder = tmp_path / "scaled"
        folder.mkdir()
        (folder / "problem.py").write_text(SCALED.format(scale=scale))
        (folder / "one.py").write_text(prepare)
        spec = spec_of(folder, tmp_path / "inputs", ("y",))
        return Start(spec=spec, implementation="one", layout={}), written(spec).doubt

    before = set(sys.modules)
    yield made
    for name in set(sys.modules) - before:
        if name.startswith("implbench_problem_scaled"):
            del sys.modules[name]


SCALED = """
import numpy as np
def inputs(size, dtype, data, seed):
    return {{"x": np.ones(9, dtype), "k": {scale}}}
def reference(inputs):
    return {{"y": inputs["x"] * np.longdouble(inputs["k"])}}
def tolerance(inputs, unit_roundoff):
    return {{"y": np.zeros(9)}}
def work(size, dtype):
    return {{"flops": 9.0, "bytes": 144.0}}
"""
HONEST = "def prepare(inputs):\n    x, k = inputs.values()\n    return lambda: x * k\n"
REMEMBERING = "known = []\ndef prepare(inputs):\n    known[:] = known or [inputs['x'] * inputs['k']]\n"
REMEMBERING += "    return lambda: known[0].copy()\n"


def test_a_number_that_changes_makes_nobody_one_who_remembers(scaled):
    bench = VerifiedBench(scaled("seed", HONEST)[0])
    bench.start()
    (error,) = bench.finish().verification
    assert error.error_over_tolerance == 0


def test_who_remembers_over_prepare_is_found_where_a_number_changes(scaled):
    bench = VerifiedBench(scaled("seed", REMEMBERING)[0])
    bench.start()
    with pytest.raises(Unfit, match="the result is remembered"):
        bench.finish()


def test_inputs_that_are_the_same_for_every_seed_leave_a_doubt_that_is_told(scaled):
    assert scaled("3", HONEST)[1].startswith("its inputs are the same for every seed: a remembered answer cannot be")


def test_a_call_on_other_contents_is_given_the_function_of_these(scaled, monkeypatch):
    called = SCALED.replace("{scale}", "lambda: seed").replace('longdouble(inputs["k"])', 'longdouble(inputs["k"]())')
    monkeypatch.setitem(globals(), "SCALED", called)
    order, doubt = scaled("", "def prepare(inputs):\n    x, k = inputs.values()\n    return lambda: x * k()\n")
    assert doubt.startswith("its k cannot be changed in place")
    bench = VerifiedBench(order)
    bench.start()
    (error,) = bench.finish().verification
    assert error.error_over_tolerance == 0


def test_what_may_keep_something_out_of_sight_leaves_a_doubt_and_nobody_remembers(scaled, monkeypatch):
    stored = "import hashlib\nSTORE = hashlib.sha256()\n" + SCALED.replace("{scale}", "STORE").replace(
        'longdouble(inputs["k"])', 'longdouble(inputs["k"].digest_size)'
    )
    monkeypatch.setitem(globals(), "SCALED", stored.replace("np.ones(9, dtype)", "np.full(9, seed, dtype)"))
    order, doubt = scaled(
        "", "def prepare(inputs):\n    x, k = inputs.values()\n    return lambda: x * k.digest_size\n"
    )
    assert doubt.startswith("its k cannot be looked into")
    bench = VerifiedBench(order)
    bench.start()
    found = bench.finish()
    assert found.met_ns is found.unmet_ns is None


COMPUTING_BEFORE = "def prepare(inputs):\n    x, k = inputs.values()\n    y = x * k\n    return lambda: y.copy()\n"


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ('{{"x": np.ones(9, dtype), "k": {scale}}}', "its k cannot be changed in place"),
        ('{{"x": np.ones(seed, dtype), "k": 3}}', "its x cannot be changed in place"),
        (
            '{{"x": np.full(9, seed, dtype), "k": 3}} | {{f"more{{seed}}": 1}}',
            "its more1, more2 cannot be changed in place",
        ),
    ],
)
def test_an_answer_computed_in_prepare_leaves_a_doubt_where_prepare_runs_for_each_content(
    scaled, monkeypatch, inputs, told
):
    changed = SCALED.replace('{{"x": np.ones(9, dtype), "k": {scale}}}', inputs).replace(
        "np.zeros(9)", "0 * inputs['x']"
    )
    monkeypatch.setitem(globals(), "SCALED", changed)
    assert scaled("seed", COMPUTING_BEFORE)[1].startswith(told)


def test_what_only_prepare_computes_is_found_where_arrays_alone_change(scaled, monkeypatch):
    monkeypatch.setitem(globals(), "SCALED", SCALED.replace("np.ones(9, dtype)", "np.full(9, seed, dtype)"))
    order, doubt = scaled("3", COMPUTING_BEFORE)
    assert doubt is None
    bench = VerifiedBench(order)
    bench.start()
    with pytest.raises(Unfit, match="the result is remembered"):
        bench.finish()


@pytest.mark.parametrize(("timed", "made"), [(False, 1), (True, 2 + task.MET)])
def test_only_contents_that_were_timed_get_last_calls(order, implemented, timed, made):
    calls, prepare = counting()
    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    before = len(calls)
    bench.finish(timed=timed)
    assert len(calls) == before + made


def busy(seconds):
    ended = time.process_time() + seconds
    while time.process_time() < ended:
        pass


def copying(copied_s, called_s, *, at_once=True):
    """Return a prepare() that copies the inputs, and how long it and a call take; or the first call alone does."""

    def prepare(inputs):
        x, y = inputs["x"].copy(), inputs["y"].copy()
        kept = []
        busy(copied_s)

        def step():
            if at_once or not kept:
                busy(called_s)
                kept.append(x.T @ y)
            return kept[-1].copy()

        return step

    return prepare


def test_who_keeps_a_copy_is_prepared_anew_for_other_contents_and_that_is_told(order, implemented):
    implemented(copying(0.0002, 0.001))
    bench = VerifiedBench(order)
    bench.start()
    bench.burst(burst_of(1, 3))
    found = bench.finish()
    assert found.copies
    assert found.unmet_ns > 1_000_000


@pytest.mark.parametrize("at_once", [True, False], ids=["in prepare", "in the first call"])
def test_who_computes_elsewhere_than_in_the_calls_remembers(order, implemented, at_once):
    implemented(copying(0.004, 0.0001) if at_once else copying(0, 0.004, at_once=False))
    bench = VerifiedBench(order)
    bench.start()
    bench.burst(burst_of(1, 3))
    with pytest.raises(Unfit, match="the result is remembered"):
        bench.finish()


def test_a_call_that_was_slow_until_it_counted_does_not_make_a_copy_of_what_is_remembered(order, implemented):
    slow = [0.002]

    def prepare(inputs):
        kept = inputs["x"].T @ inputs["y"]
        busy(0.002)

        def step():
            busy(slow[0])
            return kept.copy()

        return step

    implemented(prepare)
    bench = VerifiedBench(order)
    bench.start()
    slow[0] = 0
    bench.burst(burst_of(8, 3))
    slow[0] = 0.002
    with pytest.raises(Unfit, match="the result is remembered"):
        bench.finish()


def test_a_candidate_has_to_say_that_it_copies(order, implemented, tmp_path):
    implemented(copying(0, 0.001))
    bench = VerifiedBench(order)
    bench.start()
    bench.worker._order = replace(bench.worker._order, apart=(tmp_path, "candidate"))
    with pytest.raises(Unfit, match="say COPIES_INPUTS = True"):
        bench.finish()


def test_right_answers_that_are_the_same_for_every_seed_leave_a_doubt_too(scaled, monkeypatch):
    monkeypatch.setitem(globals(), "SCALED", SCALED.replace('np.longdouble(inputs["k"])', "np.longdouble(7)"))
    doubt = scaled("seed", HONEST)[1]
    assert doubt.startswith(
        "its right answers are the same for the two seeds that were tried, though its inputs differ"
    )
    assert "depend on the seed" not in doubt


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prepare = 3\n", r"has no function prepare\(inputs\) once it is imported"),
        (
            "import sys\nsys.exit(2)\ndef prepare(inputs): ...\n",
            r"ended the interpreter when it was imported .*one.py, line 2",
        ),
        ("from json import loads\nprepare = lambda inputs: loads('{')\n", r"JSONDecodeError: .* \(one.py, line 2\)"),
        ("async def prepare(inputs): ...\n", "returned a coroutine, expected a function"),
    ],
)
def test_what_cannot_be_prepared_is_told_with_the_users_own_line(scaled, text, told):
    with pytest.raises(Unfit, match=told):
        VerifiedBench(scaled("3", text)[0]).start()
