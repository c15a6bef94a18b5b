"""`implbench run --resume`: what is asked for, what is said, and with which exit code it ends."""

import json

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.cli import resuming
from bench.cli.main import main
from bench.errors import Exit, ImplbenchError
from bench.machine.exclusive import alone
from bench.measure.environments import Environment
from bench.problems import problem
from bench.report.sections import threats
from bench.store import documents
from tests.builders import make_run
from tests.environments import RECORDS
from tests.killed import FAKES, killed, killing, later
from tests.simulated import Simulation


@pytest.fixture
def left(tmp_path, monkeypatch):
    """Leave a run that was killed in its third round, and the machine that it was measured on."""
    simulation = Simulation()
    killed(tmp_path, simulation, implementations=("honest_too",), listener=killing(simulation, 2))
    later(simulation, 2).everywhere(monkeypatch)
    return tmp_path


def test_a_killed_run_goes_on_and_ends_like_any_other(left, capsys):
    assert main(["run", str(FAKES), "--resume", "--results", str(left), "--json"]) == Exit.FINE
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["interrupted"] is False
    assert [one["after_rounds"] for one in found["resumed"]] == [2]
    assert "goes on after 2 rounds" in said.err
    (path,) = left.glob("*.json")
    assert found["document"] == str(path)
    assert main(["run", str(FAKES), "--resume", "--results", str(left)]) == Exit.USAGE
    assert "holds no run that was interrupted" in capsys.readouterr().err
    assert main(["run", str(FAKES), "--resume", found["run"], "--results", str(left)]) == Exit.USAGE
    assert "is a finished run, there is nothing to resume" in capsys.readouterr().err


def test_a_run_in_several_environments_goes_on_in_the_same_ones_named_again(tmp_path, capsys, monkeypatch):
    both = tuple(Environment(label=one.label, record=one) for one in RECORDS)
    simulation = Simulation()
    killed(tmp_path, simulation, implementations=("honest",), environments=both, listener=killing(simulation, 2))
    later(simulation, 2).everywhere(monkeypatch)
    assert main(["run", str(FAKES), "--resume", "--results", str(tmp_path)]) == Exit.USAGE
    assert "name them beside --resume as they were named" in capsys.readouterr().err
    monkeypatch.setattr(resuming, "ready", lambda asked, tell: both)
    assert main(["run", str(FAKES), "--resume", "--results", str(tmp_path)]) == Exit.FINE
    assert documents.read(next(tmp_path.glob("*.json"))).environments == RECORDS


def test_the_report_says_that_it_went_on_and_when(left, capsys):
    main(["run", str(FAKES), "--resume", "--results", str(left)])
    run = documents.read(next(left.glob("*.json")))
    told = " ".join(threats.section(Analysis(run)).paragraphs)
    assert f"ended from outside after 2 rounds, and went on at {run.resumed[0].at}" in told


@pytest.mark.parametrize(
    "words", [["--rounds", "5"], ["--impl", "copying"], ["--roofline"], ["--watch"], ["--seed", "2"]]
)
def test_what_would_change_the_run_cannot_be_named_beside_it(left, capsys, words):
    assert main(["run", str(FAKES), "--resume", "--results", str(left), *words]) == Exit.USAGE
    assert "--resume goes on as the run was begun" in capsys.readouterr().err


def recorded(*words):
    """Return a run of the product whose command has these words."""
    run, found = make_run(problem="product"), problem.find(str(FAKES))
    settings = replace(run.settings, command=("implbench", "run", *words))
    return replace(run, settings=settings, problem=replace(run.problem, digest=found.digest()))


def test_the_problem_is_the_one_of_the_command_or_of_this_folder(monkeypatch):
    assert resuming._problem_of(recorded("--rounds", "3", f"{FAKES}:honest"), ()).folder == FAKES
    monkeypatch.setenv("HOME", str(FAKES.parent))
    assert resuming._problem_of(recorded("~/product", "--json"), ()).folder == FAKES
    monkeypatch.chdir(FAKES)
    assert resuming._problem_of(recorded(), ()).folder == FAKES


@pytest.mark.parametrize("word", ["...", "\0", "x" * 5000, "~nobody/x", "/proc/1/mem", ""])
def test_words_that_name_no_problem_are_passed_over_and_it_is_asked_for(word, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImplbenchError, match="where product lies is not known here; name it"):
        resuming._problem_of(recorded(word), ())


def test_other_code_of_that_name_is_not_taken():
    run = recorded(str(FAKES))
    run = replace(run, problem=replace(run.problem, digest="0"))
    with pytest.raises(ImplbenchError, match="the code of product has changed"):
        resuming._problem_of(run, ())
    with pytest.raises(ImplbenchError, match="unknown problem"):
        resuming._problem_of(run, ("nothing_here",))


@pytest.mark.parametrize(
    "command",
    [
        ["run", str(FAKES)],
        ["roofline", str(FAKES)],
        ["explain", str(FAKES)],
        ["calibrate", str(FAKES)],
        ["time", "1 + 1", "2"],
        ["compare", str(FAKES), str(FAKES)],
    ],
    ids=lambda words: words[0],
)
def test_each_command_that_measures_leaves_where_another_measures_and_it_is_not_to_wait(
    command, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    simulation = Simulation().everywhere(monkeypatch)
    with alone(("implbench", "run", "other")):
        assert main([*command, "--no-wait"]) == Exit.NOTHING_MEASURED
    assert "(implbench run other) has been measuring on this machine since " in capsys.readouterr().err
    assert simulation.held == []
