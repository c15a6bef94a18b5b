"""Text for people at a terminal, and for programs behind a pipe."""

import pytest

from bench import terminal
from bench.document import Cell, Column, Section, Table
from bench.runner import Progress

TABLE = Table(
    name="cases",
    title="Cases",
    columns=(
        Column(name="implementation", header="implementation", right=False),
        Column(name="ms", header="time [ms]"),
    ),
    rows=((Cell.of("loop"), Cell(value=72.0, text="72.0")), (Cell(value="red", text="\x1b[31mred"), Cell.of(None))),
)


def test_behind_a_pipe_a_table_is_columns_of_plain_text_and_escapes_are_shown_as_text(capsys):
    terminal.show_table(TABLE)
    assert capsys.readouterr().out == "\n".join(
        ["Cases", "implementation  time [ms]", "loop                 72.0", "\\x1b[31mred" + 13 * " " + "-", ""]
    )


def test_at_a_terminal_the_same_cells_are_shown_and_nothing_in_them_colours_it(capsys, monkeypatch):
    monkeypatch.setattr(terminal.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    terminal.show_table(TABLE)
    printed = capsys.readouterr().out
    assert "72.0" in printed
    assert "\\x1b[31mred" in printed
    assert "\x1b[31m" not in printed


def test_a_paragraph_is_one_line_behind_a_pipe_and_wrapped_at_a_terminal(capsys, monkeypatch):
    section = Section(title="Answer", paragraphs=("word " * 40,))
    terminal.show([section])
    assert capsys.readouterr().out.count("\n") == 1
    monkeypatch.setattr(terminal.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    terminal.show([section])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= 60


def test_without_a_terminal_progress_is_a_line_now_and_then_on_stderr(capsys):
    with terminal.progress("backprop: Backprop") as listener:
        for index in range(50):
            listener(Progress(doing=f"pass {index}", rounds_done=2, rounds_expected=8, left_s=41.4))
    printed = capsys.readouterr()
    assert printed.err == "implbench: backprop: Backprop\nimplbench: round 3 of 8, 41 s left: pass 0\n"
    assert printed.out == ""


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(doing="inputs", rounds_done=0, rounds_expected=None, left_s=None), "round 1: inputs"),
        (
            Progress(doing="pass 2 of 6", rounds_done=4, rounds_expected=9, left_s=12.6),
            "round 5 of 9, 13 s left: pass 2 of 6",
        ),
    ],
)
def test_progress_says_what_is_being_done_and_the_time_left(progress, text):
    assert terminal._text(progress) == text
