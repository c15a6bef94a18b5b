"""Which problem is asked for, by one word or by several."""

import pytest

from bench.cli.asked import asked
from bench.errors import ImplbenchError
from bench.measure.selection import Selection

ROWS = "def inputs(m=10, *, seed): ...\ndef loop(x): ...\ndef fast(x): ...\n"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.py").write_text(ROWS)


def test_a_file_is_a_problem_and_nothing_is_said_of_it(capsys):
    found, wanted = asked(["rows.py"], Selection())
    assert (found.name, wanted) == ("rows", Selection())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "names", "baseline"),
    [
        (["rows.py:fast", "rows.py:loop"], ("fast", "loop"), "fast"),
        (["./rows.py:fast"], ("fast",), "fast"),
        (["rows.py", "rows.py:fast"], ("fast",), "fast"),
    ],
)
def test_implementations_may_be_named_behind_a_colon_and_the_first_is_the_baseline(words, names, baseline):
    _, wanted = asked(words, Selection())
    assert (wanted.implementations, wanted.baseline) == (names, baseline)
    assert asked(words, Selection(baseline="loop"))[1].baseline == "loop"


@pytest.mark.parametrize(
    ("words", "head", "baseline"),
    [
        (["rows.py:fast"], "", "fast"),
        (["rows.py:fast", "rows.py:loop"], "", "loop"),
        (["rows.py:fast"], "BASELINE = 'loop'\n", "loop"),
        (["rows.py"], "", "loop"),
    ],
)
def test_a_first_function_that_was_not_named_does_not_say_what_is_right(tmp_path, words, head, baseline):
    (tmp_path / "rows.py").write_text(head + ROWS)
    assert asked(words, Selection())[0].baseline == baseline


def test_the_first_function_is_the_baseline_of_those_in_impl():
    assert asked(["rows.py"], Selection(implementations=("fast",)))[0].baseline == "loop"


def test_a_colon_in_the_name_of_a_folder_is_part_of_it(tmp_path):
    (tmp_path / "a:b").mkdir()
    (tmp_path / "a:b" / "rows.py").write_text(ROWS)
    assert asked(["a:b"], Selection())[0].folder.name == "a:b"


@pytest.mark.parametrize(
    ("words", "wanted", "told"),
    [
        (["rows.py:fast", "other.py:loop"], Selection(), "rows.py and other.py: one problem at a time"),
        (["rows.py:fast"], Selection(implementations=("loop",)), "rows.py:fast and --impl: name the implem"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_together_is_told(words, wanted, told):
    with pytest.raises(ImplbenchError, match=told):
        asked(words, wanted)


def test_which_file_was_taken_in_a_folder_and_which_was_passed_over_is_told(tmp_path, capsys):
    (tmp_path / "bench_old.py").write_text("import timeit\n")
    asked(["."], Selection())
    assert capsys.readouterr().err == (
        "implbench: rows.py is the problem here; bench_old.py was passed over, it has no function inputs()\n"
    )


def test_a_baseline_that_is_the_first_by_its_name_is_told_unless_another_is_named(tmp_path, capsys):
    folder = tmp_path / "sums"
    folder.mkdir()
    (folder / "problem.py").write_text("def inputs(m=10, *, seed): ...\n")
    for name in ("b", "a"):
        (folder / f"{name}.py").write_text("def prepare(inputs): ...\n")
    found, _ = asked(["sums"], Selection())
    assert (found.baseline, found.data, found.outputs) == ("a", ("usual",), ())
    assert (
        "the baseline is a, the first by its name; BASELINE in problem.py or --baseline names"
        in capsys.readouterr().err
    )
    asked(["sums"], Selection(baseline="b"))
    assert capsys.readouterr().err == ""
