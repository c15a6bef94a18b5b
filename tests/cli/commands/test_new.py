"""`implbench new`: what it writes is accepted by `check`, with real workers, and by `run`."""

import json
import shlex
from pathlib import Path

import pytest

from bench.cli.commands import new
from bench.cli.main import main
from bench.errors import Exit
from bench.problems import implementation, problem


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def rows(capsys):
    """Return the folder of a problem that was just written."""
    assert main(["new", "problem", "rows", "--folder"]) == Exit.FINE
    capsys.readouterr()
    return Path("rows")


def outcomes(capsys, words):
    """Return the exit code and implementation -> outcome that `check` finds."""
    code = main([*words, "--size", "S", "--json"])
    return code, {
        one["id"].partition("[")[2].partition("-")[0]: one["outcome"] for one in json.loads(capsys.readouterr().out)
    }


@pytest.mark.slow
def test_a_new_problem_is_right_in_both_precisions_and_can_be_measured(capsys, simulated):
    assert main(["new", "problem", "rows", "--folder", "--json"]) == Exit.FINE
    said = json.loads(capsys.readouterr().out)
    assert {Path(file) for file in said["written"]} == {Path(f"rows/{n}.py") for n in ("problem", "loop", "vectorised")}
    check, run = (shlex.split(line)[1:] for line in said["next"])
    code, found = outcomes(capsys, [*check, "--dtype", "float64,float32"])
    assert (code, found) == (Exit.FINE, {"loop": "ok", "vectorised": "ok"})
    simulated()
    assert main([*run, "--size", "S"]) == Exit.FINE
    assert "vectorised" in capsys.readouterr().out
    assert len(list(Path("results").glob("*.json"))) == 1


@pytest.mark.slow
def test_what_is_wrong_about_a_new_problem_is_seen(rows, capsys):
    source = (rows / "vectorised.py").read_text()
    for name, product in (("in_single", "(x * x).astype('f')"), ("one_dropped", "(x * x)[:, 1:]")):
        (rows / f"{name}.py").write_text(
            source.replace("(x * x).sum(axis=1)", f"{product}.sum(axis=1).astype(x.dtype)")
        )
    code, found = outcomes(capsys, ["check", "rows"])
    assert code == Exit.WRONG
    assert found == {"loop": "ok", "vectorised": "ok", "in_single": "wrong", "one_dropped": "wrong"}


@pytest.mark.slow
def test_a_new_implementation_is_as_right_as_the_baseline_and_can_be_measured(rows, capsys, simulated):
    assert main(["new", "impl", "rows", "much_faster", "--json"]) == Exit.FINE
    said = json.loads(capsys.readouterr().out)
    assert said["written"] == ["./rows/much_faster.py"]
    check, run = (shlex.split(line)[1:] for line in said["next"])
    assert outcomes(capsys, check) == (Exit.FINE, {"loop": "ok", "much_faster": "ok"})
    simulated()
    assert main([*run, "--size", "S"]) == Exit.FINE
    assert "much_faster" in capsys.readouterr().out


def test_a_new_implementation_is_the_baseline_but_for_its_docstring(rows):
    assert main(["new", "impl", "rows", "much_faster"]) == Exit.FINE
    title = implementation.found(problem.find("rows"))["much_faster"].title
    assert title == "Much faster: so far the same as loop"
    bodies = [(rows / f"{name}.py").read_text().rpartition('"""\n\nimport') for name in ("loop", "much_faster")]
    assert bodies[0][2] == bodies[1][2]


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "# a comment\n'one line'  # and another\n",
        '\ufeff"""With a byte order mark."""\n',
        '#!/usr/bin/env python3\n"""Several\n\nlines, é.\n"""; X = 1\n',
    ],
)
def test_the_title_changes_however_the_baseline_begins(rows, beginning):
    source = (rows / "loop.py").read_text().partition('"""\n\n')[2]
    (rows / "loop.py").write_text(beginning + source, encoding="utf-8")
    assert main(["new", "impl", "rows", "mine"]) == Exit.FINE
    found = implementation.found(problem.find("rows"))["mine"]
    assert (found.broken, found.title) == (None, "Mine: so far the same as loop")
    assert (rows / "mine.py").read_text().endswith(source)


@pytest.mark.slow
def test_where_the_baseline_is_a_folder_its_prepare_is_imported(rows, capsys):
    (rows / "loop").mkdir()
    source = (rows / "loop.py").read_text().replace("REQUIRES", "COPIES_INPUTS = True\nREQUIRES")
    (rows / "loop.py").unlink()
    (rows / "loop" / "code.py").write_text(source)
    more = "\nREQUIRES = 'numpy'\nCOPIES_INPUTS = True\n\n\ndef unsupported(case):\n    return None\n"
    (rows / "loop" / "__init__.py").write_text(f'"""A folder."""\n\nfrom .code import prepare\n{more}')
    assert main(["new", "impl", "rows", "mine"]) == Exit.FINE
    written = (rows / "mine.py").read_text()
    assert "from .loop import prepare, unsupported  # noqa: F401" in written
    assert 'REQUIRES = ("numpy",)' in written
    assert implementation.found(problem.find("rows"))["mine"].copies_inputs
    capsys.readouterr()
    assert outcomes(capsys, ["check", "rows", "--impl", "mine"]) == (Exit.FINE, {"loop": "ok", "mine": "ok"})


def test_a_bundled_problem_can_be_copied_with_the_new_implementation(capsys):
    assert main(["new", "impl", "matmul", "mine", "--into", "own", "--json"]) == Exit.FINE
    said = json.loads(capsys.readouterr().out)
    assert said["written"] == ["./own/matmul", "./own/matmul/mine.py"]
    assert said["next"][0] == "implbench check ./own/matmul --impl mine"
    assert not (problem.BUNDLED / "matmul" / "mine.py").exists()
    found = problem.find("./own/matmul")
    assert found.folder == Path("own/matmul").resolve()
    assert {"dot", "matmul", "mine"} <= implementation.found(found).keys()
    assert not list(Path("own").rglob("__pycache__"))


def test_a_problem_in_an_installed_package_stays_as_it_is(capsys):
    assert main(["new", "problem", "rows", "--folder", "--into", "lib/site-packages"]) == Exit.FINE
    assert main(["new", "impl", "lib/site-packages/rows", "mine"]) == Exit.USAGE
    assert "belongs to an installed package; add --into FOLDER" in capsys.readouterr().err
    assert not Path("lib/site-packages/rows/mine.py").exists()


def test_without_json_files_and_next_commands_are_told(capsys):
    assert main(["new", "problem", "rows", "--folder", "--into", "my problems"]) == Exit.FINE
    assert capsys.readouterr().out.splitlines() == [
        "written: ./my problems/rows/loop.py",
        "written: ./my problems/rows/problem.py",
        "written: ./my problems/rows/vectorised.py",
        "next:",
        "  implbench check './my problems/rows'",
        "  implbench run './my problems/rows'",
    ]


@pytest.mark.parametrize(
    "name", ["2x", "a-b", "../rows", "", "class", "problem", "conftest", "_rows", "test_rows", "a b"]
)
@pytest.mark.parametrize("kind", [["problem"], ["impl", "matmul"]], ids=" ".join)
def test_a_name_that_cannot_be_one_is_refused(kind, name, tmp_path, capsys):
    assert main(["new", *kind, name]) == Exit.USAGE
    error = capsys.readouterr().err
    assert f"found {name!r} as the name, expected a Python identifier" in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(rows, capsys):
    before = {file: file.read_bytes() for file in rows.iterdir()}
    for words, told in (
        (["problem", "rows"], "./rows: is there already and is not overwritten"),
        (["impl", "rows", "loop"], "./rows/loop.py: is there already and is not overwritten"),
        (["impl", "rows", "mine", "--into", "."], "./rows: is there already and is not overwritten"),
        (["impl", "rows", "mine", "--into", "rows"], "--into rows: lies in the problem's own folder"),
        (["problem", "matmul"], "there is a problem matmul already"),
    ):
        assert main(["new", *words]) == Exit.USAGE
        assert told in capsys.readouterr().err
    assert {file: file.read_bytes() for file in rows.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["new"], "problem|impl"),
        (["new", "problem"], "NAME"),
        (["new", "impl", "bakprop", "mine"], "unknown problem 'bakprop': choose from"),
        (["new", "problem", "rows", "--into", "a_file"], "rows: cannot be written: "),
    ],
)
def test_each_mistake_is_one_sentence(words, told, capsys):
    Path("a_file").write_text("")
    assert main(words) == Exit.USAGE
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_baseline_that_is_missing_or_broken_is_told(rows, capsys):
    (rows / "loop.py").write_text("def prepare(: broken\n")
    assert main(["new", "impl", "rows", "mine"]) == Exit.USAGE
    assert "the baseline loop cannot be copied: loop.py: syntax error in line 1" in capsys.readouterr().err
    (rows / "loop.py").unlink()
    assert main(["new", "impl", "rows", "mine"]) == Exit.USAGE
    assert "unknown BASELINE of rows 'loop': choose from vectorised" in capsys.readouterr().err


def test_what_is_copied_is_a_problem_with_its_baseline_and_another_implementation():
    found = problem.read(new.FOLDER)
    assert found.baseline in implementation.found(found)
    assert len(implementation.found(found)) == 2


@pytest.mark.parametrize("kind", ["problem", "impl"])
def test_the_help_of_each_kind_has_an_example(kind, capsys):
    with pytest.raises(SystemExit):
        main(["new", kind, "--help"])
    assert f"example: implbench new {kind}" in capsys.readouterr().out


def test_a_new_problem_is_one_file_that_can_be_measured(capsys, simulated):
    assert main(["new", "problem", "rows", "--json"]) == Exit.FINE
    said = json.loads(capsys.readouterr().out)
    assert said == {"written": ["./rows.py"], "next": ["implbench check ./rows.py", "implbench run ./rows.py"]}
    simulated()
    assert main([*shlex.split(said["next"][1])[1:], "--set", "m=100"]) == Exit.FINE
    assert "vectorised" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["rows.py"], ["problem", "rows.py"], ["problem", "rows", "--into", "."]])
def test_it_may_be_named_as_its_file(words):
    assert main(["new", *words]) == Exit.FINE
    assert problem.find("rows.py").name == "rows"


def test_it_may_lie_elsewhere(capsys):
    assert main(["new", "my benchmarks/rows.py"]) == Exit.FINE
    assert "written: ./my benchmarks/rows.py" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rows.py", "--folder"], "rows.py is a file, and --folder asks for a folder"),
        (["a-b.py"], "found 'a-b' as the name, expected a Python identifier"),
        (["problem", "mine"], "./mine.py: is there already and is not overwritten"),
        (["problem", "mine", "--folder"], "./mine.py: is there already and is not overwritten"),
        (["impl", "mine.py", "faster"], "mine.py is one file: write the function faster in it"),
    ],
)
def test_what_cannot_be_written_beside_or_in_one_file_is_told(words, told, capsys):
    assert main(["new", "mine.py"]) == Exit.FINE
    assert main(["new", *words]) == Exit.USAGE
    assert told in capsys.readouterr().err
