"""The command line: one clear sentence for each mistake, the right exit code, and a quick start."""

import argparse
import errno
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench.cli import parser
from bench.cli.main import main
from bench.cli.options import Options
from bench.errors import Exit

FAKES = str(Path(__file__).parent.parent / "fakes" / "product")
BENCH = Path(bench.__file__).parent


def commands(parsed, words=()):
    """Yield the words of each command, those below others too, and its parser."""
    for action in parsed._actions:
        for name, below in action.choices.items() if isinstance(action, argparse._SubParsersAction) else ():
            yield [*words, name], below
            yield from commands(below, [*words, name])


COMMANDS = list(commands(parser.parser()))


def modules_after(*arguments):
    """Return the modules that are imported once the command has run, in a fresh interpreter."""
    code = (
        f"import sys; from bench.cli.main import main; main({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=BENCH.parent)
    return set(done.stderr.split())


def quick(*arguments, tmp_path):
    where = ["--results", str(tmp_path / "results"), "--output", str(tmp_path / "reports")]
    return ["run", FAKES, "--size", "S", "--rounds", "1", *where, *arguments]


def test_help_imports_neither_a_numerical_library_nor_a_terminal_one():
    heavy = {"typing", "numpy", "pandas", "matplotlib", "rich", "psutil", "msgspec", "jinja2", "json", "pytest"}
    code = """import sys
before = set(sys.modules)  # what installed packages have every interpreter import is not ours
from bench.cli.main import main
try: main(['--help'])
except SystemExit: print(*set(sys.modules) - before, file=sys.stderr)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=BENCH.parent)
    assert "implbench run backprop" in done.stdout
    assert not heavy & set(done.stderr.split())


def test_list_imports_no_framework_and_no_implementation():
    found = modules_after("list")
    assert "bench.problems.problem" in found
    frameworks = {"numpy", "pandas", "matplotlib", "scipy", "numba", "jax", "torch", "numexpr"}
    assert not frameworks & {name.partition(".")[0] for name in found}
    assert not any(name.startswith("implbench_problem") for name in found)


def test_list_names_problems_implementations_and_what_is_missing(capsys):
    assert main(["list"]) == Exit.FINE
    printed = capsys.readouterr().out
    assert "backprop:" in printed
    assert re.search(r"loop_hoisted .*\(baseline\)", printed)
    assert main(["list", FAKES, "--json"]) == Exit.FINE
    (listed,) = json.loads(capsys.readouterr().out)
    missing = {one["name"]: one["unavailable"] for one in listed["implementations"] if one["unavailable"]}
    assert missing == {
        "unavailable": "needs implbench-no-such-distribution (pip install implbench-no-such-distribution)"
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "bakprop"], "unknown problem 'bakprop': choose from autoencoder, backprop, matmul"),
        (["run", "no/such/folder"], "no such folder or Python file; expected a folder with a problem.py"),
        (["run", "backprop", "--impl", "vektorized"], "unknown implementation of backprop 'vektorized': choose from"),
        (["run", "backprop", "--baseline", "x"], "'x': choose from"),
        (["run", "backprop", "--size", "XXL"], "unknown size 'XXL': choose from S, M, L"),
        (["run", "backprop", "--set", "m=0"], "found '0', expected a number above 0, as 1000 or 1e3"),
        (["run", "backprop", "--set", "m=1.5"], "expected a whole number of at least 1, as 1000 or 1e3"),
        (["run", "backprop", "--impl", ","], "found ',', expected one or more, separated by commas"),
        (["run", "backprop", "--size", ""], "found '', expected one or more"),
        (["run", "backprop", "--set", "q=3"], "unknown name in --set 'q': choose from m, n, p"),
        (["run", "backprop", "--set", "m"], "expected NAME=NUMBER pairs"),
        (["run", "backprop", "--dtype", "float16"], "unknown dtype 'float16': choose from float64, float32"),
        (["run", FAKES, "--size", "S", "--layout", "Q"], "layout 'Q' cannot be read"),
        (["run", "backprop", "--data", "faces"], "unknown data of backprop 'faces': choose from patches, patches-60"),
        (["run", "backprop", "--allocator", "jemalloc"], "unknown allocator 'jemalloc': choose from default, retain"),
        (["run", "backprop", "--sweep", "q=1..9"], "unknown name in --sweep 'q': choose from m, n, p"),
        (["run", "backprop", "--sweep", "m=9..1"], "expected the smaller end first, as m=100..1e6"),
        (["run", "backprop", "--sweep", "m=a..9"], "found 'a', expected a number above 0"),
        (["run", "backprop", "--sweep", "m=1..2.5"], "found '2.5', expected a whole number"),
        (["run", "backprop", "--sweep", "m=1..9:1"], "found 1 sizes in 'm=1..9:1', expected 2 to 50"),
        (["run", "backprop", "--sweep", "m=100"], "expected NAME=LOW..HIGH, NAME=LOW..HIGH:N or a list"),
        (["run", "backprop", "--sweep", "m=10,x"], "found 'x', expected a number above 0, as 1000 or 1e3"),
        (["run", "backprop", "--sweep", "m=10,10"], "found 1 in 'm=10,10', expected 2 to 50 different sizes"),
        (["run", "backprop", "--sweep", "m=1..9", "--set", "m=5"], "give one of the two"),
        (["run", "backprop", "--rounds", "0"], "found '0', expected a whole number of at least 1"),
        (["run", "backprop", "--rounds", "-3"], "-3"),
        (["run", "backprop", "--budget", "0"], "found '0', expected a number above 0, as 90 or 90s"),
        (["run", "backprop", "--budget", "2min"], "found '2min', expected a number above 0, as 90 or 90s"),
        (["run", "backprop", "--margin", "much"], "found 'much', expected a number above 0, as 3 or 3%"),
        (["run", "./nowhere"], "./nowhere: no such folder or Python file; expected a folder with a problem.py"),
        (["compare", "no-such-branch"], "'no-such-branch': no folder, and no revision of this one: git"),
        (["run", "backprop", "--budget", "nan"], "found 'nan', expected a number above 0, as 90"),
        (["run", "backprop", "--margin", "-1"], "-1"),
        (["run", "backprop", "--threads", "4096"], "--threads 4096: expected 1 to"),
        (["run", "backprop", "--threads", "0"], "expected a whole number of at least 1"),
        (["run"], "problem"),
        (["rnu", "backprop"], "'rnu'"),
        (["run", "backprop", "--fast"], "--fast"),
        (
            ["run", "--swep", "m=1..9"],
            "unrecognized arguments: --swep; did you mean --sweep? (see: implbench run --help)",
        ),
        (["report", "19990101"], "no run '19990101'"),
        (["check", "bakprop"], "unknown problem"),
    ],
)
def test_each_mistake_is_one_sentence_on_stderr_and_exit_2(arguments, told, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == Exit.USAGE
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if not line.startswith("implbench: product: ")]
    lines = [line for line in lines if "round 1:" not in line]
    assert len(lines) == 1
    assert told in lines[0]
    assert printed.out == ""


def test_a_results_folder_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path, capsys):
    (tmp_path / "results").write_text("a file")
    assert main(quick(tmp_path=tmp_path)) == Exit.USAGE
    assert "results: cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"schema": 1, "id": "x"', "is no whole result of implbench"),
        ("not json", "is no whole result of implbench"),
        ('{"schema": 99}', "is of schema 99, this implbench reads up to 2: update implbench"),
        ('{"schema": 1}', "missing required field"),
    ],
)
def test_a_results_file_that_cannot_be_used_is_told(tmp_path, capsys, text, told):
    file = tmp_path / "broken.json"
    file.write_text(text)
    assert main(["report", str(file)]) == Exit.USAGE
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert file.read_text() == text


@pytest.mark.usefixtures("undrawn")
def test_a_run_prints_the_answer_writes_document_and_report_and_ends_well(tmp_path, capsys, simulated):
    simulated()
    assert main(quick("--impl", "honest_too", "--report", tmp_path=tmp_path)) == Exit.FINE
    printed = capsys.readouterr().out
    assert "honest_too" in printed
    (document,) = (tmp_path / "results").glob("*.json")
    (report,) = (tmp_path / "reports").glob("*/report.md")
    assert f"written: {document}" in printed
    assert report.parent.name == document.stem


@pytest.mark.slow
def test_the_json_of_a_run_is_alone_on_stdout_and_holds_every_case(tmp_path, capsys):
    """With real workers, from the command line to the document."""
    arguments = quick(
        "--impl", "honest_too,dropped_sample,unavailable,printing", "--json", "--budget", "1", tmp_path=tmp_path
    )
    assert main(arguments) == Exit.WRONG
    found = json.loads(capsys.readouterr().out)
    assert {case["implementation"]: case["outcome"] for case in found["groups"][0]["cases"]} == {
        "honest": "ok",
        "honest_too": "ok",
        "printing": "ok",
        "dropped_sample": "wrong",
        "unavailable": "unavailable",
    }
    case = next(case for case in found["groups"][0]["cases"] if case["implementation"] == "honest_too")
    assert case["speedup_over_baseline"]["value"] == pytest.approx(1 / case["ratio_to_baseline"]["value"])


def test_nothing_measured_has_its_own_exit_code(tmp_path, capsys):
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "problem.py").write_text((Path(FAKES) / "problem.py").read_text())
    (folder / "honest.py").write_text("def prepare(: broken\n")
    assert main(["run", str(folder), "--results", str(tmp_path / "results")]) == Exit.NOTHING_MEASURED
    assert "honest.py: syntax error in line 1" in capsys.readouterr().err


def test_a_module_with_a_syntax_error_is_an_outcome_of_that_case_alone(tmp_path, capsys, simulated):
    simulated()
    folder = tmp_path / "half"
    folder.mkdir()
    for name in ("problem", "honest"):
        (folder / f"{name}.py").write_text((Path(FAKES) / f"{name}.py").read_text())
    (folder / "broken.py").write_text("def prepare(: broken\n")
    (folder / "without.py").write_text("x = 1\n")
    arguments = ["run", str(folder), "--size", "S", "--rounds", "1", "--json"]
    assert main([*arguments, "--results", str(tmp_path / "results")]) == Exit.WRONG
    cases = {case["implementation"]: case for case in json.loads(capsys.readouterr().out)["groups"][0]["cases"]}
    assert cases["honest"]["outcome"] == "ok"
    assert cases["broken"]["outcome"] == cases["without"]["outcome"] == "failed"
    assert cases["without"]["reason"] == "without.py: has no function prepare(inputs)"


@pytest.mark.slow
def test_check_tells_right_from_wrong_without_writing_anything(tmp_path, capsys, monkeypatch, simulated):
    monkeypatch.chdir(tmp_path)
    assert main(["check", FAKES, "--impl", "honest_too,dropped_sample", "--json"]) == Exit.WRONG
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["product[honest_too-M-float64-C-1t]"]["outcome"] == "ok"
    assert 0 < found["product[honest_too-M-float64-C-1t]"]["error_over_tolerance"] < 1
    assert found["product[dropped_sample-M-float64-C-1t]"]["outcome"] == "wrong"
    simulated()
    assert main(["check", FAKES, "--impl", "honest_too"]) == Exit.FINE
    assert "honest_too" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_doctor_tells_what_is_here(tmp_path, capsys):
    assert main(["doctor", "--json", "--results", str(tmp_path)]) == Exit.FINE
    found = json.loads(capsys.readouterr().out)
    assert any("numpy" in one["text"].lower() for one in found)
    assert {"subject", "state", "text", "remedy"} == set(found[0])


def test_without_a_command_the_help_is_shown_and_the_exit_code_says_usage(capsys):
    assert main([]) == Exit.USAGE
    assert "exit codes" in capsys.readouterr().out


def test_without_a_command_it_leads_on_to_what_is_in_the_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main([])
    assert capsys.readouterr().out.endswith("\nto begin:\n  implbench new my_rows.py\n")
    (tmp_path / "my rows.py").write_text("def inputs(*, seed): ...\ndef loop(x): ...\n")
    main([])
    assert capsys.readouterr().out.endswith("\nhere:\n  implbench run './my rows.py'\n")


@pytest.mark.parametrize(
    "command",
    [words for words, _ in COMMANDS],
    ids=" ".join,
)
def test_the_help_of_each_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    assert f"example: implbench {command[0]}" in capsys.readouterr().out


@pytest.mark.parametrize("parsed", [parsed for _, parsed in COMMANDS], ids=lambda parsed: parsed.prog)
def test_the_example_of_each_command_is_one_that_the_parser_knows(parsed):
    words = shlex.split(parsed.epilog.replace("%%", "%").partition("example: implbench ")[2].splitlines()[0])
    assert parser.parser().parse_args(words).command == words[0]


@pytest.mark.parametrize("words", [["--quiet", "--no-color", "list"], ["list", "-q", "--no-color"]], ids=" ".join)
def test_how_the_user_is_talked_to_may_be_said_before_and_behind_the_command(words):
    parsed = parser.parser().parse_args(words)
    assert (parsed.quiet, parsed.no_color) == (True, True)


def test_an_error_that_would_steer_the_terminal_is_text_on_one_line(capsys):
    assert main(["run", "a\x1b[31m\nb\u202e"]) == Exit.USAGE
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.removesuffix("\n").isprintable()


def test_a_quiet_check_prints_its_table_and_nothing_else(capsys, simulated):
    simulated()
    assert main(["--quiet", "check", FAKES, "--impl", "honest_too"]) == Exit.FINE
    printed = capsys.readouterr()
    assert "honest_too" in printed.out
    assert printed.err == ""


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == Exit.FINE
    assert capsys.readouterr().out.startswith("implbench ")


def fails(error):
    """Return a command that ends in an error which nobody expected."""

    def command(options: Options):
        raise error

    return command


def test_an_error_of_our_own_never_ends_as_a_slowdown_does(monkeypatch, capsys):
    monkeypatch.setattr("bench.cli.commands.list.command", fails(ZeroDivisionError("division by zero")))
    assert main(["list"]) == Exit.INTERNAL
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert said.endswith("implbench: an error of implbench itself: ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "", "/some/file"), "/some/file: No space left on device; make room there"),
        (OSError(errno.ENOSPC, ""), "stdout: No space left on device; make room there"),
        (OSError(errno.EROFS, "", b"/some/\xff"), "/some/\\udcff: Read-only file system; name another folder"),
        (OSError(errno.EMFILE, ""), "Too many open files; end other programs"),
        (BlockingIOError(errno.EAGAIN, ""), "Resource temporarily unavailable; end other programs"),
    ],
)
def test_what_the_machine_denies_is_one_sentence_and_no_error_of_ours(monkeypatch, capsys, error, told):
    error.add_note("what was measured is kept: implbench report x.json")
    monkeypatch.setattr("bench.cli.commands.list.command", fails(error))
    assert main(["list"]) == Exit.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"implbench: {told}")
    assert line.endswith("; what was measured is kept: implbench report x.json")


def typed(words, redirected):
    """Have a shell do a command whose standard streams lead somewhere else."""
    command = f"{shlex.join([sys.executable, '-m', 'bench', *words])} {redirected}"
    return subprocess.run(["sh", "-c", command], capture_output=True, check=False, cwd=BENCH.parent)


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_works_whatever_standard_streams_are_closed(closed):
    """With a real worker, whose pipes would take the numbers of what is closed."""
    done = typed(["check", FAKES, "--impl", "honest_too", "--size", "S", "--json"], closed)
    assert done.returncode == Exit.FINE
    assert (b'"ok"' in done.stdout) == (" >&-" not in f" {closed}")


@pytest.mark.slow
def test_what_cannot_be_written_to_stdout_is_one_sentence():
    done = typed(["list"], "> /dev/full")
    assert (done.returncode, done.stderr.count(b"\n")) == (Exit.USAGE, 1)
    assert b"stdout: No space left on device" in done.stderr


@pytest.mark.slow
def test_where_remarks_cannot_be_written_the_exit_code_is_what_it_would_be(tmp_path):
    assert typed(["history", "--results", str(tmp_path)], "2> /dev/full").returncode == Exit.USAGE


@pytest.mark.parametrize("missing", ["fcntl", "resource"])
def test_on_windows_it_says_where_it_runs(missing):
    without = f"import sys; sys.modules[{missing!r}] = None"
    code = f"{without}; from bench.cli.main import main; sys.exit(main(['run', 'matmul']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=BENCH.parent)
    assert (done.returncode, done.stderr) == (Exit.USAGE, "implbench: this needs Linux or macOS; on Windows, use WSL\n")
