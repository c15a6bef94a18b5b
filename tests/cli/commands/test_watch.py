"""`implbench run --watch` as somebody uses it who saves one version after the other.

On a simulated machine each save comes at the moment that is asked for, and code takes as long as it says; once, real
workers measure in a process of its own.
"""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from bench.cli.commands import watch
from bench.cli.main import main
from bench.errors import Exit
from bench.measure.scratch import SCRATCH
from bench.versions import snapshots
from tests import noise
from tests.simulated import Simulation
from tests.started import gone, started, until, workers

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path, capsys):
    """A new problem."""
    assert main(["new", "problem", "rows", "--folder", "--into", str(tmp_path)]) == Exit.FINE
    capsys.readouterr()
    return tmp_path / "rows"


def save(folder, returned="(x * x).sum(axis=1)", name="vectorised", **constants):
    """Save an implementation as an editor does: written beside, then put in its place."""
    lines = [f"{key} = {value!r}" for key, value in constants.items()]
    text = "\n".join(["import numpy as np", *lines, "", "", "def prepare(inputs):", "    x = inputs['x']", ""])
    beside = folder / f".{name}.py.new"
    beside.write_text(f"{text}    return lambda: {returned}\n")
    beside.replace(folder / f"{name}.py")


def told(printed):
    """Return the events that were printed."""
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def watched(folder, monkeypatch, capsys, tmp_path):
    """Watch on a simulated machine: do each step while it waits, then press Ctrl-C; return exit code and events.

    What is to happen in the midst of a measurement is told by (part of what is being done, what then is done), in the
    order of happening.
    """
    monkeypatch.setenv(SCRATCH, str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    said, midst = [], []

    class Disturbed(Simulation):
        def say(self, doing):
            super().say(doing)
            if midst and midst[0][0] in doing:
                midst.pop(0)[1]()

    def watch_it(*steps, during=(), arguments=(), **how):
        left = list(steps)
        midst.extend(during)

        def looked(seconds):
            if said and said[-1] in ("waiting", "problem"):
                said.append("a step")
                if not left:
                    raise KeyboardInterrupt
                left.pop(0)()

        tell = watch._Watch._tell
        with monkeypatch.context() as patch:
            patch.setattr(watch._Watch, "_tell", lambda *of, **more: (tell(*of, **more), said.append(of[1])))
            patch.setattr(snapshots.time, "sleep", looked)
            Disturbed(noise=noise.QUIET, **how).everywhere(patch)
            results = ["--results", str(tmp_path / "results")]
            code = main(["run", str(folder), "--watch", "--json", "--set", "m=20", *results, *arguments])
        assert left == midst == []
        assert list((tmp_path / "scratch").iterdir()) == []
        return code, told(capsys.readouterr().out)

    return watch_it


def of(events, name):
    return [one for one in events if one["event"] == name]


def names(events):
    return [one["event"] for one in events]


def test_each_version_is_verified_and_measured_against_the_last_right_one(folder, watched, tmp_path):
    save(folder, SECONDS=0.0002)
    code, events = watched(
        lambda: save(folder, SECONDS=0.0001),
        lambda: save(folder, OUTCOME="wrong", REASON="sums is off by 3 times the tolerance"),
        lambda: (folder / "vectorised.py").write_text("def prepare(:\n"),
        lambda: save(folder, SECONDS=0.002),
    )
    assert code == Exit.FINE
    run = events[0]
    assert {case["implementation"]: case["outcome"] for case in run["groups"][0]["cases"]} == {
        "loop": "ok",
        "vectorised": "ok",
    }
    assert names(events) == [
        *("run", "waiting", "saved", "verified", "measured", "waiting"),
        *("saved", "verified", "waiting"),
        *("saved", "verified", "waiting"),
        *("saved", "verified", "measured", "waiting", "ended"),
    ]
    faster, slower = of(events, "measured")
    assert faster["speedup_over_version_before"]["value"] == pytest.approx(2, rel=0.02)
    assert faster["speedup_over_baseline"]["value"] == pytest.approx(10, rel=0.02)
    assert faster["baseline"].startswith("rows[loop-")
    assert slower["speedup_over_version_before"]["value"] == pytest.approx(1 / 20, rel=0.02)
    right, wrong, broken, _ = of(events, "verified")
    assert (right["outcome"], right["reason"]) == ("ok", None)
    assert right["error_over_tolerance"] < 1
    assert (wrong["outcome"], wrong["reason"]) == ("wrong", "sums is off by 3 times the tolerance")
    assert broken["outcome"] == "failed"
    assert "syntax error in line 1" in broken["reason"]
    assert [str(file) for file in (tmp_path / "results").iterdir()] == [run["document"]]


def test_comments_new_and_deleted_files_and_a_broken_problem_are_told(folder, watched):
    file = folder / "problem.py"
    problem, code = file.read_text(), (folder / "vectorised.py").read_text()
    ended, events = watched(
        lambda: (folder / "vectorised.py").write_text(f"{code}# that is all\n"),
        lambda: save(folder, name="third", SECONDS=0.0005),
        (folder / "third.py").unlink,
        lambda: file.write_text("SIZES = ("),
        lambda: file.write_text(problem.replace("-1, 1", "0, 1")),
    )
    assert ended == Exit.FINE
    assert names(events) == [
        *("run", "waiting", "unchanged", "waiting", "new", "saved", "verified", "measured", "waiting"),
        *("deleted", "waiting", "problem"),
        *("saved", "verified", "verified", "measured", "measured", "waiting", "ended"),
    ]
    assert of(events, "new") == [{"event": "new", "implementation": "third"}]
    assert of(events, "deleted") == [{"event": "deleted", "implementation": "third"}]
    third, *both = of(events, "measured")
    assert third["speedup_over_version_before"] is None
    assert third["speedup_over_baseline"]["value"] == pytest.approx(2, rel=0.02)
    assert "cannot be read as Python" in of(events, "problem")[0]["reason"]
    assert [one["implementation"] for one in both] == ["loop", "vectorised"]


def test_a_save_ends_what_is_being_measured_and_that_version_is_no_version_before(folder, watched):
    save(folder, SECONDS=0.001)
    code, events = watched(
        lambda: save(folder, SECONDS=0.1),
        during=[("C-1t] now", lambda: save(folder, SECONDS=0.0005))],
    )
    assert code == Exit.FINE
    assert names(events)[2:] == [
        *("saved", "verified", "superseded", "saved", "verified", "measured", "waiting", "ended"),
    ]
    (measured,) = of(events, "measured")
    assert measured["speedup_over_version_before"]["value"] == pytest.approx(2, rel=0.02)


def test_a_save_during_the_first_run_begins_it_anew(folder, watched):
    code, events = watched(
        during=[("pass 2", lambda: save(folder, SECONDS=0.5)), ("pass 1", lambda: save(folder, SECONDS=0.0001))],
    )
    assert code == Exit.FINE
    assert names(events) == ["superseded", "superseded", "run", "waiting", "ended"]
    (group,) = events[2]["groups"]
    found = {case["implementation"]: case["seconds_per_call"]["value"] for case in group["cases"]}
    assert found["vectorised"] == pytest.approx(0.0001, rel=0.02)


def interrupt():
    raise KeyboardInterrupt


def test_ctrl_c_in_the_midst_of_a_measurement_ends_the_watch(folder, watched):
    code, events = watched(lambda: save(folder, SECONDS=0.5), during=[("C-1t] before", interrupt)])
    assert code == Exit.INTERRUPTED
    assert names(events) == ["run", "waiting", "saved", "verified"]


def test_ctrl_c_in_the_first_run_keeps_its_whole_rounds(watched, tmp_path):
    code, events = watched(during=[("starting", lambda: None)] * 5 + [("pass", interrupt)])
    assert (code, names(events)) == (Exit.INTERRUPTED, ["run"])
    assert len(list((tmp_path / "results").iterdir())) == 1


def test_a_terminal_that_is_closed_ends_it_as_ctrl_c_does(watched):
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        code, events = watched(lambda: signal.raise_signal(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (code, names(events)) == (Exit.FINE, ["run", "waiting", "ended"])


@pytest.mark.slow
def test_real_versions_are_measured_by_real_workers_until_ctrl_c(folder, tmp_path):
    command = [sys.executable, "-m", "bench", "run", "./rows", "--watch", "--json", "--set", "m=20"]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), SCRATCH: str(tmp_path / "scratch")}
    (tmp_path / "scratch").mkdir()
    printed = tmp_path / "printed"

    def waits(times):
        return lambda: sum('"waiting"' in line for line in printed.read_text().splitlines()) == times

    with (
        printed.open("w") as out,
        started([*command, "--rounds", "1", "--budget", "1"], tmp_path, env=environment, stdout=out) as process,
    ):
        until(process, waits(1))
        save(folder, "np.einsum('ij,ij->i', x, x)")
        until(process, waits(2))
        save(folder, "(x * x).sum(axis=1) * 1.001")
        until(process, waits(3))
        children = workers(process)
        process.send_signal(signal.SIGINT)
    assert process.returncode == Exit.FINE
    assert gone(children)
    events = told(printed.read_text())
    assert names(events) == [
        *("run", "waiting", "saved", "verified", "measured", "waiting"),
        *("saved", "verified", "waiting", "ended"),
    ]
    assert events[4]["speedup_over_version_before"]["value"] > 0
    assert events[7]["reason"].startswith("sums[")
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("option", [["--sweep", "m=10..100"], ["--roofline"]])
def test_what_takes_minutes_is_not_watched(folder, option, capsys):
    assert main(["run", str(folder), "--watch", *option]) == Exit.USAGE
    assert f"--watch and {option[0]}: give one of the two" in capsys.readouterr().err
