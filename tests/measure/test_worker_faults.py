"""What code in a worker can do to a run, done by real workers: it ends with the worker, and is told for what it is."""

import os
import resource
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.errors import ImplbenchError
from bench.machine import memory
from bench.measure.ended import Ended
from bench.measure.scratch import TEMPORARY
from bench.measure.worker_process import WorkerProcess
from bench.measure.worker_start import Conditions
from bench.store.worker_records import Outcome
from bench.worker.protocol import CaseSpec, InputsWritten, WriteInputs
from tests.builders import USUAL, make_run
from tests.started import PATIENCE_S

pytestmark = [
    pytest.mark.slow,
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc"),
]

#: What the code of each problem begins with.
START = """
import os, signal, sys, time
def detached(then=lambda: time.sleep(1000)):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        own = os.fork()
        if own == 0:
            then()
            os._exit(0)
        with open("detached", "a") as file:
            print(own, file=file)
        os._exit(0)
    os.waitpid(pid, 0)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / TEMPORARY).mkdir()
    return tmp_path


def conditions(folder, **more):
    return Conditions(**({"environment": dict(os.environ), "cpus": (), "folder": folder} | more))


def asked(worker, folder, code, timeout_s=300.0):
    """Have a worker import a problem with this code; return how that ends."""
    (folder / "problem.py").write_text(f"{START}{code}")
    case = make_run(USUAL).arms[0].case
    spec = CaseSpec(case=case, folder=folder, importable=folder, inputs=folder / "inputs", outputs=("product",))
    with pytest.raises(Ended) as caught:
        worker.ask(WriteInputs(spec=spec, seed=1, other_data="uniform"), InputsWritten, timeout_s)
    return caught.value


def ended(folder, code, **more):
    """Return how a worker with this code ends, and which processes that it has detached live on when it is gone."""
    with WorkerProcess(conditions(folder, **more)) as worker:
        found = asked(worker, folder, code)
    return found, living(folder)


def outcome(folder, code, **more):
    """Return how a worker with this code ends."""
    with WorkerProcess(conditions(folder, **more)) as worker:
        return asked(worker, folder, code)


def living(folder):
    """Return the detached processes that do not end soon; there was one."""
    numbers = [int(line) for line in (folder / "detached").read_text().split()]
    assert numbers
    ends = time.monotonic() + PATIENCE_S
    while any(map(lives, numbers)) and time.monotonic() < ends:
        time.sleep(0.01)
    return [number for number in numbers if lives(number)]


def lives(number):
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    "code",
    [
        "for _ in range(3): detached()",
        "detached(lambda: os.execve(sys.executable, ['x', '-c', 'import time; time.sleep(1000)'], {}))",
        "detached(lambda: [detached() for _ in range(3)] and time.sleep(1000))",
        "detached(lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN) or time.sleep(1000))",
    ],
    ids=["detached", "another program", "one from the other", "stubborn"],
)
def test_all_that_a_worker_has_started_ends_with_it(folder, code):
    found, left = ended(folder, f"{code}\ntime.sleep(0.2)\n1 / 0")
    assert (found.outcome, found.reason) == (
        Outcome.FAILED,
        "ZeroDivisionError: division by zero (problem.py, line 17)",
    )
    assert left == []


def test_a_crash_is_seen_at_once_though_a_detached_process_holds_the_pipes_and_that_ends_too(folder):
    found, left = ended(folder, "detached()\nos.kill(os.getpid(), signal.SIGSEGV)")
    assert (found.outcome, found.reason) == (Outcome.CRASHED, "killed by SIGSEGV")
    assert left == []


def test_what_writes_for_ever_keeps_nobody(folder):
    found, left = ended(folder, "detached(lambda: [print('x' * 5000) for _ in iter(int, 1)])\n1 / 0")
    assert found.outcome == Outcome.FAILED
    assert left == []


@pytest.mark.skipif(memory.ended_for_want_of_memory() is None, reason="this system does not count what it ends")
@pytest.mark.machine
def test_a_worker_that_somebody_kills_has_not_run_out_of_memory(folder):
    found = outcome(folder, "os.kill(os.getpid(), signal.SIGKILL)")
    assert (found.outcome, found.from_outside) == (Outcome.CRASHED, True)
    assert "another process has sent" in found.reason


def test_where_the_system_has_ended_a_process_for_want_of_memory_that_is_told(folder, monkeypatch):
    counted = iter([3, 4])
    monkeypatch.setattr(memory, "ended_for_want_of_memory", lambda: next(counted))
    found = outcome(folder, "os.kill(os.getpid(), signal.SIGKILL)")
    assert (found.outcome, found.from_outside) == (Outcome.OUT_OF_MEMORY, True)


def test_a_worker_may_take_no_more_memory_than_its_limit(folder):
    found = outcome(folder, "import numpy as np\nnp.ones(2**28)", memory_bytes=2**30)
    assert found.outcome == Outcome.OUT_OF_MEMORY
    assert found.reason.endswith("; it may have 1.07 GB (--memory)")


def test_a_worker_may_write_no_larger_file_than_its_limit(folder):
    code = "with open('written.bin', 'wb') as file:\n    file.seek(2**30)\n    file.write(b'x')"
    found = outcome(folder, code, memory_bytes=2**30)
    assert found.outcome == Outcome.FAILED
    assert "File too large" in found.reason
    assert found.reason.endswith("; it may have 1.07 GB (--memory)")


def test_temporary_files_go_to_a_folder_of_the_run(folder):
    found = outcome(folder, "import tempfile\nraise ValueError(tempfile.mkdtemp())")
    assert str(folder / TEMPORARY) in found.reason


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no /dev/shm")
@pytest.mark.machine
def test_shared_memory_that_a_worker_holds_at_its_end_is_removed_and_other_is_not(folder):
    other = Path(f"/dev/shm/implbench-test-{os.getpid()}")
    other.write_text("")
    code = "held = open(f'/dev/shm/implbench-test-{os.getpid()}', 'w')\nraise ValueError(held.name)"
    try:
        with WorkerProcess(conditions(folder)) as worker:
            name = Path(asked(worker, folder, code).reason.split()[1])
            assert name.exists()
        assert not name.exists()
        assert other.exists()
    finally:
        other.unlink()


def test_secrets_are_left_out_of_what_a_worker_says_and_prints(folder):
    environment = dict(os.environ) | {"HOME": str(folder), "SOME_TOKEN": "planted1", "MY_PAT": "planted2"}
    code = "print(os.environ['MY_PAT'], os.environ['HOME'], flush=True)\nraise ValueError(os.environ['SOME_TOKEN'])"
    with WorkerProcess(conditions(folder, environment=environment)) as worker:
        found = asked(worker, folder, code)
    assert found.reason.startswith("ValueError: *** (")
    assert worker.output_tail.startswith("*** ~\n")
    assert "planted" not in worker.output_tail


def test_a_worker_whose_folder_vanishes_is_no_failure_of_its_case(folder):
    with WorkerProcess(conditions(folder)) as worker:
        code = f"import shutil\nshutil.rmtree({str(folder)!r})\n1 / 0"
        with pytest.raises(ImplbenchError, match="is gone while it was needed"):
            asked(worker, folder, code)
    with pytest.raises(ImplbenchError, match="is gone while it was needed"):
        WorkerProcess(conditions(folder))


@pytest.mark.parametrize("more", [0, 3, 5])
def test_where_no_worker_can_be_started_that_is_one_sentence_and_nothing_stays_open(folder, more):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    first = os.dup(0)
    os.close(first)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first + more, before[1]))
    try:
        with pytest.raises(ImplbenchError, match=r"no worker can be started \(Too many open files\)"):
            WorkerProcess(conditions(folder))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert os.dup(0) == first
    os.close(first)


def test_a_worker_that_stops_itself_is_ended_with_what_it_started(folder):
    with WorkerProcess(conditions(folder)) as worker:
        found = asked(worker, folder, "detached()\nos.kill(os.getpid(), signal.SIGSTOP)", timeout_s=2.0)
    assert found.outcome == Outcome.TIMEOUT
    assert living(folder) == []
