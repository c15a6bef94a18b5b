"""A worker as the parent sees it."""

import os
import signal

import psutil
import pytest

from bench.measure.worker_process import TAIL_BYTES, Conditions, Ended, WorkerProcess
from bench.store.records import Outcome
from bench.worker.protocol import send

pytestmark = pytest.mark.slow

ORDER = {"do": "write-inputs", "folder": "/nonexistent", "inputs": "x", "seed": 1, "case": {"dtype": "float64"}}


@pytest.fixture
def worker(tmp_path):
    conditions = Conditions(environment=dict(os.environ), cpus=(), folder=tmp_path)
    with WorkerProcess(conditions) as process:
        yield process


def test_a_worker_answers_an_order_with_an_outcome_even_if_the_order_cannot_be_done(worker):
    reply = worker.ask(ORDER, 300)
    assert reply["outcome"] == "failed"
    assert "ModuleNotFoundError" in reply["reason"]


def test_a_worker_that_is_stopped_gives_no_answer_and_is_killed_at_the_deadline(worker):
    worker.ask(ORDER, 300)
    worker.pause()
    with pytest.raises(Ended, match=r"no answer within 0\.2 s") as caught:
        worker.ask(ORDER, 0.2)
    assert (caught.value.outcome, caught.value.from_outside) == (Outcome.TIMEOUT, True)
    assert not psutil.pid_exists(worker.pid)


def test_a_worker_that_was_stopped_goes_on_where_it_was(worker):
    worker.ask(ORDER, 300)
    worker.pause()
    worker.resume()
    assert worker.ask(ORDER, 300)["outcome"] == "failed"


@pytest.mark.parametrize(
    ("number", "outcome", "told"),
    [(signal.SIGABRT, Outcome.CRASHED, "SIGABRT"), (signal.SIGKILL, Outcome.OUT_OF_MEMORY, "memory runs out")],
)
def test_a_worker_that_dies_by_a_signal_is_told_by_it(worker, number, outcome, told):
    worker.ask(ORDER, 300)
    os.kill(worker.pid, number)
    with pytest.raises(Ended, match=told) as caught:
        worker.ask(ORDER, 300)
    assert caught.value.outcome == outcome


def test_an_answer_with_another_nonce_was_written_by_somebody_else(worker):
    worker.ask(ORDER, 300)
    worker.pause()
    worker._asked += 1  # as if the reply to the next order came from elsewhere
    send(worker._commands, {**ORDER, "nonce": 77})
    worker.resume()
    with pytest.raises(Ended, match="wrote to the harness's own pipe"):
        worker.ask(ORDER, 300)


def test_only_the_tail_of_what_a_worker_prints_is_kept(worker):
    worker._keep(b"a" * 10 * TAIL_BYTES + b"end")
    assert worker.output_tail.endswith("aend")
    assert len(worker.output_tail) == TAIL_BYTES


def test_killing_twice_is_no_mistake(worker):
    worker.kill()
    worker.kill()
    assert not psutil.pid_exists(worker.pid)
