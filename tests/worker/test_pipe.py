"""Orders and replies on a pipe."""

import os
import re
from pathlib import Path

import msgspec
import pytest

from bench.problems.case import Case, Size
from bench.store.worker_records import Burst, Pool
from bench.worker import pipe, protocol
from bench.worker.protocol import BurstTimed, CaseSpec, Failure, Foreign, Leave, Start, Started, TimeBurst

CASE = Case(
    problem="sum",
    implementation="fast",
    size=Size(name="S", values={"n": 3}),
    dtype="float64",
    layout="C",
    threads=None,
    allocator="default",
)
SPEC = CaseSpec(
    case=CASE, folder=Path("/a/é\n"), importable=Path(os.fsdecode(b"/\xff")), inputs=Path("x"), outputs=("y",)
)
START = Start(spec=SPEC, implementation="fast", layout={"x": "F"}, filler=None)
STARTED = Started(
    pools=(Pool(library="openblas", version=None, kernel="é\0", threads=1),),
    layout={"x": "CF"},
    prepare_ns=1,
    transfer_ns=None,
    own_clock=False,
    first_call_ns=2**63 - 1,
    warmup_calls=5,
    preparing_ns=1,
    warming_ns=1,
    call_ns=3,
    number=8,
    accepted=False,
)


@pytest.fixture
def ends():
    read, write = os.pipe()
    yield read, write
    for descriptor in (read, write):
        os.close(descriptor)


def sent(ends, number, message):
    """Return number and JSON of a message that went through the pipe."""
    pipe.reply(ends[1], number, message)
    received = pipe.Received()
    while (found := received.message()) is None:
        received.add(os.read(ends[0], 65536))
    return found


def test_an_order_comes_out_of_the_pipe_as_it_went_in():
    read, write = os.pipe()
    pipe.send(write, 7, START)
    assert pipe.receive(read) == (7, START)
    pipe.send(write, 8, TimeBurst(pass_index=0, position=1, number=4, samples=2))
    assert pipe.receive(read) == (8, TimeBurst(pass_index=0, position=1, number=4, samples=2))
    os.close(write)
    assert pipe.receive(read) is None
    os.close(read)


@pytest.mark.parametrize("message", [STARTED, Failure(outcome="wrong", reason="é\0"), Foreign(reason="/usr/x.py")])
def test_a_reply_comes_out_of_the_pipe_as_it_went_in(ends, message):
    number, body = sent(ends, 7, message)
    assert (number, pipe.decode_reply(body, Started)) == (7, message)


def test_a_message_is_whole_only_when_its_last_byte_has_come(ends):
    pipe.send(ends[1], 1, Leave())
    data = os.read(ends[0], 100)
    received = pipe.Received()
    for byte in data[:-1]:
        received.add(bytes([byte]))
        assert received.message() is None
    received.add(data[-1:])
    assert received.message() == (1, b'{"type":"Leave"}')
    assert received.message() is None


def test_a_message_that_would_be_too_long_is_refused_before_it_has_come():
    received = pipe.Received()
    received.add(b"\0\0\0\1\xff\xff\xff\xff")
    with pytest.raises(ValueError, match="4294967295 bytes, at most 16777216 are allowed"):
        received.message()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("transfer_ns", "x", "Expected `int | null`, got `str` - at `$.transfer_ns`"),
        ("transfer_ns", 2.5, "Expected `int | null`, got `float` - at `$.transfer_ns`"),
        ("first_call_ns", 10**3000, "Expected `int` <= 9223372036854775807 - at `$.first_call_ns`"),
        ("first_call_ns", -1, "Expected `int` >= 0 - at `$.first_call_ns`"),
        ("call_ns", float("nan"), "Expected `int`, got `null` - at `$.call_ns`"),
        ("number", 0, "Expected `int` >= 1 - at `$.number`"),
        ("layout", {"x": "c"}, "Invalid enum value 'c' - at `$.layout[...]`"),
    ],
)
def test_a_reply_with_a_value_out_of_bounds_is_refused(ends, field, value, told):
    _, body = sent(ends, 1, msgspec.structs.replace(STARTED, **{field: value}))
    with pytest.raises(ValueError, match=re.escape(told)):
        pipe.decode_reply(body, Started)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (Failure(outcome="unsupported", reason="no \udcff"), "no \\udcff"),
        (Failure(outcome="unsupported", reason="a" * pipe.LONGEST), "a" * pipe.LONGEST_REASON),
        (msgspec.structs.replace(STARTED, transfer_ns=object()), "told what cannot be sent: a object is no part"),
        (msgspec.structs.replace(STARTED, first_call_ns=10**5000), "told what cannot be sent: Exceeds the limit"),
    ],
)
def test_a_reply_that_cannot_be_sent_is_a_failure_that_says_why(ends, message, told):
    _, body = sent(ends, 1, message)
    reply = pipe.decode_reply(body, Started)
    assert (type(reply), reply.outcome) == (Failure, "failed")
    assert reply.reason.startswith(told)


@pytest.mark.parametrize("field", ["transfer_ns", "layout", "threads"])
def test_a_reply_with_a_misspelt_field_is_refused(ends, field):
    _, body = sent(ends, 1, STARTED)
    with pytest.raises(ValueError, match=f"(unknown field `{field}_`|missing required field `{field}`)"):
        pipe.decode_reply(body.replace(f'"{field}"'.encode(), f'"{field}_"'.encode()), Started)


def test_no_message_takes_a_field_that_it_does_not_know():
    own = [kind for kind in vars(protocol).values() if getattr(kind, "__module__", "") == protocol.__name__]
    kinds = [kind for kind in own if isinstance(kind, type)]
    assert START.__class__ in kinds
    for kind in kinds:
        config = kind.__struct_config__
        assert (config.frozen, config.forbid_unknown_fields) == (True, True), kind


MISSPELT = """
from bench.measure.worker_process import WorkerProcess
from bench.worker.protocol import BurstTimed, CaseSpec, Failure, Start, TimeBurst

def parent(process: WorkerProcess, spec: CaseSpec) -> None:
    Start(spec=spec, implementation="one", layout={"x": "c"}, copy_inputs=True)
    process.ask(TimeBurst(pass_index=0, position=1, number=1, samples=2), BurstTimed, 1.0).longest

def worker(order: TimeBurst) -> Failure:
    return Failure(outcome="fail", reason=f"{order.sample} samples")
"""

TOLD = """
Unexpected keyword argument "copy_inputs" for "Start"; did you mean "copies_inputs"?  [call-arg]
Dict entry 0 has incompatible type "str": "Literal['c']"; expected "str": "Literal['C', 'F']"  [dict-item]
"BurstTimed" has no attribute "longest"; maybe "longer"?  [attr-defined]
Argument "outcome" to "Failure" has incompatible type "Literal['fail']"
"TimeBurst" has no attribute "sample"; maybe "samples"?  [attr-defined]
"""


@pytest.mark.slow
def test_a_misspelt_field_or_choice_is_a_type_error_on_either_side(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    monkeypatch.chdir(Path(__file__).parents[2])
    (tmp_path / "misspelt.py").write_text(MISSPELT)
    printed, *_ = api.run(["--follow-imports=silent", "--cache-dir", str(tmp_path), str(tmp_path / "misspelt.py")])
    for told in TOLD.strip().splitlines():
        assert told in printed
    assert f"Found {len(TOLD.strip().splitlines())} errors" in printed


@pytest.mark.parametrize(("ns", "longer", "fine"), [(5, None, True), (0, 2, True), (0, None, False)])
def test_a_burst_that_counts_took_time(ns, longer, fine):
    burst = Burst(
        pass_index=0, position=0, start_ns=1, number=1, sample_ns=(5, ns), cpu_ns=None, minor_faults=None,
        involuntary_switches=None,
    )  # fmt: skip
    body = msgspec.json.encode({"type": "BurstTimed", "burst": burst, "discarded": (), "longer": longer})
    if fine:
        assert pipe.decode_reply(body, BurstTimed).burst == burst
    else:
        with pytest.raises(ValueError, match="a sample took no time"):
            pipe.decode_reply(body, BurstTimed)
