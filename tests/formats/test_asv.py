"""asv's results folder: what asv shows and publishes of an export."""

import json
import math
import subprocess

import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.formats import asv
from bench.formats.timed_cases import timed
from bench.report.parts import file_name
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, make_run


def at_commit(run, commit, created="2026-11-23T12:00:00Z"):
    environment = {**run.environment, "commit": {"id": commit, "dirty": False}}
    return replace(run, environment=environment, created=created, id=f"run-{commit[:8]}")


def results(files):
    (name,) = [name for name in files if name.endswith("-implbench.json")]
    document = json.loads(files[name])
    return {key: dict(zip(document["result_columns"], row, strict=False)) for key, row in document["results"].items()}


@pytest.fixture
def repository(tmp_path):
    """Return a folder with an empty repository of two commits, and their names."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*words):
        named = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
        done = subprocess.run(["git", *named, *words], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init")
    commits = []
    for message in ("one", "two"):
        git("commit", "--allow-empty", "--message", message)
        commits.append(git("rev-parse", "HEAD"))
    return folder, commits


def configured(folder, repository):
    """Write asv's configuration beside a results folder."""
    settings = {
        "version": 1,
        "project": "implbench",
        "repo": str(repository),
        "branches": ["main"],
        "environment_type": "existing",
        "results_dir": ".",
        "html_dir": "html",
    }
    (folder / "asv.conf.json").write_text(json.dumps(settings))


def test_asv_shows_and_publishes_an_export_of_two_commits(run, written, tool, repository):
    place, commits = repository
    runs = [at_commit(run, commits[0]), at_commit(make_run(USUAL[:2], environment=run.environment), commits[1])]
    folder = written(asv.export(runs))
    configured(folder, place)
    listed = tool("asv", "show", cwd=folder)
    assert all(commit[:8] in listed for commit in commits)
    shown = tool("asv", "show", commits[0], cwd=folder)
    assert "backprop.time" in shown
    assert "row_major" in shown
    assert "72.8" in shown
    assert "n/a" in tool("asv", "show", commits[1], cwd=folder)
    tool("asv", "publish", cwd=folder)
    (graph,) = (folder / "html" / "graphs" / "summary").glob("backprop.time.json")
    assert len(json.loads(graph.read_text())) == 2


def test_asv_takes_names_that_are_hostile(hostile, written, tool, repository):
    place, commits = repository
    folder = written(asv.export([at_commit(hostile, commits[0])]))
    configured(folder, place)
    assert "\x1b" not in tool("asv", "show", commits[0], cwd=folder)
    tool("asv", "publish", cwd=folder)
    names = {path.name for path in (folder / "html").rglob("*.time.json")}
    assert names == {f"{file_name(hostile.problem.name)}.time.json"}


def test_a_run_is_a_file_of_its_machine_and_commit(run):
    assert list(asv.export([run])) == [
        "benchmarks.json",
        "a3714eda5174/machine.json",
        "a3714eda5174/94bf24be-implbench.json",
    ]


def test_the_value_is_the_median_over_rounds_and_the_samples_are_one_a_round(run):
    row = results(asv.export([run]))["backprop.time"]
    cases = timed([run])
    assert row["params"][0] == ["'loop_hoisted'", "'row_major'", "'inplace'"]
    assert row["result"] == [one.finding.seconds_per_call.value for one in cases]
    assert row["samples"] == [list(one.seconds) for one in cases]
    assert row["stats_repeat"] == [8, 8, 8]
    assert all(
        low < value < high
        for low, value, high in zip(row["stats_ci_99_a"], row["result"], row["stats_ci_99_b"], strict=True)
    )


def test_too_few_rounds_for_99_percent_have_no_interval_rather_than_an_invented_one():
    run = make_run(USUAL[:2], rounds=6)
    row = results(asv.export([at_commit(run, "ab" * 20)]))["backprop.time"]
    assert row["stats_ci_99_a"] == [None, None]
    assert row["stats_q_25"][0] < row["stats_q_75"][0]


def test_values_go_through_all_combinations_null_for_what_failed_and_nan_for_what_was_not_asked():
    before = make_run([Spec(name="a", layout="C"), Spec(name="a", layout="F"), Spec(name="b", layout="C")])
    after = make_run([Spec(name="a", layout="C"), Spec(name="b", layout="C", outcome=Outcome.WRONG, reason="off")])
    files = asv.export([at_commit(before, "ab" * 20), at_commit(after, "cd" * 20)])
    first, second = (json.loads(data)["results"]["backprop.time"][0] for name, data in files.items() if "-" in name)
    assert [value is not None and math.isnan(value) for value in first] == [False, False, False, True]
    assert [value is None for value in second] == [False, False, True, False]
    assert math.isnan(second[1])


def test_the_version_of_a_benchmark_never_changes_or_asv_would_pass_over_what_it_has(run):
    files = asv.export([run])
    assert json.loads(files["benchmarks.json"])["backprop.time"]["version"] == "implbench-1"
    assert results(files)["backprop.time"]["version"] == "implbench-1"


def test_a_run_without_a_commit_is_told():
    with pytest.raises(ImplbenchError, match="made outside a repository: asv files results by commit"):
        asv.export([make_run()])


def test_one_case_twice_at_one_commit_is_told(run):
    with pytest.raises(ImplbenchError, match="has a time in both"):
        asv.export([run, replace(run, id="another")])
