"""What a candidate brings, and what of it counts."""

import pytest

from bench.errors import ImplbenchError
from bench.problems import problem
from bench.problems.candidates import of_path, of_text
from bench.problems.implementation import chosen
from bench.problems.source_code import texts_of

ROWS = "def inputs(n=10, *, seed): ...\ndef loop(x): ...\n"


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "rows.py").write_text(ROWS)
    return problem.find(str(tmp_path / "rows.py"))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "sums"
    place.mkdir()
    (place / "problem.py").write_text('SIZES = {"S": {"n": 10}}\nDEFAULT_SIZE = "S"\ndef inputs(n, *, seed): ...\n')
    (place / "loop.py").write_text("def prepare(inputs): ...\n")
    (place / "_shared.py").write_text("")
    return problem.find(str(place))


def implementation(found):
    return chosen(found.problem, [found.implementation])[found.implementation]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("def fast(x): ...", "fast"),
        ("def loop(x): ...\ndef other(x): ...", "loop"),
        ("def inputs(): ...\ndef reference(x): ...\ndef accept(*all): ...\ndef fast(x): ...", "fast"),
        ("def _help(x): ...\nfast = lambda x: x", "fast"),
    ],
)
def test_the_function_that_is_called_as_the_baseline_is_or_the_only_public_one_is_meant(rows, tmp_path, text, function):
    one = implementation(of_text(text.encode(), rows, tmp_path / "apart"))
    assert (one.broken, one.function, one.apart) == (None, function, True)
    assert one.file.parent == tmp_path / "apart"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(x): ...\ndef g(x): ...", "has the public functions f, g; a candidate has one, or one called loop"),
        ("x = 1", "stdin.py: has no public function"),
        ("def f(:", "stdin.py: cannot be read as Python: line 1"),
        ("__all__ = names()", "stdin.py: __all__ must be one literal list"),
        ("async def f(x): ...", "is an async function (stdin.py, line 1)"),
    ],
)
def test_what_offers_nothing_to_call_is_broken_with_the_reason(rows, tmp_path, text, told):
    assert told in implementation(of_text(text.encode(), rows, tmp_path / "apart")).broken


def test_a_file_is_copied_and_its_name_may_be_any_but_one_that_is_taken(rows, tmp_path):
    file = tmp_path / "rows-2.py"
    file.write_text("def loop(x): ...")
    found = of_path(file, rows, tmp_path / "apart")
    assert (found.name, found.implementation) == (str(file), "candidate")
    (tmp_path / "loop.py").write_text("def loop(x): ...")
    assert of_path(tmp_path / "loop.py", rows, tmp_path / "other").implementation == "loop_"


def test_of_a_folder_its_package_or_the_file_called_as_the_baseline_s_or_the_only_one_is_meant(rows, tmp_path):
    for place, files in {"a": ["__init__", "rows"], "b": ["rows", "help"], "c": ["fast"], "d": ["x", "y"]}.items():
        (tmp_path / place).mkdir()
        for name in files:
            (tmp_path / place / f"{name}.py").write_text("def fast(x): ...")
    found = {place: implementation(of_path(tmp_path / place, rows, tmp_path / f"apart-{place}")) for place in "abcd"}
    assert [found[place].file.name for place in "abc"] == ["__init__.py", "rows.py", "fast.py"]
    assert "has neither __init__.py nor a single Python file" in found["d"].broken
    assert (found["a"].root, found["a"].module) == (tmp_path / "apart-a", "a")


def test_beside_a_folder_a_candidate_is_a_module_with_prepare_and_has_what_the_others_share(folder, tmp_path):
    text = b'"""Fast"""\nREQUIRES = ("no-such-thing",)\nfrom ._shared import x\ndef prepare(inputs): ...\n'
    one = implementation(of_text(text, folder, tmp_path / "apart"))
    assert (one.title, one.requires, one.function, one.broken) == ("Fast", ("no-such-thing",), None, None)
    assert (tmp_path / "apart" / "_shared.py").exists()
    lacking = implementation(of_text(b"def fast(x): ...", folder, tmp_path / "other"))
    assert "has no function prepare(inputs)" in lacking.broken


def test_its_text_is_kept_beside_that_of_the_baseline(rows, tmp_path):
    found = of_text(b"def fast(x):\n    return 1\n", rows, tmp_path / "apart")
    texts = texts_of(found.problem, chosen(found.problem, ["loop", found.implementation]))
    assert texts == {"loop": {"rows.py": ROWS}, "stdin": {"stdin.py": "def fast(x):\n    return 1\n"}}


def test_the_problem_stays_what_it_was_and_two_candidates_differ(rows, tmp_path):
    one, other = (of_text(text, rows, tmp_path / text.decode()[4]) for text in (b"def f(x): 1", b"def g(x): 2"))
    assert one.problem.digest() == rows.digest()
    assert one.digest != other.digest


def test_a_candidate_that_is_not_there_is_a_mistake_of_the_command(rows, tmp_path):
    with pytest.raises(ImplbenchError, match="no such file or folder; a candidate is"):
        of_path(tmp_path / "none.py", rows, tmp_path / "apart")


@pytest.mark.parametrize("baseline", ["", "COPIES_INPUTS = True\n"], ids=["does not", "copies"])
def test_that_a_candidate_copies_its_inputs_counts_only_where_the_baseline_does_so(folder, tmp_path, baseline):
    (folder.folder / "loop.py").write_text(f"{baseline}def prepare(inputs): ...\n")
    found = of_text(b"COPIES_INPUTS = True\ndef prepare(inputs): ...\n", folder, tmp_path / "apart")
    assert implementation(found).copies_inputs is bool(baseline)
