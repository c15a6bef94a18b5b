"""Problems, read without being run."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.problems import problem

GOOD = '''"""Sum of squares.

s = sum x^2
"""
SIZES = {"S": {"m": 10}}
DEFAULT_SIZE = "S"
DATA = ("uniform",)
BASELINE = "loop"
OUTPUTS = ("s",)
raise SystemExit("a problem that is only read is not run")
'''


def written(folder: Path, text: str) -> Path:
    (folder / "problem.py").write_text(text)
    return folder


def test_a_problem_is_read_from_its_docstring_and_constants_alone(tmp_path):
    found = problem.read(written(tmp_path, GOOD))
    assert (found.title, found.formula) == ("Sum of squares", "s = sum x^2")
    assert (found.sizes, found.baseline, found.layouts) == ({"S": {"m": 10}}, "loop", ())


def test_the_bundled_problems_are_found_by_name_and_any_folder_by_its_path(tmp_path):
    assert {"backprop", "matmul"} <= set(problem.available())
    assert problem.find("backprop").default_size == "M"
    assert problem.find(str(written(tmp_path, GOOD))).title == "Sum of squares"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("SIZES = ", "SIZES = ("), "cannot be read as Python"),
        (GOOD.replace('("uniform",)', "len"), "has no literal constant DATA"),
        (GOOD.replace('"loop"', "3"), "BASELINE must be a literal str"),
        (GOOD.replace('DEFAULT_SIZE = "S"', 'DEFAULT_SIZE = "X"'), "unknown DEFAULT_SIZE 'X': choose from S"),
    ],
)
def test_a_problem_with_a_mistake_is_told(tmp_path, text, told):
    with pytest.raises(ImplbenchError, match=told):
        problem.read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "told"), [("bakprop", "autoencoder, backprop, matmul"), ("no/such/folder", "no such folder")]
)
def test_an_unknown_problem_is_told_with_the_known_ones(name, told):
    with pytest.raises(ImplbenchError, match=told):
        problem.find(name)


def test_a_folder_without_a_problem_is_told(tmp_path):
    with pytest.raises(ImplbenchError, match=r"has no problem\.py"):
        problem.find(str(tmp_path))


def test_a_change_of_any_file_changes_the_digest(tmp_path):
    found = problem.read(written(tmp_path, GOOD))
    first = found.digest()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"1")
    assert found.digest() == first
    (tmp_path / "loop.py").write_text("")
    assert found.digest() != first


def test_an_installed_package_offers_its_problems_by_an_entry_point(tmp_path, monkeypatch):
    package = tmp_path / "somebodys_problems" / "sums"
    package.mkdir(parents=True)
    written(package, GOOD)
    point = EntryPoint(name="sums", value="somebodys_problems.sums", group=problem.ENTRY_POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    assert problem.available()["sums"] == package
    assert problem.find("sums").title == "Sum of squares"


def test_a_problem_may_name_the_order_in_which_its_implementations_improve(tmp_path):
    assert problem.read(written(tmp_path, GOOD)).ladder == ()
    text = GOOD.replace('OUTPUTS = ("s",)', 'OUTPUTS = ("s",)\nLADDER = ("loop", "dot")')
    assert problem.read(written(tmp_path, text)).ladder == ("loop", "dot")
    assert problem.find("backprop").ladder[:2] == ("loop_per_sample", "loop_hoisted")


@pytest.mark.parametrize(
    ("text", "names"), [('("x", "y")', ("x", "y")), ('"x"', ("x",)), ("()", ()), ('["x"]', ("x",))]
)
def test_what_an_evaluation_may_overwrite_is_read_too(tmp_path, text, names):
    assert problem.read(written(tmp_path, f"INOUT = {text}\n{GOOD}")).inout == names


@pytest.mark.parametrize("text", ["3", "(3,)", '{"x": 1}'])
def test_names_to_overwrite_that_are_none_are_told(tmp_path, text):
    with pytest.raises(ImplbenchError, match="INOUT must be a literal tuple of names of inputs"):
        problem.read(written(tmp_path, f"INOUT = {text}\n{GOOD}"))


def test_a_problem_that_is_linked_to_belongs_to_the_one_that_builds_on_it(tmp_path):
    for name in ("one", "two", "data"):
        (tmp_path / name).mkdir()
    written(tmp_path / "one", GOOD)
    written(tmp_path / "two", GOOD)
    (tmp_path / "data" / "large").write_text("")
    (tmp_path / "two" / "_one").symlink_to("../one")
    (tmp_path / "two" / "data").symlink_to("../data")
    (tmp_path / "one" / "_two").symlink_to("../two")
    found = problem.read(tmp_path / "two")
    assert [file.relative_to(tmp_path).as_posix() for file in found.files] == ["two/_one/problem.py", "two/problem.py"]
    before = found.digest()
    (tmp_path / "one" / "problem.py").write_text(GOOD + "changed = 1\n")
    assert found.digest() != before
