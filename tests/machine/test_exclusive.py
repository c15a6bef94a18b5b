"""One machine, one measurement: the second waits or leaves, and nobody waits for the dead."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from bench.errors import Exit, NothingMeasured
from bench.machine import exclusive
from bench.machine.exclusive import PLACE, alone

#: When the clock of the notes began, as it is shown here.
CLOCK = time.strftime("%H:%M", time.localtime(1000.0))


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a folder with a lock of its own."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    return tmp_path


def test_who_does_not_wait_is_told_who_measures():
    with alone(("implbench", "run", "backprop")):
        who = rf"process {os.getpid()} \(implbench run backprop\) has been measuring"
        with (
            pytest.raises(NothingMeasured, match=who) as error,
            alone((), wait=False),
        ):
            raise AssertionError("it measured beside another")
        assert error.value.exit_code == Exit.NOTHING_MEASURED
    with alone((), wait=False):
        pass


def test_who_waits_is_told_for_whom_and_measures_behind_it():
    told, done, waits = [], [], threading.Event()

    def say(text):
        told.append(text)
        waits.set()

    def second():
        with alone(("second",), say=say):
            done.append("second")

    thread = threading.Thread(target=second)
    with alone(("implbench", "first")):
        thread.start()
        waits.wait()
        done.append("first")
    thread.join()
    assert done == ["first", "second"]
    (sentence,) = told
    assert sentence.startswith(f"waiting for process {os.getpid()} (implbench first), which has been measuring ")


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({}, "process 7 (run), which measures on this machine ("),
        ({"since_s": 1000.0}, f"process 7 (run), which has been measuring on this machine since {CLOCK} (200 s) ("),
        ({"since_s": 1000.0, "planned_s": 900.0}, f" since {CLOCK} (200 s of about 15 min) ("),
        ({"since_s": 9000.0}, " (0 s) ("),
        ({"since_s": -1.0}, "another process, which measures on this machine ("),
        ({"since_s": 1e300}, "another process, which measures on this machine ("),
    ],
)
def test_who_waits_is_told_since_when_and_how_long_it_may_take(place, monkeypatch, note, said):
    monkeypatch.setattr(exclusive.time, "time", lambda: 1200.0)
    file = place / "note"
    file.write_text(json.dumps({"pid": 7, "command": "run", **note}))
    with file.open() as opened:
        assert said in exclusive._waiting(opened.fileno())


def test_the_note_tells_what_was_planned(place):
    with alone(("implbench", "run"), planned_s=75.0):
        (file,) = place.iterdir()
        assert json.loads(file.read_text())["planned_s"] == 75.0
        with pytest.raises(NothingMeasured, match=r" of about 75 s\); without --no-wait"), alone((), wait=False):
            pass


def test_who_waits_for_long_is_told_again(monkeypatch):
    monkeypatch.setattr(exclusive, "REMINDED_S", 1e-3)
    told, enough = [], threading.Event()

    def say(text):
        told.append(text)
        if len(told) == 3:
            enough.set()

    def second():
        with alone(("second",), say=say):
            pass

    thread = threading.Thread(target=second)
    with alone(("first",)):
        thread.start()
        enough.wait()
    thread.join()
    assert all(text.startswith("waiting for process") for text in told)


@pytest.mark.slow
def test_a_process_that_was_killed_is_not_waited_for():
    code = "from bench.machine.exclusive import alone\nwith alone(('x',)): print(flush=True); input()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(NothingMeasured, match=f"process {holder.pid}"), alone((), wait=False):
            pass
        holder.kill()
        holder.wait()
        with alone((), wait=False):
            pass


def test_a_link_is_not_followed_and_nothing_is_waited_for_then(place):
    elsewhere = place / "elsewhere"
    (place / f"implbench-{os.geteuid()}.lock").symlink_to(elsewhere)
    told = []
    with alone((), say=told.append), alone((), say=told.append, wait=False):
        pass
    assert not elsewhere.exists()
    assert told == [told[0]] * 2
    assert "other measurements on this machine are not waited for" in told[0]


def test_another_users_file_is_left_alone(place, monkeypatch):
    monkeypatch.setattr(exclusive.os, "geteuid", lambda: 12345)
    file = place / "implbench-12345.lock"
    file.write_text("theirs")
    told = []
    with alone(("implbench",), say=told.append):
        pass
    assert len(told) == 1
    assert file.read_text() == "theirs"


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b'{"pid": 1}', b"[" * 100_000, b'{"pid": 1, "command": "' + b"x" * 9000]
)
def test_a_note_of_the_holder_that_says_nothing_is_no_error(place, note):
    with alone(()):
        (place / f"implbench-{os.geteuid()}.lock").write_bytes(note)
        with pytest.raises(NothingMeasured, match="another process measures"), alone((), wait=False):
            pass


def test_the_file_is_nobody_elses(place):
    with alone(("a\udcff",)):
        (file,) = place.iterdir()
        assert file.stat().st_mode & 0o077 == 0


def test_without_a_place_it_is_the_same_file_in_every_session(monkeypatch):
    monkeypatch.delenv(PLACE)
    found = exclusive._file()
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/elsewhere")
    assert exclusive._file() == found


@pytest.mark.parametrize("name", ["a_file", "absent"])
def test_a_variable_that_names_no_folder_is_told_so(place, monkeypatch, name):
    (place / "a_file").touch()
    monkeypatch.setenv(PLACE, str(place / name))
    told = []
    with alone((), say=told.append):
        pass
    assert told == ["IMPLBENCH_LOCK: names no folder: other measurements on this machine are not waited for"]
