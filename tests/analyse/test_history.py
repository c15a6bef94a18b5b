"""Histories: which runs, where they change, by how much, and what was committed in between."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench.analyse import history
from bench.analyse.history import Question, commits_between
from bench.cli.main import main
from bench.errors import Exit, ImplbenchError
from bench.machine import environment
from bench.stats import change_points
from bench.store import index
from tests.builders import Spec
from tests.histories import ELSEWHERE, HERE, machine, usual, write


def ask(folder, **question):
    return index.consult(folder, Question(**question).ask, [].append)


def case(found, name):
    (one,) = [one for one in found.cases if one.series.implementation == name]
    return one


def git(folder, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder of 30 runs, in which `fast` gets 10 % slower at run 15, with another commit and NumPy."""
    folder = tmp_path_factory.mktemp("results")
    write(
        folder,
        30,
        environment=lambda at: machine(commit="ab"[at >= 15] * 40, numpy="2.3.1" if at < 15 else "2.4.6"),
    )
    return folder


def test_a_change_has_its_place_its_size_and_both_levels(results):
    one = case(ask(results), "fast")
    (change,) = one.ratio.changes
    assert change.start == 15
    assert change.last_before.run == "20260101T140000Z-backprop"
    assert change.first_after.run == "20260101T150000Z-backprop"
    assert change.step.interval.low < 1.1 < change.step.interval.high
    assert change.before.value == pytest.approx(0.2, rel=0.01)
    assert change.after.value == pytest.approx(0.22, rel=0.01)
    assert change.after.interval.low < change.after.value < change.after.interval.high
    (change,) = one.seconds.changes
    assert change.before.value == pytest.approx(2e-3, rel=0.02)
    assert change.after.value == pytest.approx(2.2e-3, rel=0.02)
    assert one.ratio.now == pytest.approx(one.ratio.changes[0].after)


def test_what_stays_has_a_level_and_no_change_and_the_baseline_has_no_ratio(results):
    found = ask(results)
    assert case(found, "calm").ratio.changes == case(found, "base").seconds.changes == ()
    assert case(found, "calm").ratio.now.value == pytest.approx(0.5, rel=0.02)
    assert case(found, "base").ratio.entries == ()
    assert [of for of, _track in case(found, "base").tracks] == ["time"]


def test_a_change_names_the_software_that_changed_with_it(results):
    (change,) = case(ask(results), "fast").ratio.changes
    assert change.software == ("numpy 2.3.1 -> 2.4.6",)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, ["base", "calm", "fast"]),
        ("backprop", ["base", "calm", "fast"]),
        ("fast", ["fast"]),
        ("fast-M-float64-C-1t", ["fast"]),
        ("backprop[fast-M-float64-C-1t]", ["fast"]),
    ],
)
def test_one_can_ask_for_a_problem_an_implementation_and_a_case(results, wanted, found):
    assert [one.series.implementation for one in ask(results, wanted=wanted).cases] == found


def test_a_name_that_does_not_exist_is_told_with_those_that_do(results):
    with pytest.raises(ImplbenchError, match=r"unknown problem or case 'x': choose from backprop, backprop\[base-M"):
        ask(results, wanted="x")
    with pytest.raises(ImplbenchError, match=f"unknown machine 'x': choose from {HERE}"):
        ask(results, machine="x")


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(ImplbenchError, match="no run to look at; measure one by"):
        ask(tmp_path)


@pytest.fixture(scope="module")
def two_machines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machines")
    write(folder, 24, environment=lambda at: machine(ELSEWHERE if at % 3 else HERE))
    return folder


def test_runs_of_different_machines_are_never_in_one_series(two_machines):
    found = ask(two_machines, machine=HERE[:5])
    assert {len(one.entries) for one in found.cases} == {8}
    ((other, cases),) = found.elsewhere
    assert (other.fingerprint, other.runs) == (ELSEWHERE, 16)
    assert {one.machine for one in cases} == {ELSEWHERE}
    assert {len(one.entries) for one in cases} == {16}


@pytest.mark.parametrize(("here", "chosen"), [(HERE, HERE), ("fedcba", ELSEWHERE)])
def test_without_a_machine_it_is_this_one_or_that_with_most_runs(two_machines, monkeypatch, here, chosen):
    monkeypatch.setattr(environment, "fingerprint", lambda: here)
    assert ask(two_machines).machine.fingerprint == chosen


def test_a_case_that_was_never_run_there_is_told_with_the_machine_that_has_it(tmp_path):
    write(tmp_path, 1, environment=lambda _at: machine(HERE))
    write(tmp_path, 1, first=1, problem="matmul", environment=lambda _at: machine(ELSEWHERE))
    with pytest.raises(ImplbenchError, match=f"matmul: no run on machine {HERE}; there are on {ELSEWHERE}"):
        ask(tmp_path, machine=HERE, wanted="matmul")


def test_a_case_that_was_only_run_elsewhere_is_shown_from_there(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "fingerprint", lambda: HERE)
    write(tmp_path, 3, environment=lambda _at: machine(HERE))
    write(tmp_path, 1, first=3, problem="matmul", environment=lambda _at: machine(ELSEWHERE))
    assert ask(tmp_path, wanted="matmul").machine.fingerprint == ELSEWHERE


@pytest.mark.usefixtures("undrawn")
def test_a_fresh_clone_answers_from_the_runs_that_are_kept_in_it_and_says_where_they_were_made(tmp_path, capsys):
    write(tmp_path / "baseline", 1, environment=lambda _at: machine(ELSEWHERE))
    assert main(["history", "--results", str(tmp_path)]) == Exit.FINE
    printed = capsys.readouterr()
    assert f"on CPU ba ({ELSEWHERE})" in printed.out
    assert "holds none of these cases measured on this machine; shown is CPU ba" in printed.err
    assert main(["report", "--results", str(tmp_path), "--output", str(tmp_path / "reports")]) == Exit.FINE
    assert f"was measured on another machine than this one ({ELSEWHERE})" in capsys.readouterr().err


def test_a_case_without_a_baseline_is_not_called_one(tmp_path):
    specs = [(Spec(name="fast", ms=2.0), Spec(name="base", ms=9.0, baseline=baseline)) for baseline in (True, False)]
    write(tmp_path, 2, specs=specs.__getitem__)
    found = ask(tmp_path)
    assert sorted(map(found.label, found.cases)) == [
        "backprop[base-M-float64-C-1t], as the baseline",
        "backprop[base-M-float64-C-1t], without a baseline",
        "backprop[fast-M-float64-C-1t], against backprop[base-M-float64-C-1t]",
        "backprop[fast-M-float64-C-1t], without a baseline",
    ]


def test_a_series_is_analysed_once_and_anew_when_it_grows(tmp_path, monkeypatch):
    write(tmp_path, 25)
    calls = []
    original = change_points.analyse
    monkeypatch.setattr(change_points, "analyse", lambda y: calls.append(len(y)) or original(y))
    first = ask(tmp_path, wanted="fast")
    assert calls == [25, 25]
    assert ask(tmp_path, wanted="fast") == first
    assert calls == [25, 25]
    write(tmp_path, 1, first=25)
    ask(tmp_path, wanted="fast")
    assert calls == [25, 25, 26, 26]


def test_the_first_index_of_many_runs_analyses_all_series_at_once(tmp_path, monkeypatch):
    write(tmp_path, 5)
    monkeypatch.setattr(history, "_ALL_FROM", 4)
    ask(tmp_path, wanted="fast")
    monkeypatch.setattr(change_points, "analyse", None)
    assert len(ask(tmp_path).cases) == 3


def test_an_unstable_series_has_neither_changes_nor_a_level(tmp_path):
    write(tmp_path, 40, specs=lambda at: (usual(0)[0], Spec(name="fast", ms=2.0 if at // 10 % 2 else 3.0)))
    one = case(ask(tmp_path), "fast")
    assert one.ratio.analysis.unstable == 3
    assert (one.ratio.changes, one.ratio.now) == ((), None)


def test_the_commits_between_two_runs_are_those_that_git_tells(tmp_path):
    git(tmp_path, "init", "--quiet")
    for subject in ("first", "second", "third\tand more"):
        git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", subject)
    first, third = git(tmp_path, "rev-parse", "HEAD~2"), git(tmp_path, "rev-parse", "HEAD")
    found = commits_between(first, third + "+", tmp_path)
    assert [one.subject for one in found] == ["third\tand more", "second"]
    assert third.startswith(found[0].id)
    assert commits_between(third, third, tmp_path) == ()


def test_commits_that_git_does_not_know_are_unknown(tmp_path):
    git(tmp_path, "init", "--quiet")
    assert commits_between("a" * 40, "b" * 40, tmp_path) is None
    assert commits_between(None, "b" * 40, tmp_path) is None
    assert commits_between("--output=x", "b" * 40, tmp_path) is None
    assert commits_between("a" * 40, "b" * 40, None) is None


@pytest.fixture
def here(monkeypatch):
    """Make this machine the one that the usual runs were made on."""
    monkeypatch.setattr(environment, "fingerprint", lambda: HERE)


@pytest.mark.usefixtures("here")
def test_the_command_prints_table_and_sentence_and_draws_where_it_is_asked_to(results, tmp_path, capsys):
    arguments = ["history", "fast", "--results", str(results), "--output", str(tmp_path)]
    assert main(arguments) == Exit.FINE
    printed = capsys.readouterr()
    assert "1 of 1 case changed in 30 runs from 2026-01-01 to 2026-01-02 on CPU 01 (0123456789ab)." in printed.out
    assert "aaaaaaaa..bbbbbbbb" in printed.out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "history-backprop-fast-M-float64-C-1t.png",
        "history-backprop-fast-M-float64-C-1t.svg",
    ]
    assert printed.err == ""


def test_the_json_has_every_run_and_every_change(results, capsys):
    assert main(["history", "--results", str(results), "--json"]) == Exit.FINE
    found = json.loads(capsys.readouterr().out)
    assert found["machine"] == {"fingerprint": HERE, "cpu": "CPU 01", "host": None, "runs": 30}
    assert found["method"] == "pelt"
    (fast,) = [one for one in found["cases"] if one["implementation"] == "fast"]
    assert len(fast["runs"]) == len(fast["ratio_to_baseline"]["values"]) == 30
    (change,) = fast["ratio_to_baseline"]["changes"]
    assert change["first_run_after"] == "20260101T150000Z-backprop"
    low, high = change["after_over_before"]["interval"]
    assert low < 1.1 < high
    assert (change["commit_before"], change["commit_after"]) == ("a" * 40, "b" * 40)
    (base,) = [one for one in found["cases"] if one["implementation"] == "base"]
    assert base["ratio_to_baseline"] is None


@pytest.mark.usefixtures("here")
def test_a_corrupt_run_is_warned_of_on_stderr_and_in_the_json(tmp_path, capsys):
    _good, bad = write(tmp_path, 2)
    bad.write_text("{}")
    assert main(["history", "--results", str(tmp_path), "--json"]) == Exit.FINE
    printed = capsys.readouterr()
    assert printed.err.startswith(f"implbench: left out: {bad}: is no whole result of implbench")
    assert json.loads(printed.out)["notes"] == [printed.err.removeprefix("implbench: ").strip()]


def test_an_answer_from_the_index_imports_no_numerical_library(tmp_path):
    write(tmp_path, 21)
    code = (
        "import sys; from bench.cli.main import main; main(sys.argv[1:]);"
        "print(*{'numpy', 'pandas', 'matplotlib'} & set(sys.modules), file=sys.stderr)"
    )
    for expected in ({"numpy"}, set()):
        done = subprocess.run(
            [sys.executable, "-c", code, "history", "--quiet", "--results", str(tmp_path)],
            capture_output=True, text=True, check=True, cwd=Path(bench.__file__).parent.parent,
        )  # fmt: skip
        assert set(done.stderr.split()) == expected
