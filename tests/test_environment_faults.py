"""What the machine under a run can do to it, done for real: one sentence, the right exit code, nothing lost or left.

What needs disks, process tables or a /proc of its own gets them in namespaces, where the system allows those.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.errors import Exit
from bench.measure.scratch import PREFIX, SCRATCH
from bench.store import documents
from tests.started import started, until

pytestmark = [pytest.mark.slow, pytest.mark.faults]

CHECKOUT = Path(__file__).parent.parent
FAKES = CHECKOUT / "tests" / "fakes" / "product"
RUN = [sys.executable, "-m", "bench", "run", str(FAKES), "--impl", "honest_too", "--size", "S", "--rounds", "3"]
ISOLATED = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"]


def isolated(script, folder, *more):
    """Do what a shell does that may mount, and of whose processes none is left; `$run` measures into `results`.

    `more` are options of unshare: further namespaces.
    """
    inside = [ISOLATED[0], *more, *ISOLATED[1:]]
    folder.joinpath("results").mkdir()
    command = shlex.join([*RUN, "--results", "results"])
    environment = os.environ | {"run": command, "PYTHONPATH": str(CHECKOUT)}
    allowed = subprocess.run([*inside, "mount -t tmpfs none /mnt"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip(f"no namespaces here: {allowed.stderr.decode(errors='replace').strip()}")
    return subprocess.run([*inside, script], capture_output=True, text=True, cwd=folder, env=environment, check=False)


def sentences(done):
    """Return what a command told on stderr but for its progress."""
    return [line for line in done.stderr.splitlines() if "round " not in line and ": Product" not in line]


def kept(folder):
    """Return the rounds of the one run in the results folder."""
    (path,) = documents.documents(folder / "results")
    return len(documents.read(path).rounds)


def test_a_results_disk_that_is_full_at_once_is_one_sentence_and_no_file(tmp_path):
    script = "mount -t tmpfs -o size=4k,nr_inodes=1 none results; eval $run; code=$?; ls -A results; exit $code"
    done = isolated(script, tmp_path)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    (sentence,) = sentences(done)
    assert "results: cannot be written (No space left on device)" in sentence


def test_a_results_disk_that_is_full_in_the_middle_keeps_the_rounds_before(tmp_path):
    script = "mount -t tmpfs -o size=24k none results; eval $run; code=$?; cp results/* .; exit $code"
    done = isolated(script, tmp_path)
    assert done.returncode == Exit.USAGE
    (sentence,) = sentences(done)
    assert "No space left on device" in sentence
    assert "what was measured is kept: implbench report results/" in sentence
    (path,) = documents.documents(tmp_path)
    assert 1 <= len(documents.read(path).rounds) <= 3  # where all fit, the document did not


def test_a_scratch_disk_that_is_full_is_one_sentence(tmp_path):
    (tmp_path / "scratch").mkdir()
    script = f"mount -t tmpfs -o size=8k none scratch; {SCRATCH}=scratch; export {SCRATCH}; eval $run"
    done = isolated(script, tmp_path)
    assert done.returncode in (Exit.USAGE, Exit.NOTHING_MEASURED)
    (sentence,) = sentences(done)
    assert "No space left on device" in sentence


def test_without_proc_a_run_measures_and_leaves_nothing(tmp_path):
    done = isolated("mount -t tmpfs none /proc; eval $run --json", tmp_path)
    assert done.returncode in (Exit.FINE, Exit.UNDECIDED), done.stderr
    assert json.loads(done.stdout)["groups"]
    assert kept(tmp_path) == 3


def test_without_shared_memory_a_run_measures(tmp_path):
    done = isolated(f"mount -t tmpfs -o mode=0,size=4k none /dev/shm; unset {SCRATCH}; eval $run", tmp_path)
    assert done.returncode in (Exit.FINE, Exit.UNDECIDED), done.stderr
    assert kept(tmp_path) == 3


def test_a_run_with_its_report_and_page_needs_no_network(tmp_path):
    reach = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"  # it sends nothing
    is_reached = shlex.join([sys.executable, "-c", reach])
    done = isolated(f"{is_reached} && exit 99; eval $run --report --html --output reports", tmp_path, "--net")
    assert done.returncode in (Exit.FINE, Exit.UNDECIDED), done.stderr
    assert "Network is unreachable" in done.stderr
    assert kept(tmp_path) == 3
    assert list(tmp_path.glob("reports/**/*.html"))


def test_a_results_folder_that_is_read_only_is_one_sentence_before_anything_is_measured(tmp_path):
    done = isolated("mount -t tmpfs -o ro none results; eval $run", tmp_path)
    assert done.returncode == Exit.USAGE
    (sentence,) = sentences(done)
    assert "results: cannot be written (Read-only file system)" in sentence


@pytest.mark.parametrize("limit", ["-n 8", "-n 16"])
def test_too_few_descriptors_are_one_sentence_and_nothing_is_left(tmp_path, limit):
    script = f"{SCRATCH}=.; export {SCRATCH}; ulimit {limit}; eval $run; code=$?; ls -A . results; exit $code"
    done = isolated(script, tmp_path)
    assert done.returncode == Exit.USAGE
    (sentence,) = sentences(done)
    assert "no worker can be started (Too many open files)" in sentence
    assert done.stdout.split() == [".:", "results", "results:"]


@contextmanager
def running(folder):
    """Start a run of many rounds, which writes what it tells into `error`."""
    (folder / "scratch").mkdir(exist_ok=True)
    command = [*RUN[:-1], "1000", "--results", str(folder / "results")]
    with (
        (folder / "error").open("w") as error,
        started(command, CHECKOUT, env=os.environ | {SCRATCH: str(folder / "scratch")}, stderr=error) as process,
    ):
        yield process


def journal(folder):
    """Return the journal of a run, once it has a round."""
    found = list(folder.glob(f"results/*{documents.JOURNAL}"))
    return found[0] if found and found[0].read_bytes().count(b"\n") > 1 else None


def test_a_scratch_folder_that_vanishes_ends_the_run_and_keeps_its_rounds(tmp_path):
    with running(tmp_path) as process:
        until(process, lambda: journal(tmp_path))
        for folder in (tmp_path / "scratch").iterdir():
            shutil.rmtree(folder, ignore_errors=True)
    assert process.returncode == Exit.USAGE
    told = (tmp_path / "error").read_text().splitlines()[-1]
    assert "is gone while it was needed" in told
    assert "what was measured is kept" in told
    assert kept(tmp_path) >= 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_run_and_keeps_its_rounds(tmp_path, number):
    with running(tmp_path) as process:
        until(process, lambda: journal(tmp_path))
        process.send_signal(number)
    assert process.returncode == Exit.INTERRUPTED
    assert kept(tmp_path) >= 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_a_killed_run_has_left_is_cleared_by_the_next_and_its_rounds_are_kept(tmp_path):
    with running(tmp_path) as process:
        until(process, lambda: journal(tmp_path))
        process.kill()
    assert [path.name.startswith(PREFIX) for path in (tmp_path / "scratch").iterdir()] == [True]
    assert kept(tmp_path) >= 1
    with running(tmp_path) as process:
        until(process, lambda: len(list((tmp_path / "results").iterdir())) == 2)
        process.send_signal(signal.SIGINT)
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no /dev/shm")
def test_a_file_that_a_worker_leaves_in_shared_memory_is_named(tmp_path):
    problem, left = tmp_path / "product", Path(f"/dev/shm/implbench-test-left-{os.getpid()}")
    shutil.copytree(FAKES, problem, ignore=shutil.ignore_patterns("__pycache__"))
    with (problem / "honest_too.py").open("a") as source:
        source.write(f"\nopen({str(left)!r}, 'w').close()\n")
    words = [*RUN[:4], str(problem), *RUN[5:-1], "1", "--results", str(tmp_path / "results")]
    try:
        done = subprocess.run(words, capture_output=True, text=True, cwd=CHECKOUT, check=False)
        assert f"implbench: {left}: was made while this run lasted" in done.stderr
    finally:
        left.unlink()
