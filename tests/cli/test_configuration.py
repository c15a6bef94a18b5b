"""Defaults of options that a project asks for."""

import pytest

from bench.cli.main import main
from bench.cli.parser import parser
from bench.errors import Exit, ImplbenchError


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """Return what commands are asked for that are typed below a folder with these settings."""

    def parsed(settings, *words, name="pyproject.toml"):
        (tmp_path / name).write_text(settings)
        below = tmp_path / "benchmarks" / "rows"
        below.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(below)
        return vars(parser().parse_args(words))

    return parsed


def test_a_key_is_an_option_of_every_command_that_has_it(typed):
    settings = '[tool.implbench]\nmargin = "5%"\nbudget = 20\nreport = true\nhtml = false\n'
    run = typed(settings, "run", "rows")
    assert (run["margin"], run["budget_s"], run["report"]) == (0.05, 20.0, True)
    assert "html" not in run
    assert typed(settings, "compare", "main")["margin"] == 0.05
    assert "margin" not in typed(settings, "list")


def test_a_commands_own_table_counts_more_and_what_is_typed_most(typed):
    settings = "[tool.implbench]\nbudget = 20\n[tool.implbench.compare]\nbudget = 60.5\n"
    assert typed(settings, "run", "rows")["budget_s"] == 20
    assert typed(settings, "compare", "main")["budget_s"] == 60.5
    assert typed(settings, "compare", "main", "--budget", "7")["budget_s"] == 7


def test_a_list_is_one_option_or_one_for_each(typed):
    settings = '[tool.implbench.compare]\nproblem = ["rows", "sums"]\npath = ["python", "lib"]\n'
    found = typed(settings, "compare", "main")
    assert found["problems"] == ("rows", "sums")
    assert found["paths"] == ["python", "lib"]
    assert typed(settings, "compare", "main", "--problem", "rows")["problems"] == ("rows",)


def test_single_benchmarks_have_limits_of_their_own_for_every_gate(typed):
    settings = 'margin = "5%"\n[benchmarks.rows]\nmargin = 10\n[benchmarks."rows/loop"]\nmemory-margin = "20%"\n'
    found = typed(settings, "compare", "main", name="implbench.toml")
    assert (found["margin"], found["own_margins"], found["own_memory_margins"]) == (
        0.05,
        {"rows": 0.1},
        {"rows/loop": 0.2},
    )
    assert typed(settings, "bisect", "a", "b", "rows", "loop", name="implbench.toml")["own_margins"] == {"rows": 0.1}


def test_a_margin_that_is_typed_is_that_of_all(typed):
    settings = '[tool.implbench.benchmarks.rows]\nmargin = 10\nmemory-margin = "20%"\n'
    found = typed(settings, "compare", "main", "--margin", "1%")
    assert (found["margin"], found["own_margins"], found["own_memory_margins"]) == (0.01, {}, {"rows": 0.2})


def test_a_file_of_its_own_comes_before_pyproject_and_the_nearest_before_those_above(typed, tmp_path):
    (tmp_path / "implbench.toml").write_text("rounds = 7\n")
    assert typed("[tool.implbench]\nrounds = 9\n", "run")["rounds"] == 7
    (tmp_path / "benchmarks" / "pyproject.toml").write_text("[tool.implbench]\nrounds = 8\n")
    assert typed("", "run")["rounds"] == 8


@pytest.mark.parametrize("settings", ["", "[project]\nname = 'implbench'\n", "[tool.implbench]\n"])
def test_without_a_table_nothing_changes(typed, settings):
    assert typed(settings, "run", "rows") == typed("", "run", "rows")


def test_a_file_that_does_not_speak_of_implbench_may_be_anything(typed):
    assert "margin" not in typed("[tool.other] =", "run", "rows")
    with pytest.raises(ImplbenchError, match=r"pyproject.toml: is no TOML"):
        typed("[tool.implbench] =", "run", "rows")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "[tool.implbench]\nmargn = 1\n",
            r"tool.implbench.margn: no command has an option --margn; did you mean margin\?",
        ),
        ("[tool.implbench.comapre]\n", r"tool.implbench.comapre: there is no such command; did you mean compare\?"),
        ("[tool.implbench.run]\nbase = 1\n", "tool.implbench.run.base: `implbench run` has no option --base"),
        ("[tool.implbench]\nmargin = -5\n", "tool.implbench.margin: found '-5', expected"),
        ("[tool.implbench]\nmargin = true\n", "tool.implbench.margin: expected a text, a number or a list"),
        ("[tool.implbench]\nmargin = 1979-05-27\n", "tool.implbench.margin: expected a text, a number or a list"),
        ('[tool.implbench]\nreport = "yes"\n', "tool.implbench.report: expected true or false"),
        ('[tool.implbench]\nseed = "none"\n', "tool.implbench.seed: found 'none', expected a whole number"),
        ("[tool.implbench]\nbenchmarks = 3\n", "tool.implbench.benchmarks: no command has an option --benchmarks"),
        ("[tool.implbench.benchmark.rows]\n", r"benchmark: there is no such command; did you mean benchmarks\?"),
        ("[tool.implbench.benchmarks]\nrows = 3\n", "benchmarks.rows: expected a table .* margin or memory-margin"),
        (
            '[tool.implbench.benchmarks."rows/loop"]\nmargn = 3\n',
            r'tool.implbench.benchmarks."rows/loop".margn: a benchmark has only .*; did you mean margin\?',
        ),
        ("[tool.implbench.benchmarks.rows]\nmargin = 0\n", "implbench.benchmarks.rows.margin: found '0', expected"),
        ("[tool]\nimplbench = 3\n", "tool.implbench is no table"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(typed, settings, told):
    with pytest.raises(ImplbenchError, match=told):
        typed(settings, "run", "rows")


def test_on_the_command_line_it_is_one_sentence(typed, capsys):
    typed("", "list")
    typed_in = "[tool.implbench.run]\nbugdet = 3\n"
    with pytest.raises(ImplbenchError):
        typed(typed_in, "run")
    assert main(["run"]) == Exit.USAGE
    assert capsys.readouterr().err.count("\n") == 1
