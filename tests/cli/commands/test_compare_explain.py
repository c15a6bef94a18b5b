"""`implbench compare BASE --explain` on versions of a real problem, measured on a simulated machine."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.store.records import Role
from tests import noise
from tests.differing import LOOP, TWICE
from tests.explained import COSTS
from tests.repositories import commit, edit, git, repository
from tests.truth import Truth


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository whose kernel has changed since its one commit."""
    place = repository(tmp_path / "repository", "honest", "honest_too")
    monkeypatch.chdir(place)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    edit(place, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) * 1")
    return place


def doing(workers, factor):
    """Return the law by which BASE and HEAD do what these workers do, HEAD in so many times the time."""

    def law(arm, source, index):
        base, head = workers
        does = head if arm.role == Role.CASE else base
        seconds = 0.001 * (factor if arm.role == Role.CASE else 1.0)
        return Truth(seconds=seconds, counts=does.counts, calls=does.calls, functions=does.functions, costs=COSTS)

    return law


def test_the_terminal_is_told_what_changed(folder, capsys, simulated):
    simulated(noise=noise.QUIET, truth=doing(TWICE, 1.9))
    assert main(["compare", "HEAD", "--budget", "30", "--explain", "--quiet"]) == Exit.REGRESSION
    printed = capsys.readouterr().out
    assert "`pairs` (rows.py) takes 90 % longer itself, called 200 times instead of 100." in printed
    assert "np.add on (64, 64) C x (64, 64) C" in printed
    assert "Why: " not in printed


def test_a_program_gets_all_changes_and_a_pull_request_the_folded_table(folder, capsys, simulated, tmp_path):
    simulated(noise=noise.QUIET, truth=doing(LOOP, 3.0))
    page = tmp_path / "page.md"
    arguments = ["compare", "HEAD", "--budget", "30", "--explain", "--json", "--markdown", str(page)]
    assert main(arguments) == Exit.REGRESSION
    (one,) = json.loads(capsys.readouterr().out)["benchmarks"]
    changes = {change["what"]: (change["base"], change["head"]) for change in one["changes"]}
    assert changes["np.matmul on (64, 64) C x (64,) C"] == (0, 64)
    assert changes["allocations"] == (1, 65)
    assert one["not_seen"] == []
    assert "## What changed" in page.read_text()
    assert "<details>" in page.read_text()


def test_what_is_slower_is_told_with_how_to_learn_why(folder, capsys, simulated, monkeypatch):
    simulated(noise=noise.QUIET, truth=doing(TWICE, 1.9))
    monkeypatch.setattr("sys.argv", ["implbench", "compare", "HEAD", "--budget", "30"])
    assert main(["compare", "HEAD", "--budget", "30", "--json"]) == Exit.REGRESSION
    (one,) = json.loads(capsys.readouterr().out)["benchmarks"]
    assert (one["changes"], one["not_seen"]) == (None, None)
    assert main(["compare", "HEAD", "--budget", "30"]) == Exit.REGRESSION
    assert "Why: `implbench compare HEAD --budget 30 --explain`" in capsys.readouterr().out


def test_the_user_gets_that_command_with_its_paths_whole_and_a_pull_request_does_not(
    folder, capsys, simulated, monkeypatch, tmp_path
):
    simulated(noise=noise.QUIET, truth=doing(TWICE, 1.9))
    page = tmp_path / "page.md"
    words = ["compare", "HEAD", "--budget", "30", "--markdown", str(page)]
    monkeypatch.setattr("sys.argv", ["implbench", *words])
    assert main(words) == Exit.REGRESSION
    assert f"Why: `implbench compare HEAD --budget 30 --markdown {page} --explain`" in capsys.readouterr().out
    assert "--markdown .../page.md --explain`" in page.read_text()


def test_what_cannot_be_explained_has_its_verdict_all_the_same(folder, capsys, simulated):
    simulated(noise=noise.QUIET, truth=lambda arm, source, index: 0.002 if arm.role == Role.CASE else 0.001)
    assert main(["compare", "HEAD", "--budget", "30", "--explain"]) == Exit.REGRESSION
    assert "could not be explained: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("main",), "implbench compare main --explain"),
        (("main", "topic"), "implbench compare main topic --explain"),
        (("main", "honest"), "implbench compare main --explain"),
        (("main...",), "implbench compare main... --explain"),
        (("nothing",), None),
        (("nothing.py",), None),
    ],
)
def test_who_has_revisions_explained_is_told_the_command_for_that(folder, capsys, words, command):
    commit(folder, "second")
    git(folder, "branch", "topic")
    assert main(["explain", *words]) == Exit.USAGE
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith(f"; what two versions do otherwise is told by: {command}") == (command is not None)
