"""`implbench run --dask`: a scheduler and two workers as processes of their own, one of which is killed in mid-run."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.machine.exclusive import PLACE
from bench.store import documents

pytest.importorskip("distributed", reason="is in the environment of: tox run -e interop")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent

#: The variable that says where a process that measures notes that it began.
NOTES = "NOTES_OF_TEST"

ROWS = f"""
import os
import time
from pathlib import Path

import numpy as np

(Path(os.environ["{NOTES}"]) / str(os.getpid())).touch()

def inputs(m=100, *, seed, dtype):
    return np.random.RandomState(seed).rand(m).astype(dtype)

def loop(x):
    time.sleep(0.01)
    return x * 2

def rows(x):
    return x + x
"""

WORDS = ["--dtype", "float64,float32", "--set", "m=50", "--allocator", "default,retain", "--rounds", "2"]


@contextlib.contextmanager
def started(*words, **variables):
    """Start a program of dask's, and end it."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]]
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers, each a machine of its own; yield its address, and name -> worker."""
    file = tmp_path / "scheduler.json"
    with contextlib.ExitStack() as stack:
        usual = ("--no-dashboard", "--scheduler-file", str(file))
        stack.enter_context(started("scheduler", "--port", "0", "--host", "127.0.0.1", *usual))
        waited_for(file.exists)
        workers = {}
        for name in ("a", "b"):
            place = tmp_path / name
            place.mkdir()
            words = ("--nthreads", "1", "--no-nanny", "--resources", "host=1", "--local-directory", str(place), *usual)
            variables = {NOTES: str(place), PLACE: str(place), "TMPDIR": str(place)}  # who is killed leaves a folder
            workers[name] = stack.enter_context(started("worker", *words, **variables))
        address = json.loads(file.read_text())["address"]
        waited_for(lambda: count_of(address) == 2)
        yield address, workers


def count_of(address):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


def waited_for(condition, patience_s=60):
    until = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found


def noted(folder):
    return {int(one.name) for one in folder.iterdir() if one.name.isdecimal()}


def test_the_parts_of_a_worker_that_is_killed_are_measured_by_another_once(tmp_path, cluster):
    address, workers = cluster
    (tmp_path / "rows.py").write_text(ROWS)
    results = tmp_path / "results"
    words = ["run", str(tmp_path / "rows.py"), *WORDS, "--dask", address, "--results", str(results), "--json"]
    command = [sys.executable, "-m", "bench", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        waited_for(lambda: noted(tmp_path / "a"))
        workers["a"].send_signal(signal.SIGKILL)
        found = json.loads(run.communicate(timeout=300)[0])
    assert run.returncode == Exit.FINE
    assert len(found["groups"]) == 4
    assert len({one["name"] for one in found["groups"]}) == 4
    for group in found["groups"]:
        assert [case["outcome"] for case in group["cases"]] == ["ok", "ok"]
    assert len(found["machines"]) == 4
    (document,) = results.glob("*.json")
    rounds = documents.read(document).rounds
    assert len(rounds) == len({(one.group, one.index) for one in rounds}) == 8
    waited_for(lambda: not any(map(psutil.pid_exists, noted(tmp_path / "a"))), patience_s=10)
    assert noted(tmp_path / "b")


def test_a_cluster_without_machines_or_without_scheduler_is_told(tmp_path, capsys):
    (tmp_path / "rows.py").write_text(ROWS.replace("(Path(", "# (Path("))
    words = ["run", str(tmp_path / "rows.py"), "--results", str(tmp_path / "results")]
    assert main([*words, "--dask", "tcp://127.0.0.1:1"]) == Exit.USAGE
    assert "no scheduler answers there" in capsys.readouterr().err
    file = tmp_path / "scheduler.json"
    with started("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)):
        waited_for(file.exists)
        address = json.loads(file.read_text())["address"]
        assert main([*words, "--dask", address]) == Exit.USAGE
    assert "no worker there has the resource host" in capsys.readouterr().err
