"""`implbench compare` on real versions of a real problem, with real workers."""

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

from bench import cli
from bench.errors import Exit
from tests.versions import commit, edit, git, repository

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository of three kernels, with one commit."""
    place = repository(tmp_path / "repository", "honest", "honest_too", "copying")
    monkeypatch.chdir(place)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return place


def compared(capsys, *arguments):
    """Return exit code and JSON of a comparison of HEAD with the working tree."""
    code = cli.main(["compare", "HEAD", "--budget", "30", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def verdicts(found):
    return {one["id"].split("[")[1].split("-")[0]: one["verdict"] for one in found["benchmarks"]}


def test_a_version_that_does_its_work_twice_is_named_as_slower(folder, capsys):
    edit(folder, "honest", "        return np.dot(x.T, y)", "        np.dot(x.T, y)\n        return np.dot(x.T, y)")
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.REGRESSION, {"honest": "slower"})
    (one,) = found["benchmarks"]
    assert one["suspect"]
    low, high = one["ratio_head_over_base"]["interval"]
    assert 1.5 < low < high < 2.5


def test_a_version_that_does_half_its_work_is_named_as_faster(folder, capsys):
    edit(folder, "honest", "        return np.dot(x.T, y)", "        np.dot(x.T, y)\n        return np.dot(x.T, y)")
    commit(folder, "slow")
    edit(folder, "honest", "        np.dot(x.T, y)\n        return", "        return")
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.FINE, {"honest": "faster"})


def test_an_array_more_on_each_call_is_a_finding_by_count(folder, capsys):
    edit(folder, "honest", "        return np.dot(x.T, y)", "        np.empty(1000)\n        return np.dot(x.T, y)")
    _, found = compared(capsys, "--margin", "50%")
    (one,) = found["benchmarks"]
    assert "allocations of arrays a call: 1 -> 2" in one["counts"]
    assert "bytes of these a call: 240 -> 8,240" in one["counts"]


def test_a_wrong_version_comes_before_any_time(folder, capsys):
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x[:-1].T, y[:-1])")
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.WRONG, {"honest": "wrong"})
    (one,) = found["benchmarks"]
    assert "HEAD is wrong: product is off by" in one["reason"]
    assert one["ratio_head_over_base"] is None


def test_a_version_that_was_wrong_before_cannot_be_compared(folder, capsys):
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x[:-1].T, y[:-1])")
    commit(folder, "wrong")
    edit(folder, "honest", "np.dot(x[:-1].T, y[:-1])", "np.dot(x.T, y)")
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.NOTHING_MEASURED, {"honest": "not comparable"})


def test_comments_alone_leave_nothing_to_measure(folder, capsys):
    edit(folder, "honest", "    return step", "    # that is all\n    return step")
    code, found = compared(capsys)
    assert (code, found["benchmarks"]) == (Exit.NOTHING_MEASURED, [])
    assert {one["reason"] for one in found["skipped"]} == {"the same code on both sides (--all measures it)"}


def test_the_same_code_is_measured_on_demand_and_called_no_slower(folder, capsys):
    code, found = compared(capsys, "--all", "--margin", "25%")
    assert code == Exit.FINE
    assert set(verdicts(found).values()) <= {"equivalent", "not slower"}
    assert len(found["benchmarks"]) == 3
    assert found["noise_floor"]["interval"] is not None


def test_the_answer_is_written_for_a_pull_request(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "summary.md").write_text("before\n")
    assert cli.main(["compare", "HEAD", "--markdown", str(tmp_path / "page.md")]) == Exit.NOTHING_MEASURED
    page = (tmp_path / "page.md").read_text()
    assert page.startswith("# implbench compare\n\nNothing was measured: the same code on both sides")
    assert (tmp_path / "summary.md").read_text() == "before\n" + page
    assert "Nothing was measured" in capsys.readouterr().out


def test_a_revision_that_does_not_exist_is_one_sentence(folder, capsys):
    assert cli.main(["compare", "no-such-branch"]) == Exit.USAGE
    assert capsys.readouterr().err == (
        "implbench: 'no-such-branch': neither a revision of this repository nor a folder; its branches are main\n"
    )


@pytest.mark.parametrize(("number", "after_s"), [(signal.SIGINT, 0.15), (signal.SIGTERM, 0.6), (signal.SIGINT, 2.5)])
def test_an_interrupt_at_any_moment_leaves_no_worktree_no_worker_and_no_file(folder, tmp_path, number, after_s):
    (tmp_path / "scratch").mkdir()
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "TMPDIR": str(tmp_path / "scratch")}
    before = git(folder, "worktree", "list"), git(folder, "status", "--porcelain"), in_memory()
    command = [sys.executable, "-m", "bench", "compare", "HEAD", "--all", "--markdown", str(tmp_path / "page.md")]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    time.sleep(after_s)
    workers = []
    with contextlib.suppress(psutil.NoSuchProcess):
        workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    assert process.wait(30) in (130, -number)
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert (git(folder, "worktree", "list"), git(folder, "status", "--porcelain"), in_memory()) == before
    assert not (tmp_path / "page.md").exists()
    assert list((tmp_path / "scratch").iterdir()) == []


def in_memory():
    """Return the scratch folders of implbench that lie in memory, but for those of runs beside this test."""
    place = Path("/dev/shm")
    return {entry.name for entry in place.glob("implbench-*")} if place.is_dir() else set()
