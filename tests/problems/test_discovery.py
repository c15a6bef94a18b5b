"""Which files and folders are problems."""

import pytest

from bench.errors import ImplbenchError
from bench.problems import discovery, problem

ROWS = "def inputs(m=10, *, seed): ...\ndef loop(x): ...\n"


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("rows.py", ROWS, True),
        ("rows.py", "def inputs(*, seed): ...\ndef loop(x): ...\n", True),
        ("rows.py", "def inputs(m=10): ...\nloop = lambda x: x\n", True),
        ("rows.py", "def inputs(): ...\ndef loop(x): ...\n", False),
        ("rows.py", "def inputs(eval_data, batch_size=128): ...\ndef loss(x): ...\n", False),
        ("rows.py", "def inputs(m=10, *, seed): ...\n", False),
        ("rows.py", "def inputs(m=10, *, seed): ...\ndef loop(:\n", False),
        ("rows.py", "class Layer:\n    def inputs(self, seed=1): ...\ndef loop(x): ...\n", False),
        ("rows.py", 'SIZES = {"S": {}}\nBASELINE = "loop"\n', False),
        ("problem.py", 'SIZES = {"S": {}}\nBASELINE = "loop"\n', True),
        ("problem.py", "def inputs(m=10, *, seed): ...\n", True),
        ("problem.py", "SIZES = (1, 2)\n", False),
        ("problem.py", "def inputs(self): ...\n", False),
    ],
)
def test_other_peoples_modules_are_no_problems(tmp_path, name, text, is_one):
    (tmp_path / name).write_text(text)
    assert discovery.is_problem(tmp_path / name) is is_one


def test_a_file_that_is_named_needs_only_a_function_inputs(tmp_path):
    (tmp_path / "rows.py").write_text("def inputs(): ...\ndef loop(x): ...\n")
    assert discovery.is_problem(tmp_path / "rows.py", named=True)


def test_the_one_problem_of_a_folder_is_found_and_several_are_named(tmp_path):
    (tmp_path / "helper.py").write_text("def help(): ...\n")
    (tmp_path / "rows.py").write_text(ROWS)
    assert problem.find(str(tmp_path)).file == tmp_path / "rows.py"
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns" / "problem.py").write_text("def inputs(m=10, *, seed): ...\n")
    with pytest.raises(ImplbenchError, match=r"has several problems, name one: rows\.py, columns"):
        problem.find(str(tmp_path))
    (tmp_path / "rows.py").unlink()
    assert problem.find(str(tmp_path)).name == "columns"


def test_where_there_is_none_the_files_that_were_passed_over_are_named_with_the_reason(tmp_path):
    texts = {
        "bench_old": "import timeit\n",
        "broken": "def (",
        "lost": "def inputs(*, seed): ...\n",
        "odd": "def inputs(n): ...\n",
        "setup": "",
        "test_it": "",
        "zero": "",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    with pytest.raises(ImplbenchError) as raised:
        problem.find(str(tmp_path))
    told = str(raised.value)
    assert "bench_old.py: has no function inputs(); broken.py: cannot be read as Python: line 1" in told
    assert (
        "lost.py: has no function to compare; odd.py: its inputs() has neither sizes with defaults nor a seed" in told
    )
    assert told.endswith("; and 1 more)")


def test_of_other_files_only_those_count_as_passed_over_that_measure_something(tmp_path):
    (tmp_path / "rows.py").write_text(ROWS)
    (tmp_path / "helper.py").write_text("def help(): ...\n")
    (tmp_path / "old.py").write_text("from time import perf_counter\n")
    (tmp_path / "benchmarks.py").write_text("")
    assert list(discovery.passed_over(tmp_path)) == ["benchmarks.py", "old.py"]


@pytest.mark.parametrize("name", ["rows.txt", "nowhere.py", "no/such"])
def test_what_is_neither_folder_nor_python_file_is_told(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.txt").write_text("")
    with pytest.raises(ImplbenchError, match="no such folder or Python file"):
        problem.find(name)


def test_a_file_that_is_named_without_its_suffix_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.py").write_text(ROWS)
    with pytest.raises(ImplbenchError, match=r"unknown problem 'rows': choose from .*, \./rows\.py"):
        problem.find("rows")
