"""`implbench run --watch` as somebody uses it who saves one version after the other: in a process of its own."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from bench import cli
from bench.errors import Exit

CHECKOUT = Path(__file__).parent.parent.parent

PATIENCE_S = 40
"""Longest wait for one event: nothing depends on how long it takes."""

#: What a terminal that is closed sends; where these tests run under nohup, it is ignored.
CLOSED = signal.SIGHUP if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL else signal.SIGINT

RIGHT, WRONG = "(x * x).sum(axis=1)", "(x * x).sum(axis=1) * 1.001"


class Watch:
    """A watch of a small problem, and the events it told."""

    def __init__(self, folder, *arguments):
        command = [sys.executable, "-m", "bench", "run", f"./{folder.name}", "--watch", "--json", "--set", "m=20"]
        self._process = subprocess.Popen(
            [*command, "--rounds", "1", "--budget", "1", *arguments],
            cwd=folder.parent,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.told = []

    def _read(self):
        with self._process.stdout as stdout:
            for line in stdout:
                self._lines.put(json.loads(line))

    def until(self, event):
        """Return the events up to the next one of that name, which comes last."""
        found = []
        while not found or found[-1]["event"] != event:
            found.append(self._lines.get(timeout=PATIENCE_S))
        self.told += found
        return found

    def next(self, event):
        """Return the next event of that name."""
        return self.until(event)[-1]

    def interrupt(self, number=signal.SIGINT):
        """Press Ctrl-C, or close the terminal; return the exit code, once nothing is left."""
        workers = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE_S)
        assert psutil.wait_procs(workers, timeout=10)[1] == []
        return code

    def end(self):
        """End it, by force if it does not end by itself."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def folder(tmp_path, capsys):
    """A new problem, of a name that no other test has; whatever is kept of it must be gone in the end."""
    place = tmp_path / f"rows_{os.getpid()}"
    assert cli.main(["new", "problem", place.name, "--into", str(tmp_path)]) == Exit.FINE
    capsys.readouterr()
    yield place
    memory = Path("/dev/shm")
    assert not memory.is_dir() or list(memory.glob(f"implbench-*/versions/*/{place.name}")) == []


@pytest.fixture
def start(folder):
    """Start a watch, that is ended with the test."""
    started = []

    def start(*arguments):
        started.append(Watch(folder, *arguments))
        return started[-1]

    yield start
    for watch in started:
        watch.end()


def save(folder, returned, name="vectorised"):
    """Save an implementation as an editor does: written beside, then put in its place."""
    text = f"import numpy as np\n\n\ndef prepare(inputs):\n    x = inputs['x']\n    return lambda: {returned}\n"
    beside = folder / f".{name}.py.new"
    beside.write_text(text)
    beside.replace(folder / f"{name}.py")


def test_each_version_is_verified_and_measured_against_the_last_right_one(folder, start):
    watch = start()
    run, _ = watch.until("waiting")
    assert {case["implementation"]: case["outcome"] for case in run["groups"][0]["cases"]} == {
        "loop": "ok",
        "vectorised": "ok",
    }
    assert (folder.parent / run["document"]).is_file()

    save(folder, "np.einsum('ij,ij->i', x, x)")
    saved, verified, measured, _ = watch.until("waiting")
    assert saved == {"event": "saved", "implementations": ["vectorised"]}
    assert (verified["outcome"], verified["reason"]) == ("ok", None)
    assert verified["error_over_tolerance"] < 1
    assert measured["speedup_over_version_before"]["value"] > 0
    assert measured["speedup_over_baseline"]["value"] > 1
    assert measured["baseline"].startswith(f"{folder.name}[loop-")

    save(folder, WRONG)
    _, wrong, last = watch.until("waiting")
    assert (wrong["event"], wrong["outcome"], last["event"]) == ("verified", "wrong", "waiting")
    assert "sums is off by" in wrong["reason"]

    (folder / "vectorised.py").write_text("def prepare(:\n")
    _, broken, _ = watch.until("waiting")
    assert broken["outcome"] == "failed"
    assert "syntax error in line 1" in broken["reason"]

    save(folder, f"__import__('time').sleep(0.002) or {RIGHT}")
    slower = watch.next("measured")
    assert slower["speedup_over_version_before"]["value"] < 0.2
    assert len(list((folder.parent / "results").iterdir())) == 1
    watch.until("waiting")
    assert watch.interrupt() == Exit.FINE
    assert watch.next("ended") == {"event": "ended"}


def test_comments_new_and_deleted_files_and_a_broken_problem_are_told(folder, start):
    watch = start()
    watch.until("waiting")
    with (folder / "vectorised.py").open("a") as file:
        file.write("# that is all\n")
    assert [one["event"] for one in watch.until("waiting")] == ["unchanged", "waiting"]

    save(folder, RIGHT, "third")
    new, saved, _, measured, _ = watch.until("waiting")
    assert new == {"event": "new", "implementation": "third"}
    assert saved["implementations"] == ["third"]
    assert measured["speedup_over_version_before"] is None
    assert measured["speedup_over_baseline"]["value"] > 1

    (folder / "third.py").unlink()
    assert watch.until("waiting")[0] == {"event": "deleted", "implementation": "third"}

    problem = (folder / "problem.py").read_text()
    (folder / "problem.py").write_text("SIZES = (")
    assert "cannot be read as Python" in watch.next("problem")["reason"]
    (folder / "problem.py").write_text(problem.replace("-1, 1", "0, 1"))
    told = watch.until("waiting")
    assert [one["implementation"] for one in told if one["event"] == "measured"] == ["loop", "vectorised"]
    assert watch.interrupt(CLOSED) == Exit.FINE


def test_a_save_ends_what_is_being_measured_and_that_version_is_no_version_before(folder, start):
    watch = start("--rounds", "2", "--budget", "2")
    watch.until("waiting")
    save(folder, f"__import__('time').sleep(0.002) or {RIGHT}")
    watch.until("verified")
    for returned in (WRONG, RIGHT, RIGHT + " + 0", "np.einsum('ij,ij->i', x, x)"):  # in a row, as fast as it goes
        save(folder, returned)
    told = [one["event"] for one in watch.until("waiting")]
    assert told == ["superseded", "saved", "verified", "measured", "waiting"]
    assert watch.told[-2]["speedup_over_version_before"]["value"] < 10

    save(folder, f"__import__('time').sleep(0.002) or {RIGHT}")
    watch.until("verified")
    assert watch.interrupt() == Exit.INTERRUPTED


def test_a_save_during_the_first_run_begins_it_anew(folder, start):
    watch = start("--rounds", "100", "--budget", "60")
    for returned in (WRONG, RIGHT):
        wait_for_journal(folder.parent / "results")
        save(folder, returned)
        assert [one["event"] for one in watch.until("superseded")] == ["superseded"]
    wait_for_journal(folder.parent / "results")
    assert watch.interrupt() == Exit.INTERRUPTED


def wait_for_journal(results):
    """Wait until a run writes into a folder of results."""
    waited = threading.Event()
    for _ in range(10 * PATIENCE_S):
        if list(results.glob("*.journal.jsonl")):
            return
        waited.wait(0.1)
    pytest.fail("no run began")


@pytest.mark.parametrize("option", [["--sweep", "m=10..100"], ["--roofline"]])
def test_what_takes_minutes_is_not_watched(folder, option, capsys):
    assert cli.main(["run", str(folder), "--watch", *option]) == Exit.USAGE
    assert f"--watch and {option[0]}: give one of the two" in capsys.readouterr().err
