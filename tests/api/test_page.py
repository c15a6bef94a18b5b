"""docs/python.md: its snippets run, its cells do in a notebook, and what they use is public."""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from bench.api import comparing, notebook
from bench.api.result import Comparison
from tests import documented
from tests.simulated import Simulation

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
BLOCKS = documented.blocks(PAGE.read_text())
SNIPPETS = [block.text for block in BLOCKS if block.language == "python"]
CELLS = [block.text for block in BLOCKS if "cells" in block.marks]


class Shell:
    """What IPython's shell does, as far as the magic asks for it."""

    def __init__(self):
        self.user_ns = {"__name__": "__main__"}
        self.magics = {}

    def ex(self, cmd):
        exec(cmd, self.user_ns)  # noqa: S102

    def ev(self, expr):
        return eval(expr, self.user_ns)  # noqa: S307

    def register_magic_function(self, func, magic_kind):
        self.magics[func.__name__] = func


@pytest.fixture
def shell(monkeypatch):
    """A notebook that has done the first snippet, up to the comparison, with the magic loaded."""
    Simulation(truth=lambda arm, source, index: 0.01 if "loop" in arm.case.implementation else 0.001).everywhere(
        monkeypatch
    )
    made = Shell()
    made.ex(SNIPPETS[0].replace("import implbench", "").partition("result =")[0])
    notebook.load_ipython_extension(made)
    return made


def test_the_snippets_do_what_they_say(shell, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    shell.user_ns["implbench"] = comparing
    for text in SNIPPETS:
        shell.ex(text.replace("import implbench", ""))
    plt.close("all")
    assert "`rows` computes functions 10" in capsys.readouterr().out
    assert (tmp_path / "page.html").exists()


@pytest.mark.parametrize("cell", CELLS[1:])
def test_a_cell_compares_its_functions_or_its_lines(shell, cell):
    first, _, rest = cell.partition("\n")
    result = shell.magics["implbench"](first.removeprefix("%%implbench"), rest)
    assert isinstance(result, Comparison)
    assert len(result.verdicts) == 1


def test_a_cell_may_define_its_inputs(shell):
    cell = "def inputs(*, seed):\n    return (seed,)\ndef loop(x):\n    return x\ndef rows(x):\n    return x"
    assert shell.magics["implbench"]("", cell).verdict == "faster"


def test_what_a_cell_names_like_a_file_is_compared_like_one(shell):
    cell = "def loop(v):\n    return v\nrows = lambda v: v\ndef _helper(v): ..."
    assert list(shell.magics["implbench"]("3", cell).verdicts) == ["rows"]
    with pytest.raises(comparing.ImplbenchError, match=r"rows is an async function \(the cell, line 2\)"):
        shell.magics["implbench"]("3", "def loop(v): ...\nasync def rows(v): ...")


def test_lines_do_not_stay_behind_in_the_notebook(shell):
    before = set(shell.user_ns)
    shell.magics["implbench"]("", "x.sum()\nnp.sum(x)")
    assert set(shell.user_ns) - before <= {"__builtins__"}


def test_a_cell_of_one_line_has_nothing_to_compare(shell):
    with pytest.raises(comparing.ImplbenchError, match="give two at least"):
        shell.magics["implbench"]("", "x.sum()")


@pytest.mark.slow
def test_jupyter_runs_the_cells():
    """With real workers, in a kernel of its own."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    short = "import implbench.bench.api.comparing as c; c.compare.__kwdefaults__['rounds'] = 1"
    sources = [SNIPPETS[0].partition("result =")[0], short, *CELLS]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources])
    nbclient.NotebookClient(made, timeout=120).execute()
    for cell in made.cells[-2:]:
        (shown,) = [output for output in cell.outputs if output.output_type == "execute_result"]
        assert "<table>" in shown.data["text/html"], json.dumps(cell.outputs)
