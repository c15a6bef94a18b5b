"""What an implementation does and says, as the parent hears of it from a real worker."""

import os
from pathlib import Path

import pytest

from bench.measure.ended import Ended
from bench.measure.worker_process import WorkerProcess
from bench.measure.worker_start import Conditions
from bench.problems import problem
from bench.problems.case import Case, Size
from bench.store.worker_records import Outcome
from bench.worker.originals import first_of
from bench.worker.protocol import (
    BurstTimed,
    CaseSpec,
    Change,
    Changed,
    InputsWritten,
    Start,
    Started,
    TimeBurst,
    WriteInputs,
)
from bench.worker.session import Session

FAKES = Path(__file__).parent.parent / "fakes" / "product"

HONEST = """
def prepare(inputs):
    x, y = inputs["x"], inputs["y"]
    def step():
        return x.T @ y
{more}
    return step
"""


def test_an_order_out_of_turn_is_a_mistake_of_the_harness():
    reply = Session().answer(TimeBurst(pass_index=0, position=0, number=1, samples=1))
    assert reply.outcome == "not measured"
    assert reply.reason.startswith(
        "an error of implbench itself: ValueError: a worker cannot do TimeBurst now (session"
    )


@pytest.fixture(scope="module")
def conditions(tmp_path_factory):
    return Conditions(environment=dict(os.environ), cpus=(), folder=tmp_path_factory.mktemp("worker"))


@pytest.fixture(scope="module")
def spec(conditions):
    """A case whose inputs are written, of a problem in a folder whose name is not UTF-8."""
    folder = conditions.folder / os.fsdecode(b"product\xff")
    folder.mkdir()
    (folder / "problem.py").write_bytes((FAKES / "problem.py").read_bytes())
    size = Size(name="S", values={"m": 200})
    case = Case(
        problem="product", implementation="one", size=size, dtype="float64", layout="C", threads=1,
        allocator="default", data="uniform",
    )  # fmt: skip
    found = CaseSpec(
        case=case, folder=folder, importable=folder, inputs=conditions.folder / "inputs", outputs=("product",)
    )
    with WorkerProcess(conditions) as worker:
        order = WriteInputs(spec=found, seed=1, other_data=problem.read(FAKES).data[-1])
        assert worker.ask(order, InputsWritten, 300).matrices == ("x", "y")
    return found


def start(conditions, spec, source):
    (spec.folder / "one.py").write_text(source)
    with WorkerProcess(conditions) as worker:
        return worker.ask(
            Start(spec=spec, implementation="one", layout={"x": "C", "y": "C"}, own_clock=True), Started, 300
        )


READ = "its worker's reply cannot be read: "
CLOCK = """
    now = [1]
    def clock():
        now[0] *= 10**{digits}
        return now[0]
    step.clock_ns = clock"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("    step.transfer_ns = 'x'", READ + "Expected `int | null`, got `str` - at `$.transfer_ns`"),
        ("    step.transfer_ns = -1", READ + "Expected `int` >= 0 - at `$.transfer_ns`"),
        ("    step.transfer_ns = object()", "told what cannot be sent: a object is no part of a message"),
        (
            "    step.pools = [{'library': 'own', 'threads': 1}]",
            "its step.pools are not as documented: Object missing required field `version`",
        ),
        ("    step.pools = 7", "TypeError"),
        ("    step.clock_resolution_ns = 'fine'", "TypeError"),
        (CLOCK.format(digits=30), READ + "Expected `int` <= 9223372036854775807 - at `$.first_call_ns`"),
        (CLOCK.format(digits=3000), "told what cannot be sent: Exceeds the limit (4300 digits) for integer string"),
        ("    raise ValueError('\\udcff')", "ValueError: \\udcff (one.py, line 6)"),
        ("    return step\ndef unsupported(case):\n    return '\\udcff'", "\\udcff"),
        ("    raise ValueError('a' * 10**8)", "ValueError: aaa"),
    ],
)
def test_what_no_reply_can_hold_is_the_failure_of_its_implementation(conditions, spec, more, told):
    with pytest.raises(Ended) as caught:
        start(conditions, spec, HONEST.format(more=more))
    assert caught.value.outcome == Outcome.FAILED
    assert told in caught.value.reason
    caught.value.reason.encode()
    assert len(caught.value.reason) < 3000


@pytest.mark.slow
def test_an_honest_one_is_started_wherever_its_folder_lies(conditions, spec):
    assert start(conditions, spec, HONEST.format(more="")).layout == {"x": "C", "y": "C"}


def test_before_a_burst_the_collector_does_not_go_through_what_was_loaded_before(conditions, spec):
    writing = "        import gc\n        open('frozen', 'w').write(str(gc.get_freeze_count()))"
    source = HONEST.format(more="").replace("    def step():", f"    def step():\n{writing}")
    (spec.folder / "one.py").write_text(source)
    seen = conditions.folder / "frozen"
    with WorkerProcess(conditions) as worker:
        worker.ask(Start(spec=spec, implementation="one", layout={"x": "C", "y": "C"}), Started, 300)
        before = int(seen.read_text())  # some versions of Python begin with a few hundred
        worker.ask(TimeBurst(pass_index=0, position=0, number=1, samples=1), BurstTimed, 300)
    assert int(seen.read_text()) > before + 1000


HUNGRY = HONEST.replace("        return x.T", "        import numpy\n        numpy.ones(6_250_000)\n        return x.T")


@pytest.mark.slow
@pytest.mark.machine
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc/self/status")
def test_fifty_megabytes_more_in_a_call_are_seen(conditions, spec, tmp_path):
    def peak(number, source):
        (spec.folder / "one.py").write_text(source.format(more=""))
        with WorkerProcess(conditions) as worker:
            worker.ask(Start(spec=spec, implementation="one", layout={"x": "C", "y": "C"}), Started, 300)
            content = first_of(spec, problem.read(FAKES).data[0], seed=1)
            order = Change(content=content, kept=tmp_path / str(number), timed=True)
            return worker.ask(order, Changed, 300).peak

    usual, hungry = (peak(number, source) for number, source in enumerate((HONEST, HUNGRY)))
    if usual.reason or hungry.reason:
        pytest.skip(usual.reason or hungry.reason)
    assert 49_000_000 < hungry.resident_bytes - usual.resident_bytes < 55_000_000
