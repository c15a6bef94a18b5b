"""Where memray cannot draw, it is said before anything is measured; where it does not, why."""

import sys
from pathlib import Path

import pytest

from bench.errors import ImplbenchError, Unavailable
from bench.measure import memory_pages
from bench.measure.memory_pages import MemoryPages
from bench.worker.untimed import Holder, Tracked
from tests.builders import USUAL, make_run

CASE = make_run(USUAL).arms[0].case
HOLDER = Holder(file=Path("rows.py"), line=3, function="whole", bytes=5)


@pytest.fixture
def interpreter(tmp_path, monkeypatch):
    """Return a function that has a shell script run in the place of the interpreter."""

    def run(script):
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        return str(program)

    return run


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo '/usr/bin/python3: No module named memray' >&2; exit 1", "memray is not installed here"),
        ("echo 'usage: memray flamegraph [-h]'", "memray is too old here"),
        ("echo 'ImportError: symbol not found' >&2; exit 1", "memray ImportError: symbol not found here"),
        ("exit 3", "memray ended with exit code 3 here"),
    ],
)
def test_without_a_memray_that_can_draw_there_is_one_sentence_with_the_remedy(interpreter, tmp_path, script, told):
    interpreter(script)
    with pytest.raises(Unavailable, match=told) as error:
        MemoryPages(tmp_path / "pages", {})
    assert "pip install 'implbench[memray]'" in str(error.value)


def test_a_program_that_cannot_be_started_or_does_not_end_is_a_reason(interpreter, tmp_path, monkeypatch):
    assert memory_pages._memray(str(tmp_path / "nowhere")).stderr == "cannot be started (No such file or directory)"
    monkeypatch.setattr(memory_pages, "LONGEST_DRAWING_S", 0.05)
    assert memory_pages._memray(interpreter("exec sleep 9")).stderr == "drew nothing within 0.05 s"


def test_a_folder_that_cannot_be_written_is_told_before(interpreter, tmp_path):
    interpreter("echo --no-web")
    (tmp_path / "file").write_text("")
    with pytest.raises(ImplbenchError, match="file"):
        MemoryPages(tmp_path / "file", {})


def test_pages_are_told_in_the_order_of_the_cases_and_those_that_were_not_drawn_with_the_reason(interpreter, tmp_path):
    python = interpreter("echo --no-web")
    first, second, third = (make_run(USUAL).arms[place].case for place in (0, 2, 3))
    pages = MemoryPages(tmp_path / "pages", {case.id: case.implementation for case in (first, second, third)})
    interpreter("echo working; echo 'Reason: no records' >&2; exit 1")
    pages.draw(third, Path("file"), Tracked(), python=python)
    interpreter("exit 0")
    pages.draw(first, Path("file"), Tracked(peak_bytes=9, holder=HOLDER), python=python)
    assert [(page.case, page.reason) for page in pages.told] == [(first, None), (third, "Reason: no records")]
    page = pages.told[0]
    assert (page.file, page.peak_bytes, page.holder) == (
        tmp_path / "pages" / f"{first.implementation}.html",
        9,
        HOLDER,
    )
