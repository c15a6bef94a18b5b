"""`implbench explain --memray`: on a simulated machine, and where memray is installed, with memray."""

import json
from types import SimpleNamespace

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.measure import memory_pages
from tests.explained import COSTS, passes
from tests.simulated import Simulation
from tests.truth import Truth

LISTED = '''"""Sum of numbers."""


def inputs():
    return {"n": 3000}


def listed(n):
    out = [float(i) for i in range(n)]
    return sum(out)
'''


@pytest.fixture
def explain(tmp_path, monkeypatch, capsys):
    """Return a function that explains a problem, in its folder; the exit code, and what is said."""
    (tmp_path / "sums.py").write_text(LISTED)
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["explain", "sums.py", *words])
        return code, capsys.readouterr()

    return run


@pytest.fixture
def memray(monkeypatch):
    """Return a function that has a memray that is made up end so, on a simulated machine."""
    counted = Truth(calls=(passes(1, moved=24_000, ns=1000),), costs=COSTS)
    Simulation(truth=lambda arm, source, index: counted).everywhere(monkeypatch)

    def ends(code, stdout="", stderr=""):
        done = SimpleNamespace(returncode=code, stdout=stdout, stderr=stderr)
        monkeypatch.setattr(memory_pages, "_memray", lambda python, *words: done)

    return ends


def test_each_file_is_named_with_the_peak(explain, memray, tmp_path):
    memray(0, "--no-web")
    code, said = explain("--memray", "pages", "--markdown", "why.md", "--rounds", "1")
    assert code == Exit.FINE
    line = "`listed`: `pages/listed.html`; 240 B at the peak, none of it held by a line of your own"
    assert line in said.out
    assert line in (tmp_path / "why.md").read_text()


def test_without_memray_nothing_is_measured(explain, memray):
    memray(1, stderr="python: No module named memray")
    code, said = explain("--memray", "pages")
    assert code == Exit.USAGE
    assert said.err == (
        "implbench: --memray: memray is not installed here; pip install 'implbench[memray]' "
        "(made for CPython on Linux and macOS)\n"
    )


def test_of_a_stored_run_there_are_no_pages(explain):
    code, said = explain("--memray", "pages", "--run", "2026")
    assert code == Exit.USAGE
    assert "--run and --memray: give one of the two" in said.err


@pytest.mark.slow
def test_memray_draws_the_functions_of_the_user(explain, tmp_path):
    pytest.importorskip("memray", reason="memray is in the environment of: tox run -e interop")
    _code, said = explain("--memray", "pages", "--rounds", "1", "--budget", "1", "--json", "--quiet")
    (page,) = json.loads(said.out)["memory_pages"]
    assert page["reason"] is None
    assert page["most_held_by"]["file"] == str(tmp_path / "sums.py")
    assert page["most_held_by"]["line"] == 9
    assert page["peak_bytes"] >= page["most_held_by"]["bytes"] >= 3000 * (8 + 24)
    text = (tmp_path / "pages" / "listed.html").read_text()
    assert "sums.py" in text
    assert "out = [float(i) for i in range(n)]" in text
    assert 'src="http' not in text
