"""The loop that docs/judge.md shows ends as it shows, on a simulated machine."""

import io
import re
import runpy
import shlex
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from bench.cli.main import main
from bench.store.worker_records import Outcome
from tests import documented, noise
from tests.simulated_reader import typing
from tests.truth import Truth

PAGE = (Path(__file__).parent.parent / "docs" / "judge.md").read_text()

#: Seconds of a call by the rows of a block, near those that were measured where the page was written; copying into F
#: order takes as long again.
SECONDS = {"16": 1.5e-3, "256": 6e-4, "4096": 4e-4}
AS_IT_WAS = 3e-3


def law(arm, source, index):
    text = source.implementation.file.read_text()
    found = re.search(r"\), (\d+)\):.*order=\"(\w)\".*dtype=np\.(\w+)", text, re.DOTALL)
    if not found:
        return AS_IT_WAS
    if found[3] == "float32":
        return Truth(outcome=Outcome.WRONG, reason=WRONG)
    return SECONDS[found[1]] * (2 if found[2] == "F" else 1)


WRONG = "result[3563] is off by 6.55e+06 times the tolerance (relative 1.2e-07): 18.3989182"


def run(command, *, input, stdout, check):  # noqa: A002
    """Do what subprocess.run does with implbench, in this process."""
    words = [str(word) for word in command]
    assert (words[0], stdout, check) == ("implbench", subprocess.PIPE, False)
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(io.StringIO()), typing(input):
        code = main(words[1:])
    return subprocess.CompletedProcess(command, code, output.getvalue().encode())


def test_the_loop_ends_with_the_true_winner_and_prints_what_is_shown(tmp_path, monkeypatch, simulated):
    simulated(truth=law, noise=noise.QUIET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    blocks = documented.blocks(PAGE)
    files = {block.marks["file"]: block.text for block in blocks if "file" in block.marks}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    printed = io.StringIO()
    with redirect_stdout(printed):
        runpy.run_path("propose.py", run_name="__main__")
    after = next(place for place, block in enumerate(blocks) if block.commands == ["python propose.py"]) + 1
    assert documented.alike(blocks[after].text, printed.getvalue()), printed.getvalue()
    assert printed.getvalue().endswith("The best is blocks of 4096, C order, float64: best.py\n")
    assert len(files["propose.py"].splitlines()) <= 42
    assert shlex.split(blocks[after - 1].text) == ["python", "propose.py"]
