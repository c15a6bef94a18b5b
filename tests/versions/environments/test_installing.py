"""What is asked of pip and uv, and what is told of what they say."""

import json
import subprocess
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.machine.environment import version
from bench.versions.environments import cache, installing, making
from bench.versions.environments.installing import Pip, Uv
from bench.versions.environments.interpreters import Interpreter

INTERPRETER = Interpreter(path=Path("/usr/bin/python3.12"), version="3.12.1", implementation="CPython")

NO_SOLUTION = """\
  \u00d7 No solution found when resolving dependencies:
  ╰─▶ Because there is no version of numpy==99 and you require numpy==99, we
      can conclude that your requirements are unsatisfiable.
"""


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """Programs that are not started: what they were asked, and what they answer in turn."""
    monkeypatch.setenv(cache.CACHE, str(tmp_path / "cache"))
    asked, answers = [], []

    def run(command, **_how):
        files = [word for word in command if word.endswith(".txt")]
        asked.append([*command, *(Path(file).read_text() for file in files)])
        code, said = answers.pop(0) if answers else (0, "")
        return subprocess.CompletedProcess(command, code, stdout=said, stderr=said)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(installing, "installer", lambda: Uv(program="uv"))
    monkeypatch.setattr(making.interpreters, "find", lambda name: INTERPRETER)
    return asked, answers


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (NO_SOLUTION, "No solution found when resolving dependencies: Because there is no version of numpy==99 and"),
        ("hint\nERROR: No matching distribution found for numpy==99\nnotice: a new pip", "ERROR: No matching"),
        ("fetching https://user:secret@example.invalid/simple failed", "https://example.invalid"),
    ],
)
def test_a_failure_is_told_in_one_line_without_logins(said, told):
    found = installing.sentence(said)
    assert told in found
    assert "\n" not in found
    assert "secret" not in found
    assert not installing.sentence("x" * 10_000)[400:]


def test_what_a_worker_needs_is_taken_as_the_harness_has_it_unless_it_is_named():
    found = installing.as_here(installing.NEEDED, ("NumPy>=2", "scipy"))
    assert found == (f"threadpoolctl=={version('threadpoolctl')}", f"msgspec=={version('msgspec')}")


def test_files_of_requirements_are_named_by_their_whole_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert installing.lines_of(("-r", "old.txt", "scipy"), ("numpy",)) == f"-r {tmp_path}/old.txt\nscipy\nnumpy\n"


def test_an_environment_is_resolved_made_and_filled_once_and_then_needs_nobody(programs):
    asked, answers = programs
    answers += [(0, "# by uv\nnumpy==2.3.5\nmsgspec==0.21\n"), (0, "")]
    told = []
    place = made = making.made("numpy 2.3.5", "3.12", ("numpy==2.3.5",), tell=told.append)
    compile_, venv, install = asked
    assert compile_[:3] == ["uv", "pip", "compile"]
    assert "numpy==2.3.5\nnumpy\nthreadpoolctl\nmsgspec\n" in compile_[-1]
    assert venv[-1] == str(place)
    assert install[-1] == "msgspec==0.21\nnumpy==2.3.5\n"
    assert made == making.made("numpy 2.3.5", "3.12", ("numpy==2.3.5",), tell=told.append)
    assert len(asked) == 3
    assert len(told) == 1


def test_where_the_harnesss_own_versions_do_not_go_together_with_the_rest_others_are_taken(programs):
    asked, answers = programs
    answers += [(1, NO_SOLUTION), (0, "numpy==1.26\n")]
    place = making.made("scipy 1.11", None, ("scipy==1.11",), tell=lambda text: None)
    assert cache.read(place).pins == ("numpy==1.26",)
    assert "numpy==" in asked[0][-2] + asked[0][-1]


def test_what_cannot_be_resolved_leaves_nothing(programs):
    _, answers = programs
    answers += [(1, NO_SOLUTION)] * 2
    with pytest.raises(ImplbenchError, match="no version of numpy==99"):
        making.made("numpy 99", None, ("numpy==99",), tell=lambda text: None)
    assert cache.entries() == ()


def test_a_file_of_requirements_that_is_not_there_is_told(programs):
    with pytest.raises(ImplbenchError, match=r"--env-file none\.txt: cannot be read"):
        making.made("none.txt", None, ("-r", "none.txt"), tell=lambda text: None)


def test_pip_is_asked_for_a_report_where_uv_is_not_here(programs, tmp_path):
    asked, answers = programs
    direct = {"metadata": {"name": "mine", "version": "1"}, "is_direct": True, "download_info": {"url": "file:///m"}}
    report = {"install": [{"metadata": {"name": "NumPy", "version": "2.3.5"}}, direct]}
    answers += [(0, ""), (0, json.dumps(report))]
    files = [tmp_path / name for name in ("requirements.txt", "constraints.txt")]
    for file in files:
        file.write_text("numpy\n")
    assert Pip().resolve(INTERPRETER, *files) == ("mine @ file:///m", "numpy==2.3.5")
    assert asked[0][:3] == [str(INTERPRETER.path), "-m", "venv"]
    assert "--dry-run" in asked[1]
