"""A worker as the parent sees it."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from bench.machine import memory
from bench.measure import worker_process
from bench.measure.ended import Ended
from bench.measure.worker_process import TAIL_BYTES, WorkerProcess
from bench.measure.worker_start import Conditions
from bench.store.worker_records import Outcome
from bench.worker.pipe import LONGEST_REASON, send
from bench.worker.protocol import CaseSpec, InputsWritten, WriteInputs
from tests.builders import USUAL, make_run

pytestmark = pytest.mark.slow

NOWHERE = Path("/nonexistent")
SPEC = CaseSpec(
    case=make_run(USUAL).arms[0].case, folder=NOWHERE, importable=NOWHERE, inputs=NOWHERE, outputs=("product",)
)
ORDER = WriteInputs(spec=SPEC, seed=1, other_data="uniform")


@pytest.fixture
def worker(tmp_path):
    conditions = Conditions(environment=dict(os.environ), cpus=(), folder=tmp_path)
    with WorkerProcess(conditions) as process:
        yield process


def ask(worker, timeout_s=300):
    """Give an order that cannot be done; return how that ends."""
    with pytest.raises(Ended) as caught:
        worker.ask(ORDER, InputsWritten, timeout_s)
    return caught.value


def test_while_it_waits_for_an_answer_the_parent_can_say_so(worker, monkeypatch):
    monkeypatch.setattr(worker_process, "MEANWHILE_S", 0.001)
    said = []
    with pytest.raises(Ended):
        worker.ask(ORDER, InputsWritten, 300, meanwhile=lambda: said.append("still waiting"))
    assert said


def test_a_worker_answers_an_order_with_an_outcome_even_if_the_order_cannot_be_done(worker):
    ended = ask(worker)
    assert ended.outcome == Outcome.FAILED
    assert "ModuleNotFoundError" in ended.reason
    assert not worker.ended


def test_a_worker_that_is_stopped_gives_no_answer_and_is_killed_at_the_deadline(worker):
    ask(worker)
    worker.pause()
    ended = ask(worker, 0.2)
    assert (ended.outcome, ended.from_outside) == (Outcome.TIMEOUT, True)
    assert "no answer within 0.2 s" in ended.reason
    assert not psutil.pid_exists(worker.pid)


def test_a_worker_that_was_stopped_goes_on_where_it_was(worker):
    ask(worker)
    worker.pause()
    worker.resume()
    assert "ModuleNotFoundError" in ask(worker).reason


@pytest.mark.parametrize(
    ("number", "outcome", "told"),
    [(signal.SIGABRT, Outcome.CRASHED, "SIGABRT"), (signal.SIGKILL, Outcome.OUT_OF_MEMORY, "memory runs out")],
)
def test_a_worker_that_dies_by_a_signal_is_told_by_it(worker, number, outcome, told, monkeypatch):
    ask(worker)
    monkeypatch.setattr(memory, "ended_for_want_of_memory", lambda: None)  # the system does not tell
    os.kill(worker.pid, number)
    ended = ask(worker)
    assert ended.outcome == outcome
    assert told in ended.reason


def test_an_answer_to_another_order_was_written_by_somebody_else(worker):
    ask(worker)
    worker.pause()
    worker._number += 1  # as if the reply to the next order came from elsewhere
    send(worker._at.commands, 77, ORDER)
    worker.resume()
    assert ask(worker).reason == "wrote to the harness's own pipe"


def frame(body, length=None):
    return (1).to_bytes(4, "big") + (length or len(body)).to_bytes(4, "big") + body


WRITTEN = b'{"type":"InputsWritten","matrices":[],"work":{"flops":%s},"numeric_stack":%s}'


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (frame(b"", length=2**31), "a message of 2147483648 bytes, at most 16777216 are allowed"),
        (frame(b"[]"), "Expected `object`, got `array`"),
        (frame(b"{]"), "JSON is malformed"),
        (frame(b"\xff"), "JSON is malformed"),
        (frame(b"[" * 10**6), "Expected `object`, got `array`"),
        (frame(b'{"type":"Leaving"}'), "Invalid value 'Leaving'"),
        (frame(b'{"type":"Failure","outcome":"ok","reason":""}'), "Invalid enum value 'ok'"),
        (frame(b'{"type":"Failure","outcome":"failed","reason":"\\udcff"}'), "invalid utf-16 surrogate pair"),
        (frame(b'{"type":"Failure","outcome":"failed","reason":"\xff"}'), "can't decode byte 0xff"),
        (frame(WRITTEN % (b"null", b"{}")), "Expected `float`, got `null`"),
        (frame(WRITTEN % (b"1e999", b"{}")), "Number out of range"),
        (frame(WRITTEN % (b"1", b'{"a":' + b"9" * 5000 + b"}")), "Integer value out of range"),
        (frame(WRITTEN % (b"1", b'{"a":[[]]}')), "Expected `str`, got `array`"),
        (frame(b'{"a":' + b"[" * 10**5 + b"]" * 10**5 + b',"type":"Leaving"}'), "nested too deeply"),
    ],
    ids=range(14),
)
def test_a_reply_that_cannot_be_read_is_the_outcome_of_its_case_and_the_end_of_its_worker(worker, reply, told):
    worker.pause()
    worker._received.add(reply)
    ended = ask(worker)
    assert ended.outcome == Outcome.FAILED
    assert ended.reason.startswith("its worker's reply cannot be read: ")
    assert told in ended.reason
    assert worker.ended


def test_of_a_long_reason_only_the_beginning_is_kept(worker):
    worker.pause()
    worker._number = 1
    worker._received.add(frame(b'{"type":"Failure","outcome":"failed","reason":"' + b"a" * 10**7 + b'"}'))
    assert ask(worker).reason == "a" * LONGEST_REASON


def test_only_the_tail_of_what_a_worker_prints_is_kept(worker):
    worker._keep(b"a" * 10 * TAIL_BYTES + b"end")
    assert worker.output_tail.endswith("aend")
    assert len(worker.output_tail) == TAIL_BYTES


def test_killing_twice_is_no_mistake(worker):
    worker.kill()
    worker.kill()
    assert not psutil.pid_exists(worker.pid)
