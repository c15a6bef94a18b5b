"""Text for people at a terminal, and for programs behind a pipe.

To write the golden text anew after a change that was meant:
``PYTHONPATH=. python tests/report/terminal/test_terminal.py``; then look at it, as by
``cat tests/golden/terminal-80.txt`` in a terminal of 80 columns.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import pytest

from bench.analyse.analysis import Analysis
from bench.measure.progress import Progress
from bench.report import sections, terminal
from bench.report.parts import Cell, Column, Section, Table
from bench.report.terminal import Manner, rendered
from bench.report.terminal.progress_display import live_text, progress_text
from bench.report.terminal.screen import Screen
from bench.store import documents
from tests.builders import Spec, make_run
from tests.screens import SCREENS, shown

GOLDEN = Path(__file__).parents[2] / "golden"
CHECKOUT = Path(__file__).parents[3]
BASELINE = sorted((CHECKOUT / "results" / "baseline").glob("*.json"))

#: What turns bold and colours on and off; nothing else may come out.
STYLE = re.compile(r"\x1b\[[0-9;]*m")

TABLE = Table(
    name="cases",
    title="Cases",
    columns=(
        Column(name="implementation", header="implementation", right=False),
        Column(name="ms", header="time [ms]"),
    ),
    rows=((Cell.of("loop"), Cell(value=72.0, text="72.0")), (Cell(value="red", text="\x1b[31mred"), Cell.of(None))),
)

#: Names and titles that would like to be something else than text.
HOSTILE = "\x1b[31mred \x1b]0;title\x07 [bold]b[/bold] \u202ertl\u202c \x9b2J\r\n\tend"


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


def under_a_terminal(*words):
    """Return the exit code of `implbench`, started at a terminal of 80 columns, and what it wrote there."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    hidden = ("COLUMNS", "LINES", "NO_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "bench", *words]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        written = b""
        with suppress(OSError):  # what Linux says of a terminal that nobody has open any more
            while part := os.read(ours, 65536):
                written += part
    os.close(ours)
    return process.returncode, written.decode()


def page(screen):
    """Return what all commands show on a screen, one after the other."""
    parts = [f"=== implbench {name}\n\n{rendered(found, screen)}\n" for name, found in shown().items()]
    return "\n".join(parts)


@pytest.fixture
def screens(monkeypatch):
    """Return what makes stdout and stderr terminals of 80 columns that show colours, as a context."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")

    @contextmanager
    def both():
        with redirect_stdout(Terminal()) as out, redirect_stderr(Terminal()) as err:
            yield out, err

    return both


@pytest.mark.parametrize("name", SCREENS)
def test_what_commands_show_is_the_golden_text(name):
    assert page(SCREENS[name]) == (GOLDEN / f"terminal-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 100, 120])
def test_nothing_is_wider_than_the_terminal(width):
    lines = page(Screen(width=width, blocks=True)).splitlines()
    assert [line for line in lines if len(line) > width] == []


@pytest.mark.parametrize("path", BASELINE, ids=lambda path: path.stem)
def test_the_committed_runs_fit_80_columns_and_keep_every_name_whole(path):
    run = documents.read(path)
    text = rendered(sections.brief(Analysis(run)), Screen(width=80))
    assert max(map(len, text.splitlines())) <= 80
    assert {arm.case.implementation for arm in run.arms} <= set(re.findall(r"\w+", text))


def test_a_program_gets_neither_control_characters_nor_bars_nor_wrapped_lines():
    text = page(Screen())
    assert all(one.isprintable() for one in text.replace("\n", ""))
    assert "\u2588" not in text
    assert max(map(len, text.splitlines())) > 200


def test_a_dumb_terminal_gets_ascii_alone():
    assert page(Screen(width=80)).isascii()


def test_colour_says_nothing_that_words_do_not():
    coloured, plain = (page(Screen(width=80, colour=colour, blocks=True)) for colour in (True, False))
    assert [line.rstrip() for line in STYLE.sub("", coloured).splitlines()] == plain.splitlines()
    for word, style in (("faster", 32), ("slower", 31), ("wrong", "1;31")):
        assert re.search(rf"\x1b\[{style}m{word} *\x1b\[0m", coloured)


def test_the_fastest_is_bold():
    text = rendered(sections.brief(Analysis(make_run())), SCREENS["80"])
    assert re.search(r"\x1b\[1mrow_major *\x1b\[0m", text)
    assert not re.search(r"\x1b\[1minplace *\x1b\[0m", text)


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_names_and_reasons_that_would_steer_a_terminal_are_text(screen):
    column = Column(name="verdict", header=HOSTILE, right=False)
    table = Table(name="t", title=HOSTILE, columns=(column,), rows=((Cell(value=1, text=HOSTILE),),))
    text = STYLE.sub("", rendered([Section(title=HOSTILE, paragraphs=(HOSTILE,), tables=(table,))], screen))
    assert all(one.isprintable() for one in text.replace("\n", ""))
    joined = "".join(text.split())
    for shown_as in (r"\x1b[31mred", r"\x1b]0;title\x07", "[bold]b[/bold]", r"\u202ertl\u202c", r"\x9b2J\r\n\tend"):
        assert joined.count(shown_as) >= 3


def test_a_run_of_hostile_names_leaves_a_terminal_alone():
    arms = [Spec(name=HOSTILE, ms=2.0, baseline=True, title=HOSTILE), Spec(name="[red]x", title="[link=x]y", ms=1.0)]
    run = make_run(arms)
    for screen in SCREENS.values():
        text = STYLE.sub("", rendered(sections.brief(Analysis(run)), screen))
        assert all(one.isprintable() for one in text.replace("\n", ""))
        assert "[red]x" in text


def test_behind_a_pipe_a_table_is_columns_of_plain_text_and_escapes_are_shown_as_text(capsys):
    terminal.show_table(TABLE)
    assert capsys.readouterr().out == "\n".join(
        ["Cases", "implementation  time [ms]", "loop                 72.0", "\\x1b[31mred" + 13 * " " + "-", ""]
    )


def test_what_the_encoding_lacks_is_shown_as_its_code():
    class Ascii(StringIO):
        encoding = "ascii"

    with redirect_stdout(Ascii()) as out:
        terminal.say("\u03b2 fast")
    assert out.getvalue() == "\\u03b2 fast\n"


def test_a_paragraph_is_one_line_behind_a_pipe_and_wrapped_under_a_heading_at_a_terminal():
    section = Section(title="Answer", kind="answer", paragraphs=("word " * 40,))
    assert rendered([section], Screen()).count("\n") == 0
    heading, *lines = rendered([section], Screen(width=60)).splitlines()
    assert heading == "Answer"
    assert len(lines) == 4
    assert max(map(len, lines)) <= 60


def test_the_answer_is_last_at_a_terminal_where_it_stays_in_sight_and_first_for_a_program():
    parts = [
        Section(title="Answer", kind="answer", paragraphs=("It is fast.",)),
        Section(title="Why", paragraphs=("It is short.",)),
    ]
    assert rendered(parts, Screen()) == "It is fast.\nIt is short."
    assert rendered(parts, Screen(width=80)) == "Why\nIt is short.\n\nAnswer\nIt is fast."


def test_no_line_is_broken_within_an_interval_or_between_a_number_and_its_unit():
    text = "x " * 8 + "1.5 times [1.2, 1.8] in 12 ms, 3 % of 4.0 GB/s and 8 rounds"
    section = Section(title="T", paragraphs=(text,))
    for width in range(22, 60):
        lines = rendered([section], Screen(width=width)).splitlines()
        for whole in ("[1.2, 1.8]", "12 ms", "3 %", "4.0 GB/s", "8 rounds"):
            assert any(whole in line for line in lines)


def test_a_line_keeps_paths_whole_and_hangs_where_it_is_told_to(screens):
    path = "/".join(["folder"] * 20)
    with screens() as (out, _):
        terminal.say(f"written: {path}")
        terminal.say("good     " + "word " * 30, hanging=9)
    first, second, third, *_ = out.getvalue().splitlines()
    assert first == f"written: {path}"
    assert second.startswith("good     word")
    assert third.startswith("         word")


@pytest.mark.parametrize(
    ("manner", "environment", "coloured"),
    [
        (Manner(), {}, True),
        (Manner(), {"NO_COLOR": ""}, True),
        (Manner(), {"NO_COLOR": "1"}, False),
        (Manner(colour=False), {}, False),
        (Manner(), {"TERM": "dumb"}, False),
    ],
)
def test_colours_need_a_terminal_that_has_them_and_a_user_who_wants_them(
    manner, environment, coloured, screens, monkeypatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with screens() as (out, _), terminal.speaking(manner):
        terminal.show_table(TABLE)
    assert ("\x1b" in out.getvalue()) == coloured
    assert ("\u2500" in out.getvalue()) == (environment.get("TERM") != "dumb")


def test_without_a_terminal_progress_is_a_line_now_and_then_on_stderr(capsys):
    with terminal.progress("backprop: Backprop") as listener:
        for index in range(50):
            listener(Progress(doing=f"pass {index + 1} of 3", rounds_done=2, rounds_expected=8, left_s=41.4))
    printed = capsys.readouterr()
    assert printed.err == "implbench: backprop: Backprop\nimplbench: round 3 of 8, 41 s left: timing\n"
    assert printed.out == ""


def test_a_benchmark_is_called_by_what_tells_it_from_others_while_it_is_waited_for(capsys):
    with terminal.progress("1 benchmark") as listener:
        listener(Progress(doing="starting rows[fast-n=30-float64-C-1t-retain] base (again)"))
    assert (
        capsys.readouterr().err == "implbench: 1 benchmark\nimplbench: round 1: starting rows[fast-n=30] base (again)\n"
    )


def test_at_a_terminal_progress_is_one_line_that_is_wiped_away_in_the_end(screens):
    with screens() as (out, err), terminal.progress("backprop [red]x") as listener:
        listener(Progress(doing="[red]pass 1 of 6", rounds_done=2, rounds_expected=8, left_s=41.4))
        drawn = STYLE.sub("", err.getvalue())
    assert "round 3 of 8, 0 s so far, about 41 s left: [red]pass 1 of 6" in drawn
    assert err.getvalue().endswith("\x1b[2K")
    assert out.getvalue() == ""


def test_nothing_is_drawn_unless_the_listener_is_called(screens):
    before = threading.active_count()
    with screens() as (_, err), terminal.progress("backprop") as listener:
        listener(Progress(doing="pass 1 of 6", rounds_done=2, rounds_expected=8, left_s=41.4))
        drawn = err.getvalue()
        assert threading.active_count() == before
        time.sleep(0.3)
        assert err.getvalue() == drawn


def test_at_a_terminal_a_run_shows_who_is_ahead_so_far_and_names_for_people(screens):
    run = make_run(rounds=7)
    doing = f"preparing {run.arms[1].name}"
    with screens() as (out, err), terminal.progress("backprop") as listener:
        listener(Progress(doing=doing, rounds_done=7, rounds_expected=8, left_s=4.0, so_far=lambda: run))
        drawn = STYLE.sub("", err.getvalue())
    assert "about 4 s left: preparing loop_hoisted again" in drawn
    assert re.search(r"`row_major` is 2\d\.\d+ times \[.*\] as fast as `loop_hoisted`", drawn)
    assert re.search(r"row_major +3\.0\d +2\d\.\d+x \[.*faster", drawn)
    assert "Ctrl-C ends it here and keeps what is known." in drawn
    assert max(map(len, drawn.splitlines())) <= 90
    assert out.getvalue() == ""


def test_the_table_so_far_takes_a_small_part_of_the_time(screens):
    asked = []

    def so_far():
        asked.append(time.monotonic())
        time.sleep(0.002)
        return make_run(rounds=0)

    with screens() as _, terminal.progress("backprop") as listener:
        for index in range(200):
            listener(Progress(doing=f"pass {index}", so_far=so_far))
    assert len(asked) < 50


def test_a_dumb_terminal_gets_lines_of_progress(screens, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    with screens() as (_, err), terminal.progress("backprop") as listener:
        listener(Progress(doing="pass 1 of 6", rounds_done=2, rounds_expected=8, left_s=41.4))
    assert err.getvalue() == "implbench: backprop\nimplbench: round 3 of 8, 41 s left: timing\n"


def test_quiet_leaves_the_answer_and_takes_progress_and_remarks(capsys):
    with terminal.speaking(Manner(quiet=True)):
        with terminal.progress("backprop") as listener:
            listener(Progress(doing="pass 1", rounds_done=2, rounds_expected=8, left_s=41.4))
        terminal.note("a remark")
        terminal.show_table(TABLE)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "72.0" in printed.out
    terminal.note("another")
    assert capsys.readouterr().err == "implbench: another\n"


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(doing="inputs", rounds_done=0, rounds_expected=None, left_s=None), "round 1: inputs"),
        (
            Progress(doing="pass 2 of 6", rounds_done=4, rounds_expected=9, left_s=12.6),
            "round 5 of 9, 13 s left: pass 2 of 6",
        ),
        (Progress(doing="pass 2", left_s=-2.0), "round 1, longer than planned: pass 2"),
    ],
)
def test_progress_says_what_is_being_done_and_the_time_left(progress, text):
    assert progress_text(progress) == text


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(doing="inputs"), "round 1, 3 s so far: inputs"),
        (Progress(doing="inputs", planned_s=75.0), "round 1, 3 s of about 75 s: inputs"),
        (Progress(doing="inputs", planned_s=2.0), "round 1, 3 s so far: inputs"),
        (
            Progress(doing="pass 2", rounds_done=4, rounds_expected=9, left_s=12.6, planned_s=75.0),
            "round 5 of 9, 3 s so far, about 13 s left: pass 2",
        ),
        (Progress(doing="pass 2", left_s=-2.0), "round 1, 3 s so far, longer than planned: pass 2"),
    ],
)
def test_a_terminal_sees_the_time_so_far_and_the_time_left(progress, text):
    assert live_text(progress, 3.2) == text


@pytest.mark.parametrize("words", [[], ["--no-color"]], ids=["usual", "no-color"])
def test_a_real_terminal_shows_the_committed_run_and_ends_with_the_answer(words):
    (path,) = (path for path in BASELINE if "-backprop-" in path.name)
    code, written = under_a_terminal(*words, "explain", "backprop", "--run", str(path))
    assert code == 0
    assert ("\x1b" in written) == (not words)
    lines = [line.rstrip("\r") for line in STYLE.sub("", written).split("\n")]
    assert max(map(len, lines)) <= 80
    assert "overhead-bound" in " ".join(lines[lines.index("Answer") :])


if __name__ == "__main__":
    for golden, screen in SCREENS.items():
        (GOLDEN / f"terminal-{golden}.txt").write_text(page(screen), encoding="utf-8")
